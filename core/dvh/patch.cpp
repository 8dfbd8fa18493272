#include "core/dvh/patch.h"

#include <algorithm>
#include <cmath>

namespace dosegate {
namespace {

// Mean of max(0, f) and of its square where f runs linearly from p to q. No cancellation.
double mean_positive(double p, double q) {
  if (p >= 0.0 && q >= 0.0) return 0.5 * (p + q);
  if (p <= 0.0 && q <= 0.0) return 0.0;
  const double top = std::max(p, q);
  return 0.5 * top * top / std::abs(p - q);
}
double mean_square_positive(double p, double q) {
  if (p >= 0.0 && q >= 0.0) return (p * p + p * q + q * q) / 3.0;
  if (p <= 0.0 && q <= 0.0) return 0.0;
  const double top = std::max(p, q);
  return top * top * top / (3.0 * std::abs(p - q));
}

// Green's theorem: the integral of dF/dx over a piece is F along its right side minus F along its left, dy; that of
// dF/dy is minus F around its boundary, dx, counter-clockwise. `mean` gives the mean of F, but for the factor 1 /
// slope, from f at a side's two ends.
template <typename Mean>
double around(Patch patch, const Linear& f, const Mean& mean) {
  double sum = 0.0;
  if (std::abs(f.x) >= std::abs(f.y)) {
    for (const auto& p : patch) {
      sum += (p.y1 - p.y0) *
             (mean(f.at(p.right0, p.y0), f.at(p.right1, p.y1)) - mean(f.at(p.left0, p.y0), f.at(p.left1, p.y1)));
    }
    return f.x == 0.0 ? 0.0 : sum / f.x;
  }
  for (const auto& p : patch) {
    const double a = f.at(p.left0, p.y0), b = f.at(p.right0, p.y0), c = f.at(p.right1, p.y1), d = f.at(p.left1, p.y1);
    sum -= (p.right0 - p.left0) * mean(a, b) + (p.right1 - p.right0) * mean(b, c) + (p.left1 - p.right1) * mean(c, d) +
           (p.left0 - p.left1) * mean(d, a);
  }
  return sum / f.y;
}

}  // namespace

double integral_of_positive_part(Patch patch, const Linear& f) {
  return std::max(0.0, 0.5 * around(patch, f, mean_square_positive));
}

double area_of_positive_part(Patch patch, const Linear& f) { return std::max(0.0, around(patch, f, mean_positive)); }

double area_of(Patch patch) {
  double area = 0.0;
  for (const auto& p : patch) area += p.area();
  return area;
}

}  // namespace dosegate
