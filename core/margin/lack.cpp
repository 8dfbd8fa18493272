#include "core/margin/lack.h"

#include <algorithm>

#include "core/margin/shortfall.h"

namespace dosegate {
namespace {

constexpr double kNear = 2.0;  // mm; margin_fit refines within 1

}  // namespace

void RowsExtent::add(RowView row, double v) {
  if (row.empty()) return;
  u_low = std::min(u_low, row.front().lo);
  u_high = std::max(u_high, row.back().hi);
  v_low = std::min(v_low, v);
  v_high = std::max(v_high, v);
}

bool RowsExtent::meets(const Ring& ring) const {
  if (!(u_low <= u_high)) return false;
  RowsExtent o;
  for (const auto& p : ring) {
    o.u_low = std::min(o.u_low, p.x());
    o.u_high = std::max(o.u_high, p.x());
    o.v_low = std::min(o.v_low, p.y());
    o.v_high = std::max(o.v_high, p.y());
  }
  return o.u_low <= u_high + kNear && o.u_high >= u_low - kNear && o.v_low <= v_high + kNear &&
         o.v_high >= v_low - kNear;
}

void Lack::reserve(std::size_t rows) {
  v.reserve(rows);
  weight.reserve(rows);
  missing.reserve(rows);
  drawn.reserve(rows);
}

void Lack::add(double at, RowView missing_there, RowView drawn_there) {
  v.push_back(at);
  missing.add(missing_there);
  drawn.add(missing_there.empty() ? RowView{} : drawn_there);
  extent.add(missing_there, at);
  for (const Stretch& piece : missing_there) {
    if (piece.hi - piece.lo > kNothing) most = std::max(most, most_along_row(piece, drawn_there));
  }
}

bool Lack::meets(const SlabStack& stack) const {
  if (missing.empty()) return false;
  const auto near = [&](const Section& section) {
    return std::any_of(section->begin(), section->end(), [&](const Ring& ring) { return extent.meets(ring); });
  };
  const auto slab =
      std::find_if(stack.slabs.begin(), stack.slabs.end(), [&](const Slab& s) { return s.lo <= z && z < s.hi; });
  return slab != stack.slabs.end() && (near(slab->include) || std::any_of(slab->also.begin(), slab->also.end(), near));
}

std::vector<Row> Lack::unexplained(const Stacks& cropped_by, const Stacks& within) const {
  std::vector<Row> out;
  for (std::size_t k = 0; k < v.size(); ++k) out.emplace_back(missing[k].begin(), missing[k].end());
  if (missing.empty()) return out;
  Row old;
  for (const auto& stack : cropped_by) {
    if (!meets(*stack)) continue;
    const std::vector<Row> other = rows_at(*stack, z, v);
    for (std::size_t k = 0; k < v.size(); ++k) {
      old.swap(out[k]);
      subtract(old, other[k], out[k]);
    }
  }
  for (const auto& stack : within) {
    const std::vector<Row> other = rows_at(*stack, z, v);
    for (std::size_t k = 0; k < v.size(); ++k) {
      old.swap(out[k]);
      intersect(old, other[k], out[k]);
    }
  }
  return out;
}

}  // namespace dosegate
