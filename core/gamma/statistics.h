// What is counted of the points of a comparison.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/gamma/gamma.h"
#include "core/gamma/reference_points.h"

namespace dosegate::gamma {

// A reference point that was compared: its gamma lies in [lower, upper].
struct Compared {
  std::uint32_t index;  // its number among the ReferencePoints
  float gamma, lower, upper;
  bool passes;
};

// How many points were not, by the first reason that holds.
struct LeftOut {
  std::uint64_t not_in_roi = 0, below_cutoff = 0, outside = 0;
};

// Counts of a run of points; those of two runs that follow each other add up to those of both. The order of points is
// the order of additions, so that a sum does not depend on who computes it.
class Tally {
 public:
  // `points` outlives it.
  Tally(const ReferencePoints& points, bool pass_fail_only)
      : points_(points), has_volume_(points.have_volume()), pass_fail_only_(pass_fail_only) {}

  void add(const Compared& point);
  void add(const LeftOut& points);
  void add(const Tally& later);

  GammaStatistics statistics() const;

 private:
  const ReferencePoints& points_;
  bool has_volume_, pass_fail_only_;
  std::uint64_t compared_ = 0;
  LeftOut left_out_;
  Between<std::uint64_t> passing_;
  Between<double> failing_mm3_;
  Between<double> sum_;
  Between<double> maximum_;
  std::optional<std::size_t> worst_;  // the first point of the largest value
  std::array<std::uint64_t, kGammaBins> histogram_{};
};

}  // namespace dosegate::gamma
