// What stands for functions of the C library gives what they give.
#include <dlfcn.h>

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <random>

namespace {

constexpr int kTries = DOSEGATE_SANITIZED ? 100'000 : 2'000'000;

// Of every size that a double has, mostly of those that doses and lengths have.
double any(std::mt19937_64& random) {
  if (random() % 4 == 0) return std::bit_cast<double>(random());
  return std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 80) - 93);
}
bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

}  // namespace

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
    const double x = any(random), y = any(random);
    CAPTURE(x, y);
    if (!same(std::exp(x), old_exp(x)) || !same(std::log(x), old_log(x)) || !same(std::pow(x, y), old_pow(x, y))) {
      FAIL("another value");
    }
  }
}
