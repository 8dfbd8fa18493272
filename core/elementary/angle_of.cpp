#include "core/elementary/angle_of.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dosegate {
namespace {

// atan(t) for 0 <= t <= 1: of a quarter of the angle, whose tangent is at most 0.2, by the series.
double arc_tangent(double t) {
  for (int halved = 0; halved < 2; ++halved) t /= 1.0 + std::sqrt(1.0 + t * t);
  constexpr int kLastTerm = 25;  // t^25 / 25 is below 1e-18 there
  const double square = t * t;
  double sum = 0.0;
  for (int n = kLastTerm; n >= 3; n -= 2) sum = square * (1.0 / n - sum);
  return 4.0 * (t - t * sum);
}

}  // namespace

double angle_of(double across, double along) {
  const double length = std::abs(along);
  const double larger = std::max(across, length), smaller = std::min(across, length);
  double angle = larger == 0.0 ? 0.0 : arc_tangent(smaller / larger);
  if (across > length) angle = std::numbers::pi / 2.0 - angle;
  return along < 0.0 ? std::numbers::pi - angle : angle;
}

}  // namespace dosegate
