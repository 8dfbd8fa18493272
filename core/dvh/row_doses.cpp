#include "core/dvh/row_doses.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "core/dvh/part_doses.h"
#include "core/dvh/wide.h"

#if DOSEGATE_HAS_WIDE
#include <immintrin.h>
#endif

namespace dosegate {
namespace {

// Loops that compilers turn into vector instructions. Each sum is taken in four lanes, whatever these are called.
[[gnu::always_inline]] inline void find_columns(const NodeRows& nodes, std::size_t count, float* least, float* most,
                                                double* sum) {
  const float *l0 = nodes.low_near, *l1 = nodes.low_far, *u0 = nodes.high_near, *u1 = nodes.high_far;
  for (std::size_t n = 0; n < count; ++n) {
    least[n] = std::min(std::min(l0[n], l1[n]), std::min(u0[n], u1[n]));
    most[n] = std::max(std::max(l0[n], l1[n]), std::max(u0[n], u1[n]));
  }
  for (std::size_t n = 0; n < count; ++n) {
    sum[n] = (static_cast<double>(l0[n]) + static_cast<double>(l1[n])) +
             (static_cast<double>(u0[n]) + static_cast<double>(u1[n]));
  }
}

// The top where z1 is 1 are the nodes themselves.
[[gnu::always_inline]] inline void find_columns_between(const NodeRows& nodes, double z0, double z1, std::size_t count,
                                                        float* least, float* most, double* sum) {
  const float *l0 = nodes.low_near, *l1 = nodes.low_far, *u0 = nodes.high_near, *u1 = nodes.high_far;
  const bool is_top = z1 == 1.0;
  for (std::size_t n = 0; n < count; ++n) {
    const auto near = static_cast<double>(l0[n]), above_near = static_cast<double>(u0[n]);
    const auto far = static_cast<double>(l1[n]), above_far = static_cast<double>(u1[n]);
    const double bottom0 = near + z0 * (above_near - near), bottom1 = far + z0 * (above_far - far);
    const double top0 = is_top ? above_near : near + z1 * (above_near - near);
    const double top1 = is_top ? above_far : far + z1 * (above_far - far);
    least[n] = round_down(std::min(std::min(bottom0, top0), std::min(bottom1, top1)));
    most[n] = round_up(std::max(std::max(bottom0, top0), std::max(bottom1, top1)));
    sum[n] = (bottom0 + bottom1) + (top0 + top1);
  }
}

[[gnu::always_inline]] inline RowDoses join_columns(const RowScratch& columns, std::size_t cells, const RowOut& out) {
  const float *low = columns.least.data(), *high = columns.most.data();
  float *least = out.least, *most = out.most, *mean = out.mean;
  for (std::size_t n = 0; n < cells; ++n) {
    least[n] = std::min(low[n], low[n + 1]);
    most[n] = std::max(high[n], high[n + 1]);
  }
  const double* sum = columns.sum.data();
  for (std::size_t n = 0; n < cells; ++n) mean[n] = static_cast<float>(0.125 * (sum[n] + sum[n + 1]));
  std::array<float, 8> lows, highs;
  lows.fill(std::numeric_limits<float>::max());
  highs.fill(0.0F);
  std::size_t n = 0;
  for (; n + 8 <= cells; n += 8) {
    for (std::size_t lane = 0; lane < 8; ++lane) {
      lows[lane] = std::min(lows[lane], least[n + lane]);
      highs[lane] = std::max(highs[lane], most[n + lane]);
    }
  }
  for (; n < cells; ++n) {
    lows[0] = std::min(lows[0], least[n]);
    highs[0] = std::max(highs[0], most[n]);
  }
  // Each inner node counts for the cells on both its sides.
  std::array<double, 4> lanes{};
  n = 1;
  for (; n + 4 <= cells; n += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) lanes[lane] += sum[n + lane];
  }
  double inner = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
  for (; n < cells; ++n) inner += sum[n];
  return {*std::min_element(lows.begin(), lows.end()), *std::max_element(highs.begin(), highs.end()),
          2.0 * inner + sum[0] + sum[cells]};
}

[[gnu::always_inline]] inline RowDoses fill(const NodeRows& nodes, std::size_t cells, RowScratch& scratch,
                                            const RowOut& out) {
  find_columns(nodes, cells + 1, scratch.least.data(), scratch.most.data(), scratch.sum.data());
  return join_columns(scratch, cells, out);
}

[[gnu::always_inline]] inline RowDoses fill_between(const NodeRows& nodes, double z0, double z1, std::size_t cells,
                                                    RowScratch& scratch, const RowOut& out) {
  find_columns_between(nodes, z0, z1, cells + 1, scratch.least.data(), scratch.most.data(), scratch.sum.data());
  return join_columns(scratch, cells, out);
}

// Each inner node counts for the cells on both its sides. In four lanes, as above.
[[gnu::always_inline]] inline FaceSums add_up(const NodeRows& nodes, std::size_t cells) {
  const float *l0 = nodes.low_near, *l1 = nodes.low_far, *u0 = nodes.high_near, *u1 = nodes.high_far;
  std::array<double, 4> low{}, high{};
  std::size_t n = 1;
  for (; n + 4 <= cells; n += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
      low[lane] += static_cast<double>(l0[n + lane]) + static_cast<double>(l1[n + lane]);
    }
    for (std::size_t lane = 0; lane < 4; ++lane) {
      high[lane] += static_cast<double>(u0[n + lane]) + static_cast<double>(u1[n + lane]);
    }
  }
  FaceSums inner{(low[0] + low[1]) + (low[2] + low[3]), (high[0] + high[1]) + (high[2] + high[3])};
  const auto add = [&](std::size_t at, FaceSums& to) {
    to.low += static_cast<double>(l0[at]) + static_cast<double>(l1[at]);
    to.high += static_cast<double>(u0[at]) + static_cast<double>(u1[at]);
  };
  for (; n < cells; ++n) add(n, inner);
  FaceSums sum{2.0 * inner.low, 2.0 * inner.high};
  add(0, sum);
  add(cells, sum);
  return sum;
}

// Beginning with cell n.
[[gnu::always_inline]] inline void sort_from(std::uint32_t n, const float* least, const float* most,
                                             std::uint32_t count, float above_from, float from, std::uint32_t* others,
                                             SortedCells& out) {
  for (; n < count; ++n) {
    const bool above = least[n] >= above_from, below = most[n] < from;
    out.above += above;
    out.below += below;
    others[out.others] = n;
    out.others += !above && !below;
  }
}

#if DOSEGATE_HAS_WIDE
DOSEGATE_WIDE RowDoses fill_wide(const NodeRows& nodes, std::size_t cells, RowScratch& scratch, const RowOut& out) {
  return fill(nodes, cells, scratch, out);
}
DOSEGATE_WIDE RowDoses fill_between_wide(const NodeRows& nodes, double z0, double z1, std::size_t cells,
                                         RowScratch& scratch, const RowOut& out) {
  return fill_between(nodes, z0, z1, cells, scratch, out);
}
DOSEGATE_WIDE RowDoses join_wide(const RowScratch& columns, std::size_t cells, const RowOut& out) {
  return join_columns(columns, cells, out);
}
DOSEGATE_WIDE FaceSums add_up_wide(const NodeRows& nodes, std::size_t cells) { return add_up(nodes, cells); }
DOSEGATE_WIDE SortedCells sort_wide(const float* least, const float* most, std::uint32_t count, float above_from,
                                    float from, std::uint32_t* others) {
  const __m256 high = _mm256_set1_ps(above_from), low = _mm256_set1_ps(from);
  SortedCells out{};
  std::uint32_t n = 0;
  for (; n + 8 <= count; n += 8) {
    const int above = _mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(least + n), high, _CMP_GE_OQ));
    const int below = _mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(most + n), low, _CMP_LT_OQ));
    out.above += static_cast<std::uint32_t>(std::popcount(static_cast<unsigned>(above)));
    out.below += static_cast<std::uint32_t>(std::popcount(static_cast<unsigned>(below)));
    for (unsigned rest = ~static_cast<unsigned>(above | below) & 0xffU; rest != 0; rest &= rest - 1) {
      others[out.others++] = n + static_cast<std::uint32_t>(std::countr_zero(rest));
    }
  }
  sort_from(n, least, most, count, above_from, from, others, out);
  return out;
}
#else
constexpr auto fill_wide = fill;
constexpr auto fill_between_wide = fill_between;
constexpr auto join_wide = join_columns;
constexpr auto add_up_wide = add_up;
constexpr bool is_wide() { return false; }
#endif

}  // namespace

float least_float(double dose, bool that_too) {
  const auto f = static_cast<float>(dose);
  const bool is_there = that_too ? static_cast<double>(f) >= dose : static_cast<double>(f) > dose;
  return is_there ? f : std::nextafter(f, std::numeric_limits<float>::max());
}

RowDoses fill_row(const NodeRows& nodes, std::size_t cells, RowScratch& scratch, const RowOut& out) {
  scratch.make_room(cells + 1);
  return is_wide() ? fill_wide(nodes, cells, scratch, out) : fill(nodes, cells, scratch, out);
}

RowDoses fill_row_between(const NodeRows& nodes, double z0, double z1, std::size_t cells, RowScratch& scratch,
                          const RowOut& out) {
  scratch.make_room(cells + 1);
  return is_wide() ? fill_between_wide(nodes, z0, z1, cells, scratch, out)
                   : fill_between(nodes, z0, z1, cells, scratch, out);
}

RowDoses fill_row(const RowScratch& columns, std::size_t cells, const RowOut& out) {
  return is_wide() ? join_wide(columns, cells, out) : join_columns(columns, cells, out);
}

FaceSums sum_row(const NodeRows& nodes, std::size_t cells) {
  return is_wide() ? add_up_wide(nodes, cells) : add_up(nodes, cells);
}

SortedCells sort_cells(const float* least, const float* most, std::uint32_t count, float above_from, float from,
                       std::uint32_t* others) {
#if DOSEGATE_HAS_WIDE
  if (is_wide()) return sort_wide(least, most, count, above_from, from, others);
#endif
  SortedCells out{};
  sort_from(0, least, most, count, above_from, from, others, out);
  return out;
}

}  // namespace dosegate
