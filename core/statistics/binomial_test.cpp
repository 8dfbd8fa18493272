// The paper's figures. The truth is the binomial distribution itself, summed term by term.
#include "core/statistics/binomial.h"

#include <catch2/catch.hpp>
#include <cmath>

namespace dosegate {
namespace {

// P(X >= k) of n with p, by its definition.
long double tail(std::uint64_t n, long double p, std::uint64_t k) {
  long double sum = 0.0L;
  for (std::uint64_t i = k; i <= n; ++i) {
    long double term = 1.0L;
    for (std::uint64_t j = 0; j < i; ++j) {
      term *= p * static_cast<long double>(n - j) / static_cast<long double>(i - j);
    }
    for (std::uint64_t j = i; j < n; ++j) term *= 1.0L - p;
    sum += term;
  }
  return sum;
}

std::string path(const auto& result) { return result ? "" : result.error().path; }

}  // namespace

// 9 of 30: 16.6 to 46.5 % at 90 %.
TEST_CASE("The objective response of the trial with its exact interval", "[ST-1]") {
  const ProportionInterval i = *clopper_pearson(9, 30, 0.90);
  CHECK(100.0 * i.lower == Approx(16.6).margin(0.05));
  CHECK(100.0 * i.upper == Approx(46.5).margin(0.05));
  // By definition: at the lower end 9 or more have 5 %, at the upper end 9 or fewer.
  CHECK(static_cast<double>(tail(30, i.lower, 9)) == Approx(0.05).epsilon(1e-9));
  CHECK(static_cast<double>(1.0L - tail(30, i.upper, 10)) == Approx(0.05).epsilon(1e-9));
}

// 4 responses decide. With 27 patients the power is 80.06 %, with 28 it is 82.4 % at a size of 4.9 %, with 29 the size
// would be over 5 %. The paper's 28 is the most of these; with 5 % more for drop-out it states 30.
TEST_CASE("The sample size of the trial: 28, and 30 with drop-out", "[ST-2]") {
  const SampleSize s = *exact_sample_size(0.05, 0.195, 0.05, 0.80);
  CHECK(s.reject_from == 4);
  CHECK(s.least == 27);
  CHECK(s.most == 28);
  CHECK(*with_drop_out(s.most, 0.05) == 30);
  CHECK(s.size == Approx(static_cast<double>(tail(28, 0.05L, 4))).epsilon(1e-9));
  CHECK(s.power == Approx(static_cast<double>(tail(28, 0.195L, 4))).epsilon(1e-9));
  CHECK(tail(29, 0.05L, 4) > 0.05L);
  // No smaller n has a test of that size and power.
  for (std::uint64_t n = 1; n < 27; ++n) {
    std::uint64_t k = 0;
    while (tail(n, 0.05L, k) > 0.05L) ++k;
    INFO(n);
    CHECK(tail(n, 0.195L, k) < 0.80L);
  }
}

// 11/30 = 36.67 %, printed as 36.6 in the paper (cut, not rounded); 10/15 = 66.7 %.
TEST_CASE("The other proportions of the trial", "[ST-3]") {
  const auto percent = [](double k, double n) { return 100.0 * k / n; };
  CHECK(std::floor(10.0 * percent(11, 30)) / 10.0 == Approx(36.6));
  CHECK(percent(15, 30) == 50.0);
  CHECK(percent(4, 15) == Approx(26.7).margin(0.05));
  CHECK(percent(6, 15) == 40.0);
  CHECK(percent(10, 15) == Approx(66.7).margin(0.05));
  for (const auto& [k, n] : {std::pair{11U, 30U}, {15U, 30U}, {4U, 15U}, {6U, 15U}, {10U, 15U}}) {
    const ProportionInterval i = *clopper_pearson(k, n, 0.95);
    CHECK(static_cast<double>(tail(n, i.lower, k)) == Approx(0.025).epsilon(1e-9));
    CHECK(static_cast<double>(1.0L - tail(n, i.upper, k + 1)) == Approx(0.025).epsilon(1e-9));
  }
}

// The rule of three, exactly: 1 - 0.025^(1/n).
TEST_CASE("None and all of n have one-sided ends in closed form", "[statistics]") {
  for (const std::uint64_t n : {1U, 2U, 15U, 1000U}) {
    const double end = 1.0 - std::pow(0.025, 1.0 / static_cast<double>(n));
    CHECK(clopper_pearson(0, n, 0.95)->lower == 0.0);
    CHECK(clopper_pearson(0, n, 0.95)->upper == Approx(end));
    CHECK(clopper_pearson(n, n, 0.95)->lower == Approx(1.0 - end));
    CHECK(clopper_pearson(n, n, 0.95)->upper == 1.0);
  }
}

TEST_CASE("Arguments that make no sense are refused by name", "[statistics]") {
  CHECK(path(clopper_pearson(0, 0, 0.95)) == "n");
  CHECK(path(clopper_pearson(2, 1, 0.95)) == "successes");
  CHECK(path(clopper_pearson(1, 2, 1.0)) == "level");
  CHECK(path(clopper_pearson(1, 2, std::nan(""))) == "level");
  CHECK(path(clopper_pearson(1, 2'000'000'000, 0.95)) == "n");
  CHECK(path(exact_sample_size(0.3, 0.2, 0.05, 0.8)) == "p1");
  CHECK(path(exact_sample_size(0.2, 0.3, 0.0, 0.8)) == "alpha");
  CHECK(path(exact_sample_size(0.2, 0.3, 0.05, 1.0)) == "power");
  CHECK(path(exact_sample_size(0.5, 0.5000001, 0.05, 0.8)) == "p1");
  CHECK(path(with_drop_out(10, 1.0)) == "drop_out");
}

}  // namespace dosegate
