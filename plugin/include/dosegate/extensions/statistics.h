/* Extension "dosegate.statistics/1": exact statistics of proportions, for what many reports say together.
 *
 *   const dosegate_statistics* statistics = (const dosegate_statistics*)api.get_extension(DOSEGATE_EXT_STATISTICS);
 *   if (statistics != NULL) statistics->clopper_pearson(9, 30, 0.90, &lower, &upper, &error);
 *
 * NULL: this library has none. The table is constant, belongs to the library and grows at its end only. All rules of
 * dosegate.h hold. */
#ifndef DOSEGATE_EXTENSIONS_STATISTICS_H_
#define DOSEGATE_EXTENSIONS_STATISTICS_H_

#include "dosegate/dosegate.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DOSEGATE_EXT_STATISTICS "dosegate.statistics/1"

typedef struct dosegate_statistics {
  uint32_t struct_size; /* bytes of the table that are valid */
  uint32_t reserved;    /* 0 */
  /* Two-sided Clopper-Pearson interval of successes of n, as proportions 0 to 1. `level` as 0.95.
   * DOSEGATE_INVALID_ARGUMENT: n is 0 or over 10^9, more successes than n, a level outside (0, 1).
   * [thread-safe] Order: after dosegate_negotiate. */
  dosegate_status (*clopper_pearson)(uint64_t successes, uint64_t n, double level, double* lower, double* upper,
                                     dosegate_error** error);
  /* One-sided exact binomial tests of p <= p0 at size `alpha` that find p1 with `power`: the fewest successes that can
   * decide, and for these the least and the most n. DOSEGATE_INVALID_ARGUMENT: not 0 < p0 < p1 < 1, alpha or power
   * outside (0, 1), more than 100000 needed.
   * [thread-safe] Order: after dosegate_negotiate. */
  dosegate_status (*sample_size)(double p0, double p1, double alpha, double power, uint64_t* least, uint64_t* most,
                                 uint64_t* reject_from, dosegate_error** error);
} dosegate_statistics;

#ifdef __cplusplus
}
#endif
#endif
