/* How a planning system embeds Dosegate. The part between the two marks stands in the README, word for word; the
 * tests compile this file and run it. Arguments: dosegate.so, then the y position of the spinal cord in the
 * box patient of abi_case.h. Prints the verdict; exits 0 for PASS only. */
#include <dlfcn.h>
#include <stdio.h>

#include "abi_case.h"

/* [README] */
#include "dosegate/dosegate.h"

static dosegate_text text(const char* s) { return (dosegate_text){s, strlen(s)}; }

dosegate_verdict check_plan(const char* library, const char* plan_json, const dosegate_structure* rois,
                            size_t roi_count, const dosegate_dose* dose) {
  dosegate_negotiate_in in = {sizeof in, DOSEGATE_ABI_VERSION, DOSEGATE_ABI_VERSION, 0};
  dosegate_api api = {.struct_size = sizeof api};
  dosegate_negotiate_fn negotiate = NULL;
  void* so = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (so != NULL) *(void**)&negotiate = dlsym(so, DOSEGATE_ENTRY_POINT);
  if (negotiate == NULL || negotiate(&in, &api) != DOSEGATE_OK) return DOSEGATE_VERDICT_UNSPECIFIED;

  dosegate_protocol* protocol = NULL;
  dosegate_case* c = NULL;
  dosegate_report* report = NULL;
  dosegate_error* error = NULL;
  dosegate_status s = api.protocol_builtin(NULL, &protocol, &error); /* NULL: the trial's, ChiCTR2000036385 */
  if (s == DOSEGATE_OK) s = api.case_create(NULL, &c, &error);
  if (s == DOSEGATE_OK) s = api.case_set_plan(c, text(plan_json), &error);
  /* While the plan is made there is no clinical record yet; with one: case_set_record, and no scope. */
  if (s == DOSEGATE_OK) s = api.case_set_options(c, text("{\"scope\": \"PLAN_ONLY\"}"), &error);
  for (size_t i = 0; s == DOSEGATE_OK && i < roi_count; ++i) s = api.case_set_structure(c, &rois[i], &error);
  if (s == DOSEGATE_OK) s = api.case_set_dose(c, dose, &error);
  if (s == DOSEGATE_OK) s = api.check(c, protocol, &report, &error);
  if (s != DOSEGATE_OK) fprintf(stderr, "%s: %s\n", api.error_path(error).data, api.error_message(error).data);
  if (s == DOSEGATE_OK) puts(api.report_json(report).data); /* findings with value, limit, place, what to do */

  dosegate_verdict verdict = api.report_verdict(report); /* without a report: UNSPECIFIED, which is no pass */
  api.report_release(report), api.case_release(c), api.protocol_release(protocol), api.error_release(error);
  return verdict;
}
/* [/README] */

int main(int argc, char** argv) {
  static float values[ABI_COLUMNS * ABI_ROWS * ABI_PLANES];
  static double points[ABI_BOX_COUNT + 1][ABI_MAX_SLICES][12];
  static dosegate_contour contours[ABI_BOX_COUNT + 1][ABI_MAX_SLICES];
  static const char* const kNames[] = {"no verdict", "PASS", "FAIL", "INCOMPLETE"};
  double offsets[ABI_PLANES];
  dosegate_structure rois[ABI_BOX_COUNT + 1];
  dosegate_dose dose;
  if (argc != 3) return 3;
  const double y = strtod(argv[2], NULL);
  for (int b = 0; b <= ABI_BOX_COUNT; ++b) {
    const abi_box cord = {ABI_CORD_ROI, "SpinalCord", "ORGAN", {-5, y, -70}, {5, y + 10, 70}};
    const abi_box* box = b < ABI_BOX_COUNT ? &kAbiBoxes[b] : &cord;
    abi_describe_box(box, points[b], contours[b], &rois[b]);
  }
  abi_describe_dose(values, offsets, &dose);
  const dosegate_verdict verdict = check_plan(argv[1], kAbiPlan, rois, ABI_BOX_COUNT + 1, &dose);
  printf("verdict: %s\n", kNames[verdict]);
  return verdict == DOSEGATE_VERDICT_PASS ? 0 : 1;
}
