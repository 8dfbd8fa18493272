// Exact statistics of proportions.
#pragma once

#include <cstdint>

#include "core/quantity/result.h"

namespace dosegate {

struct ProportionInterval {
  double lower = 0.0, upper = 0.0;
};

// The two-sided interval of Clopper and Pearson, Biometrika 26 (1934) 404: the proportions that the two one-sided exact
// tests of size (1 - level) / 2 do not reject. 0 of n: lower is 0; n of n: upper is 1.
// kInvalidArgument: n is 0 or over 10^9, more successes than n, a level outside (0, 1).
Result<ProportionInterval> clopper_pearson(std::uint64_t successes, std::uint64_t n, double level);

// One-sided exact binomial tests of p <= p0 that reject from so many successes on.
struct SampleSize {
  std::uint64_t reject_from = 0;
  std::uint64_t least = 0, most = 0;  // n of those with size and power as wanted; between them both grow with n
  double size = 0.0, power = 0.0;     // at `most`: the size nearest to alpha
};

// The fewest successes that can decide, and for these the least and the most n: size at most `alpha`, power at least
// `power` to find p1 > p0. Beyond `most` one success more is needed and the power falls (the saw-tooth of exact tests).
// kInvalidArgument: not 0 < p0 < p1 < 1, alpha or power outside (0, 1), or n would be over 100,000.
Result<SampleSize> exact_sample_size(double p0, double p1, double alpha, double power);

// n for so many to be left when `drop_out` of them is lost: n (1 + drop_out), rounded up, as trials state it.
// kInvalidArgument: drop_out outside [0, 1).
Result<std::uint64_t> with_drop_out(std::uint64_t n, double drop_out);

}  // namespace dosegate
