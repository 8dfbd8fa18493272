/* A liver patient of boxes for the tests of the ABI, C11 and C++. Knows only dosegate.h.
 *
 * Patient coordinates in mm. With r = max(|x|, |y|, |z|) the dose is 46 Gy up to r = 30, falls linearly to
 * 2 Gy at r = 40, and is 2 Gy beyond; given at nodes 5 mm apart, all breaks on nodes. 45 Gy in 15 are
 * prescribed to the PTV (x, y within 20, z within 30), which lies in the plateau. Every organ at risk lies at
 * 2 Gy, but the spinal cord is put where the caller says. So the whole trial passes with the cord at
 * y = 90, and OR-6 (maximum < 40 Gy) alone fails, with 46 Gy, at y = 20. */
#ifndef DOSEGATE_TESTS_ABI_CASE_H_
#define DOSEGATE_TESTS_ABI_CASE_H_

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dosegate/dosegate.h"

#define ABI_FRAME "1.2.826.0.1.3680043.8.498.1"
#define ABI_CORD_ROI 9
enum { ABI_COLUMNS = 61, ABI_ROWS = 45, ABI_PLANES = 33, ABI_MAX_SLICES = 64 };

/* A sliding window. */
#define ABI_POINTS                                                     \
  "\"finalMetersetWeight\": 1, \"points\": ["                          \
  "{\"metersetWeight\": 0, \"gantryDegrees\": 90, \"aperture\": 1},"   \
  "{\"metersetWeight\": 0.5, \"gantryDegrees\": 90, \"aperture\": 2}," \
  "{\"metersetWeight\": 1, \"gantryDegrees\": 90, \"aperture\": 3}]"

static const char* const kAbiPlan =
    "{\"label\": \"BOX\", \"approvalStatus\": \"UNAPPROVED\", \"modality\": \"RTPLAN\","
    " \"doseReferences\": [{\"number\": 1, \"structureType\": \"VOLUME\", \"type\": \"TARGET\", \"roiNumber\": 3,"
    " \"targetPrescriptionDoseGy\": 45}],"
    " \"fractionGroups\": [{\"number\": 1, \"fractionsPlanned\": 15, \"beams\":"
    " [{\"beamNumber\": 1, \"beamDoseGy\": 1.0, \"beamMeterset\": 100},"
    " {\"beamNumber\": 2, \"beamDoseGy\": 1.0, \"beamMeterset\": 100},"
    " {\"beamNumber\": 3, \"beamDoseGy\": 1.0, \"beamMeterset\": 100}]}],"
    " \"beams\": [{\"number\": 1, \"name\": \"B1\", \"type\": \"DYNAMIC\", \"radiationType\": \"PHOTON\","
    " \"deliveryType\": \"TREATMENT\", \"controlPoints\": 3, " ABI_POINTS
    "},"
    " {\"number\": 2, \"name\": \"B2\", \"type\": \"DYNAMIC\", \"radiationType\": \"PHOTON\","
    " \"deliveryType\": \"TREATMENT\", \"controlPoints\": 3, " ABI_POINTS
    "},"
    " {\"number\": 3, \"name\": \"B3\", \"type\": \"DYNAMIC\", \"radiationType\": \"PHOTON\","
    " \"deliveryType\": \"TREATMENT\", \"controlPoints\": 3, " ABI_POINTS "}]}";

/* What the plan decides alone: there is no clinical record. */
static const char* const kAbiOptions = "{\"scope\": \"PLAN_ONLY\"}";

typedef struct abi_box {
  int32_t roi_number;
  const char* name;
  const char* type;
  double low[3], high[3]; /* a multiple of 10 apart in z */
} abi_box;

static const abi_box kAbiBoxes[] = {
    {1, "GTV", "GTV", {-5, -5, -10}, {5, 5, 10}},
    {2, "CTV", "CTV", {-15, -15, -20}, {15, 15, 20}},
    {3, "PTV", "PTV", {-20, -20, -30}, {20, 20, 30}},
    {4, "Liver", "ORGAN", {-35, -65, -60}, {85, 65, 60}},
    {5, "Stomach", "ORGAN", {-130, -40, -40}, {-70, 0, 40}},
    {6, "Duodenum", "ORGAN", {-100, 10, -40}, {-70, 30, 40}},
    {7, "Colon", "ORGAN", {-130, 40, -60}, {-80, 70, 60}},
    {8, "Kidney_L", "ORGAN", {65, 82, -50}, {105, 100, 50}},
    {10, "Kidney_R", "ORGAN", {-105, 82, -50}, {-65, 100, 50}},
};
enum { ABI_BOX_COUNT = sizeof kAbiBoxes / sizeof kAbiBoxes[0] };

/* One rectangle a slice, 10 mm apart, the first and last 5 mm inside: the slabs fill the box. */
static inline void abi_describe_box(const abi_box* box, double points[ABI_MAX_SLICES][12],
                                    dosegate_contour contours[ABI_MAX_SLICES], dosegate_structure* s) {
  const int slices = (int)lround((box->high[2] - box->low[2]) / 10.0);
  for (int i = 0; i < slices; ++i) {
    const double z = box->low[2] + 5.0 + 10.0 * i;
    const double rectangle[12] = {box->low[0],  box->low[1],  z, box->high[0], box->low[1],  z,
                                  box->high[0], box->high[1], z, box->low[0],  box->high[1], z};
    memcpy(points[i], rectangle, sizeof rectangle);
    memset(&contours[i], 0, sizeof contours[i]);
    contours[i].points_mm = points[i];
    contours[i].point_count = 4;
    contours[i].geometric_type = DOSEGATE_CONTOUR_CLOSED_PLANAR;
  }
  memset(s, 0, sizeof *s);
  s->struct_size = sizeof *s;
  s->roi_number = box->roi_number;
  s->name = box->name;
  s->interpreted_type = box->type;
  s->frame_of_reference_uid = ABI_FRAME;
  s->contours = contours;
  s->contour_count = (uint64_t)slices;
}

static inline dosegate_status abi_set_box(const dosegate_api* api, dosegate_case* c, const abi_box* box,
                                          dosegate_error** error) {
  double points[ABI_MAX_SLICES][12];
  dosegate_contour contours[ABI_MAX_SLICES];
  dosegate_structure s;
  abi_describe_box(box, points, contours, &s);
  return api->case_set_structure(c, &s, error);
}

static inline dosegate_status abi_set_cord(const dosegate_api* api, dosegate_case* c, double y,
                                           dosegate_error** error) {
  const abi_box cord = {ABI_CORD_ROI, "SpinalCord", "ORGAN", {-5, y, -70}, {5, y + 10, 70}};
  return abi_set_box(api, c, &cord, error);
}

static inline double abi_dose_at(double x, double y, double z) {
  const double r = fmax(fabs(x), fmax(fabs(y), fabs(z)));
  return r <= 30.0 ? 46.0 : r >= 40.0 ? 2.0 : 46.0 - 44.0 * (r - 30.0) / 10.0;
}

/* Fills `values` (ABI_COLUMNS * ABI_ROWS * ABI_PLANES) and `offsets` (ABI_PLANES), and describes them in `d`. */
static inline void abi_describe_dose(float* values, double* offsets, dosegate_dose* d) {
  for (int p = 0; p < ABI_PLANES; ++p) {
    offsets[p] = 5.0 * p;
    for (int r = 0; r < ABI_ROWS; ++r) {
      for (int k = 0; k < ABI_COLUMNS; ++k) {
        values[(p * ABI_ROWS + r) * ABI_COLUMNS + k] =
            (float)abi_dose_at(-150.0 + 5.0 * k, -110.0 + 5.0 * r, -80.0 + 5.0 * p);
      }
    }
  }
  memset(d, 0, sizeof *d);
  d->struct_size = sizeof *d;
  d->value_type = DOSEGATE_VALUES_FLOAT32;
  d->values = values;
  d->value_count = (uint64_t)ABI_COLUMNS * ABI_ROWS * ABI_PLANES;
  d->scaling = 1.0;
  d->units = DOSEGATE_UNITS_GY;
  d->dose_type = DOSEGATE_DOSE_PHYSICAL;
  d->summation = DOSEGATE_SUMMATION_PLAN;
  d->columns = ABI_COLUMNS;
  d->rows = ABI_ROWS;
  d->planes = ABI_PLANES;
  d->position_mm[0] = -150.0;
  d->position_mm[1] = -110.0;
  d->position_mm[2] = -80.0;
  d->row_cosines[0] = 1.0;
  d->column_cosines[1] = 1.0;
  d->row_spacing_mm = 5.0;
  d->column_spacing_mm = 5.0;
  d->plane_offsets_mm = offsets;
  d->frame_of_reference_uid = ABI_FRAME;
}

/* Plan, options, all boxes, cord at `cord_y`, dose. */
static inline dosegate_status abi_fill_case(const dosegate_api* api, dosegate_case* c, double cord_y,
                                            dosegate_error** error) {
  const dosegate_text plan = {kAbiPlan, strlen(kAbiPlan)}, options = {kAbiOptions, strlen(kAbiOptions)};
  dosegate_status status = api->case_set_plan(c, plan, error);
  if (status == DOSEGATE_OK) status = api->case_set_options(c, options, error);
  for (int i = 0; i < ABI_BOX_COUNT && status == DOSEGATE_OK; ++i) status = abi_set_box(api, c, &kAbiBoxes[i], error);
  if (status == DOSEGATE_OK) status = abi_set_cord(api, c, cord_y, error);
  if (status == DOSEGATE_OK) {
    double offsets[ABI_PLANES];
    dosegate_dose dose;
    float* values = (float*)malloc(sizeof(float) * ABI_COLUMNS * ABI_ROWS * ABI_PLANES);
    if (values == NULL) return DOSEGATE_OUT_OF_MEMORY;
    abi_describe_dose(values, offsets, &dose);
    status = api->case_set_dose(c, &dose, error);
    free(values);
  }
  return status;
}

#endif
