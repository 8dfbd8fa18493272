#include "core/statistics/binomial.h"

#include <boost/config.hpp>

// On every platform by the same functions, those of the C library's names; what stands behind them: core/elementary.
#if !defined(BOOST_HAS_LOG1P)
#define BOOST_HAS_LOG1P
#endif
#if !defined(BOOST_HAS_EXPM1)
#define BOOST_HAS_EXPM1
#endif
// Nor Boost's own sum for SSE2, which adds in another order than that for every processor: this is its include guard.
#if !defined(BOOST_MATH_SPECIAL_FUNCTIONS_LANCZOS_SSE2)
#define BOOST_MATH_SPECIAL_FUNCTIONS_LANCZOS_SSE2
#endif

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

namespace dosegate {
namespace {

// No exceptions, no errno: arguments are checked before, and a result that is not finite is caught by the caller.
using Policy =
    boost::math::policies::policy<boost::math::policies::domain_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::pole_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::rounding_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::promote_double<false>>;
using Beta = boost::math::beta_distribution<double, Policy>;
using Binomial = boost::math::binomial_distribution<double, Policy>;

constexpr std::uint64_t kMostN = 1'000'000'000, kMostSample = 100'000;

Error bad(const char* path, std::string message) {
  return Error{ErrorCode::kInvalidArgument, path, std::move(message)};
}

bool inside(double p) { return p > 0.0 && p < 1.0; }

// P(X >= k).
double upper_tail(std::uint64_t n, double p, std::uint64_t k) {
  if (k == 0) return 1.0;
  return boost::math::cdf(boost::math::complement(Binomial(static_cast<double>(n), p), static_cast<double>(k - 1)));
}

}  // namespace

Result<ProportionInterval> clopper_pearson(std::uint64_t successes, std::uint64_t n, double level) {
  if (n == 0 || n > kMostN) return bad("n", "is " + std::to_string(n) + "; 1 to 1000000000 is possible.");
  if (successes > n) {
    return bad("successes",
               "are " + std::to_string(successes) + " of " + std::to_string(n) + "; at most all are possible.");
  }
  if (!inside(level)) return bad("level", "must lie between 0 and 1, as 0.95.");
  const double tail = (1.0 - level) / 2.0;
  const auto k = static_cast<double>(successes), all = static_cast<double>(n);
  ProportionInterval out{0.0, 1.0};
  if (successes > 0) out.lower = boost::math::quantile(Beta(k, all - k + 1.0), tail);
  if (successes < n) out.upper = boost::math::quantile(boost::math::complement(Beta(k + 1.0, all - k), tail));
  if (!(out.lower >= 0.0 && out.lower <= out.upper && out.upper <= 1.0)) {
    return bad("level", "is too extreme for the interval to be computed.");
  }
  return out;
}

Result<SampleSize> exact_sample_size(double p0, double p1, double alpha, double power) {
  if (!inside(p0) || !inside(p1) || p0 >= p1) return bad("p1", "0 < p0 < p1 < 1 is needed.");
  if (!inside(alpha)) return bad("alpha", "must lie between 0 and 1, as 0.05.");
  if (!inside(power)) return bad("power", "must lie between 0 and 1, as 0.8.");
  std::uint64_t k = 0;  // grows with n, by one at most
  for (std::uint64_t n = 1; n <= kMostSample; ++n) {
    while (k <= n && upper_tail(n, p0, k) > alpha) ++k;
    if (k > n) continue;
    const double found = upper_tail(n, p1, k);
    if (found < power) continue;
    SampleSize out{k, n, n, 0.0, 0.0};
    while (out.most < kMostSample && upper_tail(out.most + 1, p0, k) <= alpha) ++out.most;
    out.size = upper_tail(out.most, p0, k);
    out.power = upper_tail(out.most, p1, k);
    return out;
  }
  return bad("p1", "lies so near to p0 that more than 100000 would be needed.");
}

Result<std::uint64_t> with_drop_out(std::uint64_t n, double drop_out) {
  if (!(drop_out >= 0.0 && drop_out < 1.0)) return bad("drop_out", "must lie from 0 to 1, as 0.05.");
  if (n > kMostN) return bad("n", "is too large.");
  // 28 x 1.05 is 29.4; what is whole but for rounding in binary stays.
  return static_cast<std::uint64_t>(std::ceil(static_cast<double>(n) * (1.0 + drop_out) - 1e-9));
}

}  // namespace dosegate
