#include "core/dvh/trilinear.h"

#include <algorithm>
#include <cmath>

namespace dosegate {
namespace {

// Rounding of the sums over corners, relative to the dose.
constexpr double kRounding = 1e-14;

}  // namespace

Corners part_of(const Corners& f, const std::array<double, 3>& lo, const std::array<double, 3>& hi) {
  Corners part{};
  for (std::size_t n = 0; n < 8; ++n) {
    part[n] = value_at(f, (n & 1) ? hi[0] : lo[0], (n & 2) ? hi[1] : lo[1], (n & 4) ? hi[2] : lo[2]);
  }
  return part;
}

Corners half_of(const Corners& f, std::size_t axis, bool upper) {
  Corners half = f;
  const std::size_t bit = std::size_t{1} << axis;
  for (std::size_t n = 0; n < 8; ++n) {
    if (((n & bit) != 0) != upper) half[n] = 0.5 * (f[n] + f[n ^ bit]);
  }
  return half;
}

Trilinear::Trilinear(const Corners& f) {
  // Sums and differences along x, then y, then z.
  const double s0 = f[0] + f[1], d0 = f[1] - f[0], s1 = f[2] + f[3], d1 = f[3] - f[2];
  const double s2 = f[4] + f[5], d2 = f[5] - f[4], s3 = f[6] + f[7], d3 = f[7] - f[6];
  const double ss0 = s0 + s1, sd0 = s1 - s0, ds0 = d0 + d1, dd0 = d1 - d0;
  const double ss1 = s2 + s3, sd1 = s3 - s2, ds1 = d2 + d3, dd1 = d3 - d2;
  mean = (ss0 + ss1) / 8.0;
  g = {(ds0 + ds1) / 4.0, (sd0 + sd1) / 4.0, (ss1 - ss0) / 4.0};
  bxy = (dd0 + dd1) / 2.0;
  bxz = (ds1 - ds0) / 2.0;
  byz = (sd1 - sd0) / 2.0;
  d = dd1 - dd0;
  // The mixed terms are linear along each axis, so their extremes are at corners.
  const double a = bxy / 4.0, b = bxz / 4.0, c = byz / 4.0, e = d / 8.0;
  const std::array<double, 8> mixed = {a + b + c - e, -a - b + c + e, -a + b - c + e, a - b - c - e,
                                       a - b - c + e, -a + b - c - e, -a - b + c - e, a + b + c + e};
  // By pairs: a loop that remembers which one it is takes longer.
  const auto by_pairs = [&](const auto& of) {
    return of(of(of(mixed[0], mixed[1]), of(mixed[2], mixed[3])), of(of(mixed[4], mixed[5]), of(mixed[6], mixed[7])));
  };
  const double rounding = kRounding * std::abs(mean);
  below = rounding - by_pairs([](double x, double y) { return std::min(x, y); });
  above = rounding + by_pairs([](double x, double y) { return std::max(x, y); });
}

}  // namespace dosegate
