// The length of a vector, the same with every C library.
#pragma once

#include <cmath>
#include <utility>

namespace dosegate::plugin {

// sqrt(x^2 + y^2) without overflow or underflow on the way, within 1 ulp. C. F. Borges, Algorithm 1014: An Improved
// Algorithm for hypot(x, y), ACM Trans. Math. Softw. 47 (2020), without fused multiply-add: to the bit what glibc has
// since 2.35. Infinite where one of both is, otherwise NaN where one is.
inline double hypot(double x, double y) {
  if (std::isinf(x) || std::isinf(y)) return HUGE_VAL;
  if (std::isnan(x) || std::isnan(y)) return x + y;
  constexpr double kScale = 0x1p-600, kLarge = 0x1p+511, kTiny = 0x1p-459, kNothing = 0x1p-54;
  double a = std::fabs(x), b = std::fabs(y);
  if (a < b) std::swap(a, b);
  if (b <= a * kNothing) return a + b;
  const double scale = a > kLarge ? kScale : b < kTiny ? 1 / kScale : 1.0;
  a *= scale;
  b *= scale;
  const double h = std::sqrt(a * a + b * b);
  double error;  // of h^2
  if (h <= 2.0 * b) {
    const double d = h - b;
    error = a * (2.0 * d - a) + (d - 2.0 * (a - b)) * d;
  } else {
    const double d = h - a;
    error = 2.0 * d * (a - 2.0 * b) + ((4.0 * d - b) * b + d * d);
  }
  return (h - error / (2.0 * h)) / scale;
}

}  // namespace dosegate::plugin
