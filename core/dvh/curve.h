// A cumulative DVH at bins, beside what is proven of single doses and volumes.
#pragma once

#include <vector>

#include "core/dvh/dvh.h"

namespace dosegate {

// The dose of a bin as the decimal number that a metric is asked about: 3 * 0.1 in binary is not 0.3.
Dose dose_of_bin(std::size_t b, Dose bin);

// Point b of the curve is at dose_of_bin(b, bin). Narrowed to what a V, or a D, of the same structure proves: a volume
// that `level` has, the points at lower doses have, too. Values follow.
void hold_to(std::vector<Interval<Volume>>& curve, Dose bin, Dose level, const Interval<Volume>& proven);
void hold_to(std::vector<Interval<Volume>>& curve, Dose bin, Volume hottest, const Interval<Dose>& proven);

}  // namespace dosegate
