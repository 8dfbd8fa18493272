/* A host in C11. usage: check dosegate.so PLAN.json
 * Prints the report; exits 0 PASS, 1 FAIL, 2 INCOMPLETE, 3 where there is no verdict. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dosegate/dosegate.h"

enum { COLUMNS = 41, ROWS = 41, PLANES = 33, SLICES = 12, MOST_TEXT = 1 << 20 };
static const char kFrame[] = "1.2.826.0.1.3680043.8.498.1";
static float values[PLANES][ROWS][COLUMNS];

static int32_t should_cancel(void* user) { return *(const int32_t*)user; } /* a button of yours */

/* An ROI of the planning system: here a box, a rectangle every 10 mm. */
static dosegate_status set_box(const dosegate_api* api, dosegate_case* c, int32_t number, const char* name, double x,
                               double y0, double y1, double z0, dosegate_error** error) {
  double points[SLICES][12];
  dosegate_contour contours[SLICES] = {{0}};
  int n = 0;
  for (double z = z0 + 5; z < -z0 && n < SLICES; z += 10, ++n) {
    const double box[12] = {-x, y0, z, x, y0, z, x, y1, z, -x, y1, z};
    memcpy(points[n], box, sizeof box);
    contours[n] = (dosegate_contour){points[n], 4, DOSEGATE_CONTOUR_CLOSED_PLANAR, 0};
  }
  dosegate_structure s = {.struct_size = sizeof s, .roi_number = number, .name = name};
  s.frame_of_reference_uid = kFrame, s.contours = contours, s.contour_count = (uint64_t)n;
  return api->case_set_structure(c, &s, error); /* copied: points and contours may go now */
}

static dosegate_status set_dose(const dosegate_api* api, dosegate_case* c, dosegate_error** error) {
  double offsets[PLANES];
  for (int p = 0; p < PLANES; ++p) {
    offsets[p] = 5.0 * p;
    for (int r = 0; r < ROWS; ++r) {
      for (int k = 0; k < COLUMNS; ++k)
        values[p][r][k] = abs(k - 20) <= 8 && abs(r - 20) <= 8 && abs(p - 16) <= 8 ? 45 : 5;
    }
  }
  dosegate_dose d = {.struct_size = sizeof d, .value_type = DOSEGATE_VALUES_FLOAT32, .values = values, .scaling = 1};
  d.value_count = (uint64_t)COLUMNS * ROWS * PLANES, d.columns = COLUMNS, d.rows = ROWS, d.planes = PLANES;
  d.units = DOSEGATE_UNITS_GY, d.dose_type = DOSEGATE_DOSE_PHYSICAL, d.summation = DOSEGATE_SUMMATION_PLAN;
  d.position_mm[0] = -100, d.position_mm[1] = -100, d.position_mm[2] = -80; /* of the first voxel's centre */
  d.row_cosines[0] = 1, d.column_cosines[1] = 1, d.row_spacing_mm = 5, d.column_spacing_mm = 5;
  d.plane_offsets_mm = offsets, d.frame_of_reference_uid = kFrame;
  return api->case_set_dose(c, &d, error);
}

int main(int argc, char** argv) {
  static char plan[MOST_TEXT];
  FILE* file = argc == 3 ? fopen(argv[2], "rb") : NULL;
  if (file == NULL) return fputs("usage: check dosegate.so PLAN.json\n", stderr), 3;
  const dosegate_text plan_json = {plan, fread(plan, 1, sizeof plan, file)};
  fclose(file);

  void* so = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  dosegate_negotiate_fn negotiate = NULL;
  if (so != NULL) *(void**)&negotiate = dlsym(so, DOSEGATE_ENTRY_POINT);
  const dosegate_negotiate_in in = {sizeof in, DOSEGATE_ABI_VERSION, DOSEGATE_ABI_VERSION, 0};
  dosegate_api api = {.struct_size = sizeof api};
  if (negotiate == NULL || negotiate(&in, &api) != DOSEGATE_OK) return fputs("no usable dosegate.so\n", stderr), 3;

  int32_t stop = 0;
  const dosegate_host host = {.struct_size = sizeof host, .threads = 4, .user = &stop, .should_cancel = should_cancel};
  const char options[] = "{\"scope\": \"PLAN_ONLY\"}";
  dosegate_case* c = NULL;
  dosegate_protocol* protocol = NULL;
  dosegate_report* report = NULL;
  dosegate_error* error = NULL;
  dosegate_status s = api.protocol_builtin(NULL, &protocol, &error);
  if (s == DOSEGATE_OK) s = api.case_create(&host, &c, &error);
  if (s == DOSEGATE_OK) s = api.case_set_plan(c, plan_json, &error);
  if (s == DOSEGATE_OK) s = api.case_set_options(c, (dosegate_text){options, strlen(options)}, &error);
  if (s == DOSEGATE_OK) s = set_box(&api, c, 3, "PTV", 20, -20, 20, -30, &error);
  if (s == DOSEGATE_OK) s = set_box(&api, c, 9, "SpinalCord", 5, 30, 40, -60, &error);
  if (s == DOSEGATE_OK) s = set_dose(&api, c, &error);
  if (s == DOSEGATE_OK) s = api.check(c, protocol, &report, &error);
  int code = 3; /* no verdict is no pass */
  if (s == DOSEGATE_OK) {
    fputs(api.report_json(report).data, stdout); /* lives until report_release */
    code = api.report_verdict(report) - DOSEGATE_VERDICT_PASS;
  } else {
    fprintf(stderr, "%s: %s\n", api.error_path(error).data, api.error_message(error).data);
  }
  api.report_release(report), api.error_release(error), api.case_release(c), api.protocol_release(protocol);
  dlclose(so); /* after every release; it stays mapped */
  return code;
}
