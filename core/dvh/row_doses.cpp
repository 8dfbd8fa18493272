#include "core/dvh/row_doses.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/dvh/wide.h"

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

[[gnu::always_inline]] inline RowDoses join_columns(const RowScratch& columns, std::size_t cells, float* least,
                                                    float* most) {
  const float *low = columns.least.data(), *high = columns.most.data();
  for (std::size_t n = 0; n < cells; ++n) {
    least[n] = std::min(low[n], low[n + 1]);
    most[n] = std::max(high[n], high[n + 1]);
  }
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
  const double* sum = columns.sum.data();
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

[[gnu::always_inline]] inline RowDoses fill(const NodeRows& nodes, std::size_t cells, RowScratch& scratch, float* least,
                                            float* most) {
  find_columns(nodes, cells + 1, scratch.least.data(), scratch.most.data(), scratch.sum.data());
  return join_columns(scratch, cells, least, most);
}

[[gnu::always_inline]] inline std::uint32_t count(const float* doses, std::uint32_t size, float from) {
  std::uint32_t found = 0;
  for (std::uint32_t n = 0; n < size; ++n) found += static_cast<std::uint32_t>(doses[n] >= from);
  return found;
}

#if DOSEGATE_HAS_WIDE
DOSEGATE_WIDE RowDoses fill_wide(const NodeRows& nodes, std::size_t cells, RowScratch& scratch, float* least,
                                 float* most) {
  return fill(nodes, cells, scratch, least, most);
}
DOSEGATE_WIDE RowDoses join_wide(const RowScratch& columns, std::size_t cells, float* least, float* most) {
  return join_columns(columns, cells, least, most);
}
DOSEGATE_WIDE std::uint32_t count_wide(const float* doses, std::uint32_t size, float from) {
  return count(doses, size, from);
}
#else
constexpr auto fill_wide = fill;
constexpr auto join_wide = join_columns;
constexpr auto count_wide = count;
constexpr bool is_wide() { return false; }
#endif

}  // namespace

float least_float(double dose, bool that_too) {
  const auto f = static_cast<float>(dose);
  const bool is_there = that_too ? static_cast<double>(f) >= dose : static_cast<double>(f) > dose;
  return is_there ? f : std::nextafter(f, std::numeric_limits<float>::max());
}

RowDoses fill_row(const NodeRows& nodes, std::size_t cells, RowScratch& scratch, float* least, float* most) {
  scratch.make_room(cells + 1);
  return is_wide() ? fill_wide(nodes, cells, scratch, least, most) : fill(nodes, cells, scratch, least, most);
}

RowDoses fill_row(const RowScratch& columns, std::size_t cells, float* least, float* most) {
  return is_wide() ? join_wide(columns, cells, least, most) : join_columns(columns, cells, least, most);
}

std::uint32_t count_at_least(const float* doses, std::uint32_t count_of_doses, float from) {
  return is_wide() ? count_wide(doses, count_of_doses, from) : count(doses, count_of_doses, from);
}

}  // namespace dosegate
