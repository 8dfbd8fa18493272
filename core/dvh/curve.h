// The points of a cumulative DVH (Dvh::curve), and their agreement with what metrics of the same structure prove.
#pragma once

#include <vector>

#include "core/dvh/dvh.h"

namespace dosegate {

// The dose of point `b` of a curve, b times `bin` rounded to 1e-9 Gy: the decimal number that a metric is asked about.
// (In binary, 3 * 0.1 is not 0.3.)
Dose dose_of_bin(std::size_t b, Dose bin);

// Narrow the curve's bounds to what a metric of the same structure proves: the volume that receives at least `level` (a
// V), or the least dose in the hottest `hottest` (a D). What receives a dose receives all lower ones, so one proven
// value bounds the curve on both sides of it; settle(), once after all metrics, carries it there. Bounds are taken as
// maxima and minima, so that neither the order of metrics nor settling between them changes a bit.
void hold_to(std::vector<Interval<Volume>>& curve, Dose bin, Dose level, const Interval<Volume>& proven);
void hold_to(std::vector<Interval<Volume>>& curve, Dose bin, Volume hottest, const Interval<Dose>& proven);

// What is proven of one bin is of its neighbours; and values of neighbours may cross by rounding. Moves values into the
// bounds. Precondition: the curve has a point or more.
void settle(std::vector<Interval<Volume>>& curve);

}  // namespace dosegate
