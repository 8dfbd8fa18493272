#include "core/dvh/linear_dose_prism.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

// The forms below take differences of numbers larger than the result; these ratios keep ten digits of it.
constexpr double kThirdSlope = 1e-7;   // (b / a) (c / a) in a box with slopes a >= b >= c
constexpr double kSecondSlope = 1e-8;  // b / a
constexpr double kPatchSlope = 1e-6;   // across the patch beside along it, and the reverse

double square(double x) { return x > 0.0 ? x * x : 0.0; }
double cube(double x) { return x > 0.0 ? x * x * x : 0.0; }

}  // namespace

LinearDosePrism::LinearDosePrism(double mean, const std::array<double, 3>& slope, Patch patch, bool whole)
    : mean_(mean), g_(slope), patch_(patch), whole_(whole) {
  if (whole_) {
    for (double& g : g_) g = std::abs(g);
    const double larger = std::max(g_[0], g_[1]), smaller = std::min(g_[0], g_[1]);  // sorted without a branch
    g_ = {std::max(larger, g_[2]), std::max(smaller, std::min(larger, g_[2])), std::min(smaller, g_[2])};
    const double a2 = g_[0] * g_[0];
    if (g_[1] * g_[2] < kThirdSlope * a2) {
      left_out_ += 0.5 * g_[2];
      g_[2] = 0.0;
    }
    if (g_[1] < kSecondSlope * g_[0]) {
      left_out_ += 0.5 * g_[1];
      g_[1] = 0.0;
    }
    const double half = 0.5 * (g_[0] + g_[1] + g_[2]);
    least_ = mean_ - half;
    most_ = mean_ + half;
    return;
  }
  area_ = area_of(patch_);
  const double across = std::abs(g_[0]) + std::abs(g_[1]), along = std::abs(g_[2]);
  if (along < kPatchSlope * across) {
    left_out_ = 0.5 * along;
    g_[2] = 0.0;
  } else if (across < kPatchSlope * along) {
    left_out_ = 0.5 * across;
    g_[0] = g_[1] = 0.0;
  }
  const Linear across_at_half{mean_ - 0.5 * (g_[0] + g_[1]), g_[0], g_[1]};
  least_ = std::numeric_limits<double>::infinity();
  most_ = -least_;
  for (const auto& p : patch_) {
    const std::array<double, 4> at = {across_at_half.at(p.left0, p.y0), across_at_half.at(p.right0, p.y0),
                                      across_at_half.at(p.left1, p.y1), across_at_half.at(p.right1, p.y1)};
    least_ = std::min(least_, *std::min_element(at.begin(), at.end()));
    most_ = std::max(most_, *std::max_element(at.begin(), at.end()));
  }
  least_ -= 0.5 * std::abs(g_[2]);
  most_ += 0.5 * std::abs(g_[2]);
}

// The distribution of a sum of uniform variables (Feller, An Introduction to Probability Theory II, I.9): the volume of
// {sum of a_i x_i <= d}, taken from the nearer end.
double LinearDosePrism::above_in_box(double threshold) const {
  const double a = g_[0], b = g_[1], c = g_[2], all = a + b + c;
  const double room = 0.5 * all - (threshold - mean_);  // from the top down to the threshold
  if (room <= 0.0) return threshold <= mean_ && all == 0.0 ? 1.0 : 0.0;
  if (room >= all) return 1.0;
  const bool far = room > 0.5 * all;
  const double d = far ? all - room : room;
  double part = 0.0;
  if (c > 0.0) {
    // The terms left out are zero: d is at most half of all, and a the largest.
    part = (cube(d) - cube(d - a) - cube(d - b) - cube(d - c) + cube(d - b - c)) / (6.0 * a * b * c);
  } else if (b > 0.0) {
    part = (square(d) - square(d - b)) / (2.0 * a * b);
  } else {
    part = d / a;
  }
  part = std::clamp(part, 0.0, 0.5);
  return far ? 1.0 - part : part;
}

template <std::size_t N>
std::array<double, N> LinearDosePrism::above_in_patch(const std::array<double, N>& thresholds) const {
  const double height = std::abs(g_[2]);
  // At the better end of each column, above the first threshold: the plane may rise by far less than its dose.
  const Linear top{mean_ - 0.5 * (g_[0] + g_[1]) + 0.5 * height - thresholds[0], g_[0], g_[1]};
  std::array<double, N> above{};
  const bool flat = g_[0] == 0.0 && g_[1] == 0.0, upright = height == 0.0;
  if (flat || upright) {
    for (std::size_t n = 0; n < N; ++n) {
      const double room = top.at_0 - (thresholds[n] - thresholds[0]);
      if (!flat) {
        above[n] = std::min(area_, area_of_positive_part(patch_, {room, top.x, top.y}));
      } else {
        above[n] = upright ? (room >= 0.0 ? area_ : 0.0) : area_ * std::clamp(room / height, 0.0, 1.0);
      }
    }
  } else if (*std::min_element(thresholds.begin(), thresholds.end()) <= most_) {
    // A column's part above the threshold: what its better end is above it, less what its worse end is.
    std::array<double, 2 * N> added;
    for (std::size_t n = 0; n < N; ++n) {
      added[2 * n] = thresholds[0] - thresholds[n];
      added[2 * n + 1] = added[2 * n] - height;
    }
    const auto integrals = integrals_of_positive_part(patch_, top, added);
    for (std::size_t n = 0; n < N; ++n) {
      above[n] = std::clamp((integrals[2 * n] - integrals[2 * n + 1]) / height, 0.0, area_);
    }
  }
  for (std::size_t n = 0; n < N; ++n) {
    if (thresholds[n] <= least_) above[n] = area_;
    if (thresholds[n] > most_) above[n] = 0.0;
  }
  return above;
}

template <std::size_t N>
std::array<double, N> LinearDosePrism::above(const std::array<double, N>& thresholds) const {
  if (!whole_) return above_in_patch(thresholds);
  std::array<double, N> above;
  for (std::size_t n = 0; n < N; ++n) above[n] = above_in_box(thresholds[n]);
  return above;
}
template std::array<double, 1> LinearDosePrism::above(const std::array<double, 1>&) const;
template std::array<double, 2> LinearDosePrism::above(const std::array<double, 2>&) const;
template std::array<double, 3> LinearDosePrism::above(const std::array<double, 3>&) const;

}  // namespace dosegate
