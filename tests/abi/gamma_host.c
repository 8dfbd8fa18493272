/* A host in C11 that compares two doses through dosegate.gamma/1. A linear gradient of 0.5 Gy/mm, shifted by 2 mm, has
 * gamma 2 * 0.5 / sqrt(dD^2 + (0.5 * 3)^2) everywhere: 1 / sqrt(1.5^2 + 1.5^2) = 0.4714 with 3 % of 50 Gy and 3 mm. */
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dosegate/extensions/gamma.h"

#define REQUIRE(condition)                                                    \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

enum { SIDE = 21 };

static float values[2][SIDE * SIDE * SIDE];
static double offsets[SIDE];

static dosegate_dose dose(int which, double shift_mm) {
  for (int k = 0; k < SIDE; ++k) {
    offsets[k] = 2.0 * k;
    for (int j = 0; j < SIDE; ++j) {
      for (int i = 0; i < SIDE; ++i)
        values[which][(k * SIDE + j) * SIDE + i] = (float)(30.0 + 0.5 * (2.0 * i - shift_mm));
    }
  }
  dosegate_dose d = {.struct_size = sizeof d,
                     .value_type = DOSEGATE_VALUES_FLOAT32,
                     .values = values[which],
                     .value_count = SIDE * SIDE * SIDE,
                     .scaling = 1.0,
                     .units = DOSEGATE_UNITS_GY,
                     .dose_type = DOSEGATE_DOSE_PHYSICAL,
                     .summation = DOSEGATE_SUMMATION_PLAN,
                     .columns = SIDE,
                     .rows = SIDE,
                     .planes = SIDE,
                     .row_cosines = {1.0, 0.0, 0.0},
                     .column_cosines = {0.0, 1.0, 0.0},
                     .row_spacing_mm = 2.0,
                     .column_spacing_mm = 2.0,
                     .plane_offsets_mm = offsets,
                     .frame_of_reference_uid = "1.2.3"};
  return d;
}

int main(int argc, char** argv) {
  REQUIRE(argc == 2);
  void* so = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  REQUIRE(so != NULL);
  dosegate_negotiate_fn negotiate = NULL;
  *(void**)(&negotiate) = dlsym(so, DOSEGATE_ENTRY_POINT);
  REQUIRE(negotiate != NULL);
  dosegate_negotiate_in in = {sizeof in, DOSEGATE_ABI_VERSION, DOSEGATE_ABI_VERSION, 0};
  dosegate_api api;
  memset(&api, 0, sizeof api);
  api.struct_size = sizeof api;
  REQUIRE(negotiate(&in, &api) == DOSEGATE_OK);
  const dosegate_gamma* gamma = (const dosegate_gamma*)api.get_extension(DOSEGATE_EXT_GAMMA);
  REQUIRE(gamma != NULL && gamma->struct_size == sizeof(dosegate_gamma));

  dosegate_case* c = NULL;
  dosegate_error* error = NULL;
  dosegate_document* document = NULL;
  REQUIRE(api.case_create(NULL, &c, &error) == DOSEGATE_OK);
  const dosegate_dose reference = dose(0, 0.0), evaluated = dose(1, 2.0);
  static float map[SIDE * SIDE * SIDE];
  const dosegate_gamma_input input = {.struct_size = sizeof input,
                                      .reference = &reference,
                                      .evaluated = &evaluated,
                                      .map = map,
                                      .map_count = SIDE * SIDE * SIDE};
  /* 50 Gy is the reference's largest dose. */
  REQUIRE(gamma->compute(c, &input, (dosegate_text){"{}", 2}, &document, &error) == DOSEGATE_OK);
  const dosegate_text json = api.document_json(document);
  REQUIRE(strstr(json.data, "\"passRatePercent\"") != NULL && strstr(json.data, "\"compared\": 9261") != NULL);
  const float middle = map[(10 * SIDE + 10) * SIDE + 10];
  REQUIRE(fabs((double)middle - 1.0 / sqrt(2.0 * 1.5 * 1.5)) < 0.001);
  api.document_release(document);

  REQUIRE(gamma->compute(c, &input, (dosegate_text){"{\"distanceMm\": 0}", 17}, &document, &error) ==
          DOSEGATE_INVALID_DATA);
  REQUIRE(document == NULL && strcmp(api.error_path(error).data, "$.distanceMm") == 0);
  api.error_release(error);
  api.case_release(c);
  REQUIRE(dlclose(so) == 0);
  return 0;
}
