#include "core/dvh/cell_cross_section.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/dvh/wide.h"

#if DOSEGATE_HAS_WIDE
#include <immintrin.h>
#endif

namespace dosegate {
namespace {

// Mean of max(0, f) where f runs linearly from p to q. No cancellation.
double mean_positive(double p, double q) {
  if (p >= 0.0 && q >= 0.0) return 0.5 * (p + q);
  if (p <= 0.0 && q <= 0.0) return 0.0;
  const double top = std::max(p, q);
  return 0.5 * top * top / std::abs(p - q);
}

// Green's theorem: the integral of dF/dx over a piece is F along its right side minus F along its left, dy; that of
// dF/dy is minus F around its boundary, dx, counter-clockwise. `mean` gives the mean of F, but for the factor 1 /
// slope, from f at a side's two ends.
double around_positive(Patch patch, const Linear& f) {
  const auto& mean = mean_positive;
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

// Two numbers side by side, of which processors make one instruction.
using Pair = double __attribute__((vector_size(16)));

// Thrice the mean of max(0, f)^2, for f + `added`, where f runs linearly from p to q. No cancellation, no branch: of
// two values of one sign the last factor is 1 or nothing is left; of two signs it is the share that is above 0.
[[gnu::always_inline]] inline Pair mean_square_positive(double p, double q, Pair added) {
  const Pair zero{}, one = zero + 1.0, from = p + added, to = q + added;
  const Pair a = from > zero ? from : zero, b = to > zero ? to : zero;
  const Pair share = (a + b) * (1.0 / std::max(std::abs(p - q), 1e-300));
  return (a * a + a * b + b * b) * (share < one ? share : one);
}

// The same of the squares: Green's theorem for the integral of max(0, f) needs their means, but for 1 / (6 slope).
[[gnu::always_inline]] inline Pair around_square(const Piece& p, const Linear& f, Pair added) {
  const double a = f.at(p.left0, p.y0), b = f.at(p.right0, p.y0), c = f.at(p.right1, p.y1), d = f.at(p.left1, p.y1);
  if (std::abs(f.x) >= std::abs(f.y)) {
    return (p.y1 - p.y0) * (mean_square_positive(b, c, added) - mean_square_positive(a, d, added));
  }
  return (p.right0 - p.left0) * -mean_square_positive(a, b, added) -
         (p.right1 - p.right0) * mean_square_positive(b, c, added) -
         (p.left1 - p.right1) * mean_square_positive(c, d, added) -
         (p.left0 - p.left1) * mean_square_positive(d, a, added);
}

// The sums over pieces of N / 2 pairs.
template <std::size_t N>
std::array<double, N> sums_of_squares(Patch patch, const Linear& f, const std::array<double, N>& added) {
  std::array<Pair, N / 2> more, sum{};
  for (std::size_t n = 0; n < N / 2; ++n) more[n] = Pair{added[2 * n], added[2 * n + 1]};
  for (const auto& p : patch) {
    for (std::size_t n = 0; n < N / 2; ++n) sum[n] += around_square(p, f, more[n]);
  }
  std::array<double, N> out;
  for (std::size_t n = 0; n < N; ++n) out[n] = sum[n / 2][n % 2];
  return out;
}

#if DOSEGATE_HAS_WIDE
// The same, four numbers side by side: the same operations on each, and so the same numbers.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256d mean_square_positive4(double p, double q, __m256d added) {
  const __m256d zero = _mm256_setzero_pd(), one = _mm256_set1_pd(1.0);
  const __m256d a = _mm256_max_pd(_mm256_add_pd(_mm256_set1_pd(p), added), zero);
  const __m256d b = _mm256_max_pd(_mm256_add_pd(_mm256_set1_pd(q), added), zero);
  const __m256d per = _mm256_set1_pd(1.0 / std::max(std::abs(p - q), 1e-300));
  const __m256d share = _mm256_min_pd(_mm256_mul_pd(_mm256_add_pd(a, b), per), one);
  const __m256d squares = _mm256_add_pd(_mm256_add_pd(_mm256_mul_pd(a, a), _mm256_mul_pd(a, b)), _mm256_mul_pd(b, b));
  return _mm256_mul_pd(squares, share);
}

[[gnu::target("avx2"), gnu::always_inline]] inline __m256d times4(double by, __m256d x) {
  return _mm256_mul_pd(_mm256_set1_pd(by), x);
}

[[gnu::target("avx2"), gnu::always_inline]] inline __m256d around_square4(const Piece& p, const Linear& f,
                                                                          __m256d added) {
  const double a = f.at(p.left0, p.y0), b = f.at(p.right0, p.y0), c = f.at(p.right1, p.y1), d = f.at(p.left1, p.y1);
  if (std::abs(f.x) >= std::abs(f.y)) {
    return _mm256_mul_pd(_mm256_set1_pd(p.y1 - p.y0),
                         _mm256_sub_pd(mean_square_positive4(b, c, added), mean_square_positive4(a, d, added)));
  }
  const __m256d minus =
      _mm256_sub_pd(_mm256_setzero_pd(), times4(p.right0 - p.left0, mean_square_positive4(a, b, added)));
  const __m256d right = times4(p.right1 - p.right0, mean_square_positive4(b, c, added));
  const __m256d upper = times4(p.left1 - p.right1, mean_square_positive4(c, d, added));
  const __m256d left = times4(p.left0 - p.left1, mean_square_positive4(d, a, added));
  return _mm256_sub_pd(_mm256_sub_pd(_mm256_sub_pd(minus, right), upper), left);
}

struct Four {
  __m256d of;
};
template <std::size_t N>
DOSEGATE_WIDE std::array<double, N> sums_of_squares_wide(Patch patch, const Linear& f,
                                                         const std::array<double, N>& added) {
  constexpr std::size_t kFours = N / 4, kRest = N % 4;  // the rest is a pair
  std::array<Four, kFours> more, sum;
  for (std::size_t n = 0; n < kFours; ++n) {
    more[n].of = _mm256_loadu_pd(added.data() + 4 * n);
    sum[n].of = _mm256_setzero_pd();
  }
  Pair more2{}, sum2{};
  if constexpr (kRest > 0) more2 = Pair{added[4 * kFours], added[4 * kFours + 1]};
  for (const auto& p : patch) {
    for (std::size_t n = 0; n < kFours; ++n) {
      sum[n].of = _mm256_add_pd(sum[n].of, around_square4(p, f, more[n].of));
    }
    if constexpr (kRest > 0) sum2 += around_square(p, f, more2);
  }
  std::array<double, N> out;
  for (std::size_t n = 0; n < kFours; ++n) _mm256_storeu_pd(out.data() + 4 * n, sum[n].of);
  if constexpr (kRest > 0) out[4 * kFours] = sum2[0], out[4 * kFours + 1] = sum2[1];
  return out;
}
#endif

}  // namespace

Piece between_rows(const Piece& p, double lo, double hi) {
  const double y0 = std::max(p.y0, lo), y1 = std::min(p.y1, hi), height = p.y1 - p.y0;
  const auto at = [&](double a, double b, double y) {
    return y == p.y0 ? a : y == p.y1 ? b : a + (b - a) * ((y - p.y0) / height);
  };
  const double size = hi - lo;
  return {(y0 - lo) / size,         (y1 - lo) / size,           at(p.left0, p.left1, y0),
          at(p.left0, p.left1, y1), at(p.right0, p.right1, y0), at(p.right0, p.right1, y1)};
}

void add_between_columns(const Piece& p, double lo, double hi, std::vector<Piece>& out) {
  const double height = p.y1 - p.y0, size = hi - lo;
  if (height <= 0.0) return;
  // A side that crosses a column bends there.
  std::array<double, 6> y{p.y0, p.y1, p.y1, p.y1, p.y1, p.y1};
  std::size_t n = 2;
  const auto cross = [&](double a, double b, double column) {
    if ((a < column) == (b < column)) return;
    const double at = p.y0 + height * ((column - a) / (b - a));
    if (at > p.y0 && at < p.y1) y[n++] = at;
  };
  cross(p.left0, p.left1, lo);
  cross(p.left0, p.left1, hi);
  cross(p.right0, p.right1, lo);
  cross(p.right0, p.right1, hi);
  std::sort(y.begin(), y.end());
  const auto at = [&](double a, double b, double v) {
    return std::clamp((a + (b - a) * ((v - p.y0) / height) - lo) / size, 0.0, 1.0);
  };
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const Piece part{y[i],
                     y[i + 1],
                     at(p.left0, p.left1, y[i]),
                     at(p.left0, p.left1, y[i + 1]),
                     at(p.right0, p.right1, y[i]),
                     at(p.right0, p.right1, y[i + 1])};
    if (part.area() > 0.0) out.push_back(part);
  }
}

template <std::size_t N>
std::array<double, N> integrals_of_positive_part(Patch patch, const Linear& f, const std::array<double, N>& added) {
#if DOSEGATE_HAS_WIDE
  const auto sums = N > 2 && is_wide() ? sums_of_squares_wide<N>(patch, f, added) : sums_of_squares<N>(patch, f, added);
#else
  const auto sums = sums_of_squares<N>(patch, f, added);
#endif
  const double per = 1.0 / (6.0 * (std::abs(f.x) >= std::abs(f.y) ? f.x : f.y));
  std::array<double, N> out;
  for (std::size_t n = 0; n < N; ++n) out[n] = std::max(0.0, sums[n] * per);
  return out;
}
template std::array<double, 2> integrals_of_positive_part(Patch, const Linear&, const std::array<double, 2>&);
template std::array<double, 4> integrals_of_positive_part(Patch, const Linear&, const std::array<double, 4>&);
template std::array<double, 6> integrals_of_positive_part(Patch, const Linear&, const std::array<double, 6>&);

double area_of_positive_part(Patch patch, const Linear& f) { return std::max(0.0, around_positive(patch, f)); }

double area_of(Patch patch) {
  double area = 0.0;
  for (const auto& p : patch) area += p.area();
  return area;
}

}  // namespace dosegate
