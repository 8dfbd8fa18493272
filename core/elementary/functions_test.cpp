// Against the C library in long double.
#include "core/elementary/functions.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace dosegate;

namespace {

constexpr double kUnit = std::numeric_limits<double>::epsilon();

// In units in the last place.
double off(double value, long double known) {
  return static_cast<double>(std::abs((static_cast<long double>(value) - known) / known)) / kUnit;
}

}  // namespace

TEST_CASE("The engine's own elementary functions are right to two units in the last place", "[elementary]") {
  std::mt19937_64 random(17);  // NOLINT: the same numbers each time
  const auto between = [&](double a, double b) { return a + (b - a) * static_cast<double>(random() >> 11U) * 0x1p-53; };
  double worst_exp = 0, worst_log = 0, worst_log1p = 0, worst_arc = 0, worst_angle = 0, worst_pow = 0;
  for (int i = 0; i < 200000; ++i) {
    const double x = between(-700, 700);
    worst_exp = std::max(worst_exp, off(exp_of(x), std::exp(static_cast<long double>(x))));
    for (const double v : {std::ldexp(between(1, 2), static_cast<int>(between(-1000, 1000))), between(0.5, 2)}) {
      worst_log = std::max(worst_log, off(log_of(v), std::log(static_cast<long double>(v))));
    }
    for (const double v : {between(-0.999, 3), std::ldexp(between(-2, 2), static_cast<int>(between(-60, 0))) / 2.5}) {
      worst_log1p = std::max(worst_log1p, off(log1p_of(v), std::log1p(static_cast<long double>(v))));
    }
    const double c = between(-1, 1);
    worst_arc = std::max(worst_arc, off(asin_of(c), std::asin(static_cast<long double>(c))));
    worst_arc = std::max(worst_arc, off(acos_of(c), std::acos(static_cast<long double>(c))));
    for (const double a : {between(-10, 10), between(-1e6, 1e6)}) {
      const auto s = static_cast<double>(sin_of(a) - std::sin(static_cast<long double>(a)));
      const auto k = static_cast<double>(cos_of(a) - std::cos(static_cast<long double>(a)));
      worst_angle = std::max({worst_angle, std::abs(s), std::abs(k)});
    }
    const double base = between(0, 20), power = between(-50, 50);
    const double allowed = 3.0 + 1.5 * std::abs(power * std::log(base));
    worst_pow = std::max(
        worst_pow,
        off(pow_of(base, power), std::pow(static_cast<long double>(base), static_cast<long double>(power))) / allowed);
  }
  CHECK(worst_exp <= 2.0);
  CHECK(worst_log <= 2.0);
  CHECK(worst_log1p <= 2.0);
  CHECK(worst_arc <= 4.5);
  CHECK(worst_angle <= 4e-16);
  CHECK(worst_pow <= 1.0);
}

TEST_CASE("At the ends of their domains they answer as C's do", "[elementary]") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(exp_of(0.0) == 1.0);
  CHECK(exp_of(infinity) == infinity);
  CHECK(exp_of(-infinity) == 0.0);
  CHECK(exp_of(-745.0) == std::exp(-745.0));
  CHECK(log_of(1.0) == 0.0);
  CHECK(log_of(0.0) == -infinity);
  CHECK(std::isnan(log_of(-1.0)));
  CHECK(log1p_of(0.0) == 0.0);
  CHECK(log1p_of(-1.0) == -infinity);
  CHECK(std::isnan(log1p_of(-1.5)));
  CHECK(pow_of(0.0, 2.0) == 0.0);
  CHECK(pow_of(0.0, -2.0) == infinity);
  CHECK(pow_of(-2.0, 3.0) == Approx(-8.0));
  CHECK(pow_of(-2.0, 2.0) == Approx(4.0));
  CHECK(std::isnan(pow_of(-2.0, 0.5)));
  CHECK(pow_of(infinity, -1.0) == 0.0);
  CHECK(std::isnan(sin_of(1e7)));
  CHECK(std::isnan(cos_of(infinity)));
  CHECK(std::isnan(acos_of(1.5)));
  CHECK(acos_of(1.0) == 0.0);
  for (const auto f : {exp_of, log_of, log1p_of, sin_of, cos_of, asin_of}) CHECK(std::isnan(f(std::nan(""))));
}
