#include "core/elementary/functions.h"

#include <cmath>
#include <limits>

#include "core/elementary/angle_of.h"

namespace dosegate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
// ln 2 and pi / 2 in two parts, the first short enough for its product with a whole number to be exact.
constexpr double kLn2Head = 0x1.62e42feep-1, kLn2Rest = 0x1.a39ef35793c76p-33;
constexpr double kHalfPiHead = 0x1.921fb544p+0, kHalfPiRest = 0x1.0b4611a626331p-34;

// log(1 + f) + e ln 2 for 1 + f from sqrt(1/2) to sqrt(2): with s = f / (2 + f) it is the series 2 (s + s^3/3 + ...),
// whose largest part, f - f^2/2, is kept apart.
double log_near_one(double f, double e) {
  const double s = f / (2.0 + f), square = s * s, half = 0.5 * f * f;
  constexpr int kLastTerm = 25;
  double sum = 0.0;
  for (int n = kLastTerm; n >= 3; n -= 2) sum = square * (2.0 / n + sum);
  return e * kLn2Head - ((half - (s * (half + sum) + e * kLn2Rest)) - f);
}

struct Quadrant {
  double rest;  // -pi/4 to pi/4
  int number;   // 0 to 3
};

Quadrant quadrant_of(double x) {
  const double k = std::floor(x / (kHalfPiHead + kHalfPiRest) + 0.5);
  return {(x - k * kHalfPiHead) - k * kHalfPiRest, static_cast<int>(k - 4.0 * std::floor(k / 4.0))};
}

double sine_near_zero(double x) {
  const double square = x * x;
  double sum = 0.0;
  for (int n = 19; n >= 3; n -= 2) sum = square / (n * (n - 1)) * (1.0 - sum);
  return x - x * sum;
}

double cosine_near_zero(double x) {
  const double square = x * x;
  double sum = 0.0;
  for (int n = 20; n >= 4; n -= 2) sum = square / (n * (n - 1)) * (1.0 - sum);
  return 1.0 - square / 2.0 * (1.0 - sum);
}

constexpr double kMostAngle = 1e6;

}  // namespace

double exp_of(double x) {
  constexpr double kOverflow = 709.782712893384, kUnderflow = -745.2;
  if (std::isnan(x)) return x;
  if (x > kOverflow) return kInfinity;
  if (x < kUnderflow) return 0.0;
  const double k = std::floor(x / (kLn2Head + kLn2Rest) + 0.5);
  const double head = x - k * kLn2Head, rest = k * kLn2Rest, r = head - rest;
  double sum = 0.0;  // r/3 + r^2/12 + ...
  for (int n = 16; n >= 3; --n) sum = r / n * (1.0 + sum);
  const double more = (head - r) - rest;  // what r lost
  return std::ldexp(1.0 + (r + (r * r / 2.0 * (1.0 + sum) + more)), static_cast<int>(k));
}

double log_of(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x < 0.0) return kNoNumber;
  if (x == 0.0) return -kInfinity;
  constexpr double kRootOfHalf = 0.70710678118654752;
  int e = 0;
  double m = std::frexp(x, &e);
  if (m < kRootOfHalf) {
    m *= 2.0;
    --e;
  }
  return log_near_one(m - 1.0, e);
}

double log1p_of(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x < -1.0) return kNoNumber;
  if (x == -1.0) return -kInfinity;
  if (x > -0.29 && x < 0.41) return x == 0.0 ? x : log_near_one(x, 0.0);
  const double sum = 1.0 + x;
  const double lost = x < 1.0 ? x - (sum - 1.0) : 1.0 - (sum - x);
  return log_of(sum) + lost / sum;
}

double pow_of(double x, double y) {
  if (y == 0.0 || x == 1.0) return 1.0;
  if (std::isnan(x) || std::isnan(y)) return kNoNumber;
  const bool is_whole = std::floor(y) == y, is_odd = is_whole && std::floor(y / 2.0) * 2.0 != y;
  if (x < 0.0 && !is_whole && x != -kInfinity && !std::isinf(y)) return kNoNumber;
  const double size = std::abs(x);
  double out = 1.0;
  if (size != 1.0) out = size == 0.0 ? (y > 0.0 ? 0.0 : kInfinity) : exp_of(y * log_of(size));
  return std::signbit(x) && is_odd ? -out : out;
}

double asin_of(double x) {
  if (!(x >= -1.0 && x <= 1.0)) return kNoNumber;
  return std::copysign(angle_of(std::abs(x), std::sqrt((1.0 - x) * (1.0 + x))), x);
}

double acos_of(double x) {
  if (!(x >= -1.0 && x <= 1.0)) return kNoNumber;
  return angle_of(std::sqrt((1.0 - x) * (1.0 + x)), x);
}

double sin_of(double x) {
  if (!(std::abs(x) <= kMostAngle)) return kNoNumber;
  const auto [rest, number] = quadrant_of(x);
  const double size = number % 2 == 0 ? sine_near_zero(rest) : cosine_near_zero(rest);
  return number < 2 ? size : -size;
}

double cos_of(double x) {
  if (!(std::abs(x) <= kMostAngle)) return kNoNumber;
  const auto [rest, number] = quadrant_of(x);
  const double size = number % 2 == 0 ? cosine_near_zero(rest) : sine_near_zero(rest);
  return number == 0 || number == 3 ? size : -size;
}

}  // namespace dosegate
