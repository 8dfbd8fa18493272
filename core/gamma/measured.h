// A measurement of a plan against the plan's dose: gamma with the measurement as the reference and the plan's largest
// dose as what percentages are of, and what has to be looked at before anybody relies on that.
//
// - Percentages (of kMaximum), and the low-dose cut always, are of the largest dose of the plan, cut or not, measured
// or
//   not: no reading moves them.
// - A point is left out as low only where both doses are below the cut: a dead detector is not a region of low dose.
// - Of several readings of one place (to 0.01 mm) the one that is farthest from the plan there counts, once.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>

#include "core/gamma/gamma.h"

namespace dosegate {

// What the measured doses are of the planned ones, at the same points: those in the plan's grid where the plan gives
// at least half of the most that it gives at any of them, and no less than the low-dose cut.
struct DoseScale {
  std::uint64_t points = 0;  // 0: there are none
  double median = 1.0;       // of measured / planned
  // At half of the points or more the quotient is within kAlike of the median, and nowhere is much more measured than
  // the median times the plan's largest dose: the doses differ by a factor, not in shape. A fraction taken for the
  // course does; a field that lies elsewhere does not.
  bool are_alike = false;
};
inline constexpr double kAlike = 0.2;

struct MeasuredAnswer {
  std::string problem, hint;                                  // not empty: there is no pass rate, and why
  DoseScale scale;                                            // also beside a problem, where the two lie in one place
  std::uint64_t compared = 0, below_cutoff = 0, outside = 0;  // of places
  std::uint64_t repeated = 0;                                 // readings of a place that had one already
  Between<std::uint64_t> passing;
  double maximum = 0.0;  // the largest gamma
  Eigen::Vector3d maximum_at_mm = Eigen::Vector3d::Zero();
};

// `criteria`: kMaximum or kLocal (of the measured dose at the point), and not pass_fail_only. Errors as
// compute_gamma().
Result<MeasuredAnswer> compare_measured(const GammaReference& measured, const DoseGrid& planned,
                                        const GammaCriteria& criteria, const Host& host = {});

}  // namespace dosegate
