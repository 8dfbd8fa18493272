/* Extension "dosegate.gamma/1": two doses compared by gamma, exactly.
 *
 *   const dosegate_gamma* gamma = (const dosegate_gamma*)api.get_extension(DOSEGATE_EXT_GAMMA);
 *   dosegate_gamma_input input = {.struct_size = sizeof input, .reference = &measured, .evaluated = &planned};
 *   if (gamma != NULL) gamma->compute(the_case, &input, text("{}"), &document, &error);
 *
 * For each point of the reference: the least of sqrt((dose difference / dose criterion)^2 + (distance / distance
 * criterion)^2) over the whole interpolated evaluated dose, with proven bounds at most 0.001 apart (wider only by what
 * the precision of stored doses leaves open). Exchanging the two doses is another question with another answer.
 *
 * NULL: this library has none. The table is constant, belongs to the library and grows at its end only. All rules of
 * dosegate.h hold. */
#ifndef DOSEGATE_EXTENSIONS_GAMMA_H_
#define DOSEGATE_EXTENSIONS_GAMMA_H_

#include "dosegate/dosegate.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DOSEGATE_EXT_GAMMA "dosegate.gamma/1"

/* Doses at single points, as a detector array measures them. At most 2^28. */
typedef struct dosegate_dose_points {
  uint32_t struct_size;
  uint32_t reserved;                  /* 0 */
  const double* points_mm;            /* x, y, z of each point, 3 * count values; within 100 m */
  const double* gy;                   /* count values; finite, 0 to 10^6 Gy */
  uint64_t count;                     /* 1 or more */
  const char* frame_of_reference_uid; /* or NULL: not stated; then it is taken for that of the evaluated dose */
} dosegate_dose_points;

/* The two doses. `dosegate_dose` here may also be a single plane, column or row; dose_type, units and defect count as
 * anywhere, summation is not looked at but noted where the two differ. */
typedef struct dosegate_gamma_input {
  uint32_t struct_size;
  uint32_t reserved;                            /* 0 */
  const dosegate_dose* reference;               /* one of these two, the other NULL */
  const dosegate_dose_points* reference_points; /* */
  const dosegate_dose* evaluated;
  /* Not NULL: filled with gamma at each value of the reference, in its order; NaN where the point was left out. Written
   * only when the answer is DOSEGATE_OK, and then whole. All NaN where there is no answer, or with passFailOnly. */
  float* map;
  uint64_t map_count; /* 0, or the number of the reference's values */
} dosegate_gamma_input;

typedef struct dosegate_gamma {
  uint32_t struct_size; /* bytes of the table that are valid */
  uint32_t reserved;    /* 0 */
  /* dosegate.v1.GammaRequest -> dosegate.v1.GammaReport. Of the case come the structures that the request names, the
   * options that say how they are solid, and the host's threads and callbacks; its dose plays no part, and nothing of
   * it changes. What cannot be compared (another frame of reference, no overlap, a maximum of 0) is a report with a
   * problem and without a pass rate. DOSEGATE_NOT_FOUND: a ROI that the case has not, or more than once.
   * [case] Order: after case_create, before case_release; makes a document. */
  dosegate_status (*compute)(dosegate_case* c, const dosegate_gamma_input* input,
                             dosegate_text request_json /* GammaRequest, at most 1 MiB */, dosegate_document** out,
                             dosegate_error** error);
  /* What was measured of the case's dose: from now on a check computes the rule on gamma of it, as the reference, and
   * of the case's dose. One of the two, or both NULL: the case has none from now on.
   * [case] Order: after case_create, before case_release; again at any time. */
  dosegate_status (*case_set_measurement)(dosegate_case* c, const dosegate_dose* dose,
                                          const dosegate_dose_points* points, dosegate_error** error);
} dosegate_gamma;

#ifdef __cplusplus
}
#endif
#endif
