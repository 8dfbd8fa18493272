// What stands for functions of the C library gives what they give.
#include <dlfcn.h>

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <random>

#include "plugin/runtime/hypot.h"

namespace {

constexpr int kTries = DOSEGATE_SANITIZED ? 100'000 : 2'000'000;

// Of every size that a double has, or nearly equal to `near`.
double any(std::mt19937_64& random, double near) {
  switch (random() % 4) {
    case 0:
      return std::bit_cast<double>(random());
    case 1:
      return near * (1.0 + std::ldexp(static_cast<double>(random() % 1000), -static_cast<int>(random() % 60)));
    default:
      return std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 80) - 93);
  }
}
bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

// x87 has 64 bits of mantissa and a wider exponent: neither overflow nor more than half an ulp of double.
bool within_one_ulp(double x, double y, double h) {
  const long double right = std::sqrt(static_cast<long double>(x) * x + static_cast<long double>(y) * y);
  if (!std::isfinite(h)) return !std::isfinite(static_cast<double>(right));
  const double ulp = std::nextafter(h, HUGE_VAL) - h;
  return std::abs(right - static_cast<long double>(h)) <= static_cast<long double>(ulp);
}

}  // namespace

TEST_CASE("the length of a vector is within 1 ulp and that of a new C library to the bit", "[rule-27]") {
  std::mt19937_64 random(1);
  long compared = 0;
  for (int i = 0; i < kTries; ++i) {
    const double x = any(random, 1.0), y = any(random, x), h = dosegate::plugin::hypot(x, y);
    CAPTURE(x, y, h, std::hypot(x, y));
    bool right = same(h, dosegate::plugin::hypot(-y, x));
    if (std::isfinite(x) && std::isfinite(y)) {
      right = right && within_one_ulp(x, y, h);
      ++compared;
    } else if (std::isinf(x) || std::isinf(y)) {
      right = right && h == HUGE_VAL;
    } else {
      right = right && std::isnan(h);
    }
#if __GLIBC_PREREQ(2, 35)
    right = right && same(h, std::hypot(x, y));
#endif
    if (!right) FAIL("another length");
  }
  CHECK(compared > kTries / 2);
}

TEST_CASE("exp log and pow give the same under their oldest version", "[rule-27]") {
#if defined(__x86_64__)
  constexpr const char* kOldest = "GLIBC_2.2.5";
#else
  constexpr const char* kOldest = "GLIBC_2.17";
#endif
  void* const library = dlopen("libm.so.6", RTLD_NOW);
  REQUIRE(library != nullptr);
  const auto of_one = [&](const char* name) {
    return reinterpret_cast<double (*)(double)>(dlvsym(library, name, kOldest));
  };
  const auto old_exp = of_one("exp"), old_log = of_one("log");
  const auto old_pow = reinterpret_cast<double (*)(double, double)>(dlvsym(library, "pow", kOldest));
  REQUIRE((old_exp != nullptr && old_log != nullptr && old_pow != nullptr));
  std::mt19937_64 random(2);
  for (int i = 0; i < kTries; ++i) {
    const double x = any(random, 1.0), y = any(random, 1.0);
    CAPTURE(x, y);
    if (!same(std::exp(x), old_exp(x)) || !same(std::log(x), old_log(x)) || !same(std::pow(x, y), old_pow(x, y))) {
      FAIL("another value");
    }
  }
}
