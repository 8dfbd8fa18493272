/* What a binding's rounds are held against: from C, a full-size dose handed over anew and checked, again and again.
 * usage: cost dosegate.so PLAN.json ROUNDS [anew]; prints a round's processor time in ms, a line each, and the last
 * report. anew: each round loads the library and makes a case, as a host does that keeps nothing from call to call. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dosegate/dosegate.h"

enum { COLUMNS = 300, ROWS = 300, PLANES = 125, SLICES = 24, MOST_TEXT = 1 << 20 };
static const char kFrame[] = "1.2.826.0.1.3680043.8.498.1";

static void require(int holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "not so: %s\n", what);
  exit(3);
}

static void set_box(const dosegate_api* api, dosegate_case* c, int32_t number, const char* name, double x, double y0,
                    double y1, double z0) {
  static double points[SLICES][12];
  dosegate_contour contours[SLICES] = {{0}};
  int n = 0;
  for (double z = z0 + 5; z < -z0 && n < SLICES; z += 10, ++n) {
    const double box[12] = {-x, y0, z, x, y0, z, x, y1, z, -x, y1, z};
    memcpy(points[n], box, sizeof box);
    contours[n] = (dosegate_contour){points[n], 4, DOSEGATE_CONTOUR_CLOSED_PLANAR, 0};
  }
  dosegate_structure s = {.struct_size = sizeof s, .roi_number = number, .name = name};
  s.frame_of_reference_uid = kFrame, s.contours = contours, s.contour_count = (uint64_t)n;
  require(api->case_set_structure(c, &s, NULL) == DOSEGATE_OK, "the structure is taken");
}

/* Two doses, so that no round has that of the one before. */
static float* dose_of(int second) {
  float* const values = (float*)malloc(sizeof(float) * COLUMNS * ROWS * PLANES);
  require(values != NULL, "there is memory");
  float* v = values;
  for (int p = 0; p < PLANES; ++p) {
    for (int r = 0; r < ROWS; ++r) {
      for (int k = 0; k < COLUMNS; ++k) {
        const int x = abs(k - 150), y = abs(r - 150), z = abs(p - 62), xy = x > y ? x : y, far = xy > z ? xy : z;
        *v++ = (float)(far < 50 ? 46 : far > 70 ? 2 : 46 - 2.2 * (far - 50)) + (float)second * 0.125F;
      }
    }
  }
  return values;
}

/* The library, with a case of two structures and no dose. */
typedef struct Loaded {
  void* library;
  dosegate_api api;
  dosegate_protocol* protocol;
  dosegate_case* c;
} Loaded;

static Loaded load(const char* path, dosegate_text plan) {
  Loaded host = {.library = dlopen(path, RTLD_NOW | RTLD_LOCAL), .api = {.struct_size = sizeof host.api}};
  require(host.library != NULL, "the library loads");
  dosegate_negotiate_fn negotiate = NULL;
  *(void**)&negotiate = dlsym(host.library, DOSEGATE_ENTRY_POINT);
  const dosegate_negotiate_in in = {sizeof in, DOSEGATE_ABI_VERSION, DOSEGATE_ABI_VERSION, 0};
  require(negotiate(&in, &host.api) == DOSEGATE_OK, "the library is usable");
  const dosegate_api* const api = &host.api;
  require(api->protocol_builtin(NULL, &host.protocol, NULL) == DOSEGATE_OK, "the protocol is there");
  const char options[] = "{\"scope\": \"PLAN_ONLY\"}";
  require(api->case_create(NULL, &host.c, NULL) == DOSEGATE_OK &&
              api->case_set_plan(host.c, plan, NULL) == DOSEGATE_OK &&
              api->case_set_options(host.c, (dosegate_text){options, strlen(options)}, NULL) == DOSEGATE_OK,
          "the case is there");
  set_box(api, host.c, 3, "PTV", 80, -80, 80, -100);
  set_box(api, host.c, 9, "SpinalCord", 10, 100, 120, -110);
  return host;
}

static void unload(Loaded* host) {
  host->api.case_release(host->c);
  host->api.protocol_release(host->protocol);
  require(dlclose(host->library) == 0, "the library is unloaded");
}

int main(int argc, char** argv) {
  static char plan[MOST_TEXT];
  const int anew = argc == 5 && strcmp(argv[4], "anew") == 0;
  require(argc == 4 || anew, "usage: cost dosegate.so PLAN.json ROUNDS [anew]");
  FILE* const file = fopen(argv[2], "rb");
  require(file != NULL, "the plan can be read");
  const dosegate_text plan_json = {plan, fread(plan, 1, sizeof plan, file)};
  fclose(file);
  Loaded host = load(argv[1], plan_json);
  dosegate_report* report = NULL;
  float* const values[2] = {dose_of(0), dose_of(1)};
  double offsets[PLANES];
  for (int p = 0; p < PLANES; ++p) offsets[p] = 2.0 * p;
  for (int round = 0; round < atoi(argv[3]); ++round) {
    const clock_t began = clock();
    dosegate_dose d = {.struct_size = sizeof d, .value_type = DOSEGATE_VALUES_FLOAT32, .scaling = 1};
    d.values = values[round % 2], d.value_count = (uint64_t)COLUMNS * ROWS * PLANES;
    d.columns = COLUMNS, d.rows = ROWS, d.planes = PLANES;
    d.units = DOSEGATE_UNITS_GY, d.dose_type = DOSEGATE_DOSE_PHYSICAL, d.summation = DOSEGATE_SUMMATION_PLAN;
    d.position_mm[0] = -299, d.position_mm[1] = -299, d.position_mm[2] = -124;
    d.row_cosines[0] = 1, d.column_cosines[1] = 1, d.row_spacing_mm = 2, d.column_spacing_mm = 2;
    d.plane_offsets_mm = offsets, d.frame_of_reference_uid = kFrame;
    if (anew && round > 0) {
      host.api.report_release(report);
      report = NULL;
      unload(&host);
      host = load(argv[1], plan_json);
    }
    const dosegate_api* const api = &host.api;
    api->report_release(report);
    require(api->case_set_dose(host.c, &d, NULL) == DOSEGATE_OK, "the dose is taken");
    require(api->check(host.c, host.protocol, &report, NULL) == DOSEGATE_OK, "it is checked");
    printf("%.3f\n", 1e3 * (double)(clock() - began) / CLOCKS_PER_SEC);
  }
  fputs(host.api.report_json(report).data, stdout);
  return 0;
}
