#include "core/dvh/row_cutter.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dosegate {
namespace {

// Heights of one row add up to it within rounding.
constexpr double kFullHeight = 1.0 - 1e-9;

// Of a cell's cross-section: what rounding leaves of a side that ends on a cell's edge. It would be a corner that the
// structure does not have.
constexpr double kNoArea = 1e-13;

// The integrals of 1, x, y and x y over pieces of a cell's cross-section.
struct Moments {
  double area = 0.0, x = 0.0, y = 0.0, xy = 0.0;
};

// Adds a piece's, which is two triangles; x y by the edge-midpoint rule, which is exact for quadratics (Strang and Fix
// 1973, degree 2).
void add_moments(const Piece& p, Moments& to) {
  struct Point {
    double x, y;
  };
  const auto triangle = [&](const Point& a, const Point& b, const Point& c) {
    const double area = 0.5 * std::abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
    to.area += area;
    to.x += area * (a.x + b.x + c.x) / 3.0;
    to.y += area * (a.y + b.y + c.y) / 3.0;
    to.xy += area * ((a.x + b.x) * (a.y + b.y) + (b.x + c.x) * (b.y + c.y) + (c.x + a.x) * (c.y + a.y)) / 12.0;
  };
  const Point a{p.left0, p.y0}, b{p.right0, p.y0}, c{p.right1, p.y1}, d{p.left1, p.y1};
  triangle(a, b, c);
  triangle(a, c, d);
}

}  // namespace

RowCutter::RowCutter(const DoseLattice& lattice, SlabCells& out, std::int64_t& budget, std::atomic<std::size_t>& pieces,
                     Workers* workers)
    : lattice_(lattice),
      u_(lattice.nodes(0)),
      v_(lattice.nodes(1)),
      out_(out),
      budget_(budget),
      all_pieces_(pieces),
      columns_a_mm_(static_cast<double>(u_.size() - 1) / (u_.back() - u_.front())),
      head_(u_.size() + 1, kNoSliver),
      tail_(u_.size() + 1, kNoSliver),
      begins_(u_.size() + 1, 0.0),
      changes_(u_.size() + 1, 0),
      cancel_point_(workers) {}

// The column that holds u; those beyond the lattice belong to the outermost.
std::size_t RowCutter::column_at(double u) const {
  // Nodes are almost evenly spaced: guess, then step.
  const double guess = std::clamp((u - u_.front()) * columns_a_mm_, 0.0, static_cast<double>(u_.size() - 2));
  auto i = static_cast<std::size_t>(guess);
  while (i > 0 && u < u_[i]) --i;
  while (i + 2 < u_.size() && u >= u_[i + 1]) ++i;
  return i;
}

std::size_t RowCutter::first_right_of(double u, std::size_t column) const {
  if (u <= u_[column]) return column;
  if (u <= u_[column + 1]) return column + 1;
  column = column_at(u);
  return u_[column] < u ? column + 1 : column;
}

std::size_t RowCutter::end_left_of(double u, std::size_t column) const {
  if (u < u_[column]) column = column_at(u);
  return u_[column + 1] <= u ? column + 1 : column;
}

void RowCutter::add(const Trapezoid& t) {
  cancel_point_.step();
  out_.area += t.area();
  if (budget_ < 0) return;
  const double middle = 0.5 * (t.v0 + t.v1);
  if (middle < v_.front() || middle > v_.back()) return;
  if (row_ == kNone || middle > v_[row_ + 1]) {
    finish_row();
    row_ = static_cast<std::size_t>(std::upper_bound(v_.begin(), v_.end(), middle) - v_.begin() - 1);
    row_ = std::min(row_, v_.size() - 2);
  }
  const double left = std::min(t.left0, t.left1), right = std::max(t.right0, t.right1);
  if (right <= u_.front() || left >= u_.back()) return;
  const std::size_t begin = column_at(left), last = column_at(right), end = last + 1;
  first_ = std::min(first_, begin);
  last_ = std::max(last_, end);
  // Columns between the two sides.
  std::size_t inner_begin = first_right_of(std::max(t.left0, t.left1), begin);
  std::size_t inner_end = end_left_of(std::min(t.right0, t.right1), last);
  if (inner_end <= inner_begin) inner_begin = inner_end = end;
  const double bottom = v_[row_], height = v_[row_ + 1] - bottom;
  const double y0 = std::clamp((t.v0 - bottom) / height, 0.0, 1.0), y1 = std::clamp((t.v1 - bottom) / height, 0.0, 1.0);
  for (std::size_t i = begin; i < std::min(inner_begin, end) && budget_ >= 0; ++i) sliver(t, y0, y1, i);
  for (std::size_t i = inner_end; i < end && budget_ >= 0; ++i) sliver(t, y0, y1, i);
  if (inner_begin >= inner_end) return;
  begins_[inner_begin] += t.v1 - t.v0;
  begins_[inner_end] -= t.v1 - t.v0;
  changes_[inner_begin] = changes_[inner_end] = 1;
  if (!stretches_.empty()) {
    Stretch& before = stretches_.back();
    if (before.begin == inner_begin && before.end == inner_end && before.v1 == t.v0) {
      before.v1 = t.v1;
      return;
    }
  }
  stretches_.push_back({inner_begin, inner_end, t.v0, t.v1});
}

// The trapezoid between the column's two sides, in the cell's own coordinates, cut where a side enters or leaves.
// y0, y1: where it begins and ends.
void RowCutter::sliver(const Trapezoid& t, double y0, double y1, std::size_t column) {
  cancel_point_.step();
  const double lo = u_[column], hi = u_[column + 1], width = hi - lo;
  const auto within = [&](double u) { return std::clamp(u - lo, 0.0, width) / width; };
  const auto crosses = [](double a, double b, double u) { return (a < u) != (b < u); };
  // Mostly one side alone passes through the column.
  if (t.right0 >= hi && t.right1 >= hi && !crosses(t.left0, t.left1, lo) && !crosses(t.left0, t.left1, hi)) {
    const Piece p{y0, y1, within(t.left0), within(t.left1), 1.0, 1.0};
    if (p.area() > kNoArea) add_sliver(column, p, t.left_edge, t.right_edge, true);
    return;
  }
  if (t.left0 < lo && t.left1 < lo && !crosses(t.right0, t.right1, lo) && !crosses(t.right0, t.right1, hi)) {
    const Piece p{y0, y1, 0.0, 0.0, within(t.right0), within(t.right1)};
    if (p.area() > kNoArea) add_sliver(column, p, t.left_edge, t.right_edge, true);
    return;
  }
  if (!crosses(t.left0, t.left1, lo) && !crosses(t.left0, t.left1, hi) && !crosses(t.right0, t.right1, lo) &&
      !crosses(t.right0, t.right1, hi)) {
    const Piece p{y0, y1, within(t.left0), within(t.left1), within(t.right0), within(t.right1)};
    if (p.area() > kNoArea) add_sliver(column, p, t.left_edge, t.right_edge, true);
    return;
  }
  const double bottom = v_[row_], height = v_[row_ + 1] - bottom, rise = t.v1 - t.v0;
  std::array<double, 6> at{0.0, 1.0, 1.0, 1.0, 1.0, 1.0};  // parts of the trapezoid's height
  std::size_t n = 2;
  const auto cross = [&](double a, double b, double u) {
    if (!crosses(a, b, u)) return;
    const double k = (u - a) / (b - a);
    if (k > 0.0 && k < 1.0) at[n++] = k;
  };
  cross(t.left0, t.left1, lo);
  cross(t.left0, t.left1, hi);
  cross(t.right0, t.right1, lo);
  cross(t.right0, t.right1, hi);
  if (n > 2) std::sort(at.begin(), at.end());
  const auto x = [&](double a, double b, double k) { return within(k == 1.0 ? b : a + k * (b - a)); };
  const auto y = [&](double k) {
    return k == 0.0 ? y0 : k == 1.0 ? y1 : std::clamp((t.v0 + k * rise - bottom) / height, 0.0, 1.0);
  };
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const Piece p{y(at[i]),
                  y(at[i + 1]),
                  x(t.left0, t.left1, at[i]),
                  x(t.left0, t.left1, at[i + 1]),
                  x(t.right0, t.right1, at[i]),
                  x(t.right0, t.right1, at[i + 1])};
    // Where a side enters or leaves, it may be off the column's side by rounding; what begins there begins anew.
    if (p.area() > kNoArea) add_sliver(column, p, t.left_edge, t.right_edge, i == 0);
  }
}

void RowCutter::add_sliver(std::size_t column, const Piece& p, std::uint32_t left, std::uint32_t right, bool goes_on) {
  if (p.left0 == 0.0 && p.left1 == 0.0) left = kColumnsSide;
  if (p.right0 == 1.0 && p.right1 == 1.0) right = kColumnsSide;
  if (goes_on && head_[column] != kNoSliver) {
    Sliver& before = slivers_[tail_[column]];
    if (before.left == left && before.right == right && before.piece.y1 == p.y0 && before.piece.left1 == p.left0 &&
        before.piece.right1 == p.right0) {
      before.piece.y1 = p.y1;
      before.piece.left1 = p.left1;
      before.piece.right1 = p.right1;
      return;
    }
  }
  // Of one row alone there may be more than all of them may be.
  if (slivers_.size() >= kMaxPieces) {
    budget_ = -1;
    return;
  }
  const auto at = static_cast<std::uint32_t>(slivers_.size());
  slivers_.push_back({p, left, right, kNoSliver});
  if (head_[column] == kNoSliver) {
    head_[column] = at;
  } else {
    slivers_[tail_[column]].next = at;
  }
  tail_[column] = at;
}

void RowCutter::finish_row() {
  if (row_ == kNone) return;
  const std::size_t before = out_.pieces.size();
  is_stacked_ = false;
  const double height = v_[row_ + 1] - v_[row_];
  double covered = 0.0;
  std::size_t run_begin = kNone;
  for (std::size_t i = first_; i < last_; ++i) {
    covered += begins_[i];
    begins_[i] = 0.0;
    is_stacked_ = is_stacked_ && !changes_[i];
    changes_[i] = 0;
    const bool has_sliver = head_[i] != kNoSliver;
    const bool full = !has_sliver && covered >= kFullHeight * height;
    if (full && run_begin == kNone) run_begin = i;
    if (!full && run_begin != kNone) {
      add_run(run_begin, i);
      run_begin = kNone;
    }
    if (has_sliver || (!full && covered > (1.0 - kFullHeight) * height)) add_part(i);
  }
  if (run_begin != kNone) add_run(run_begin, last_);
  if (first_ != kNone) {
    begins_[last_] = 0.0;
    changes_[last_] = 0;
  }
  const std::size_t added = out_.pieces.size() - before;
  if (all_pieces_.fetch_add(added, std::memory_order_relaxed) + added > kMaxPieces) budget_ = -1;
  stretches_.clear();
  slivers_.clear();
  row_ = first_ = kNone;
  last_ = 0;
}

void RowCutter::add_run(std::size_t begin, std::size_t end) {
  const auto j = static_cast<std::uint32_t>(row_);
  const auto emit = [&](std::size_t a, std::size_t b) {
    if (a < b) out_.runs.push_back({j, static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b - a)});
  };
  const std::size_t last = lattice_.cells(0) - 1;
  out_.inside_area += (u_[end] - u_[begin]) * (v_[row_ + 1] - v_[row_]);
  // Rim columns are narrower: a run of its own for each.
  if (begin == 0) {
    emit(0, 1);
    begin = 1;
  }
  emit(begin, std::min(end, last));
  if (end == last + 1 && last >= begin) emit(last, end);
}

void RowCutter::stack_stretches(std::size_t column) {
  // Columns times heights: of one row, and the input's to choose.
  budget_ -= static_cast<std::int64_t>(stretches_.size());
  stacked_.clear();
  const double bottom = v_[row_], height = v_[row_ + 1] - bottom;
  for (const auto& s : stretches_) {
    cancel_point_.step();
    if (column < s.begin || column >= s.end) continue;
    const double y0 = std::clamp((s.v0 - bottom) / height, 0.0, 1.0),
                 y1 = std::clamp((s.v1 - bottom) / height, 0.0, 1.0);
    // Stretches that touch become one rectangle.
    if (!stacked_.empty() && stacked_.back().y1 == y0) {
      stacked_.back().y1 = y1;
    } else {
      stacked_.push_back({y0, y1, 0.0, 0.0, 1.0, 1.0});
    }
  }
  is_stacked_ = true;
}

void RowCutter::add_part(std::size_t column) {
  const std::uint32_t first = std::exchange(head_[column], kNoSliver);
  if (budget_ < 0) return;
  if (!is_stacked_) stack_stretches(column);
  Part part{};
  part.i = static_cast<std::uint32_t>(column);
  part.j = static_cast<std::uint32_t>(row_);
  part.first = static_cast<std::uint32_t>(out_.pieces.size());
  out_.pieces.insert(out_.pieces.end(), stacked_.begin(), stacked_.end());
  for (std::uint32_t n = first; n != kNoSliver; n = slivers_[n].next) out_.pieces.push_back(slivers_[n].piece);
  part.count = static_cast<std::uint32_t>(out_.pieces.size()) - part.first;
  cancel_point_.step(part.count);
  Moments m;
  for (std::size_t p = part.first; p < out_.pieces.size(); ++p) add_moments(out_.pieces[p], m);
  const double cell_mm2 = (u_[column + 1] - u_[column]) * (v_[row_ + 1] - v_[row_]);
  part.area = m.area;
  part.mm2 = m.area * cell_mm2;
  part.corner_mm2 = {(m.area - m.x - m.y + m.xy) * cell_mm2, (m.x - m.xy) * cell_mm2, (m.y - m.xy) * cell_mm2,
                     m.xy * cell_mm2};
  out_.inside_area += part.mm2;
  out_.parts.push_back(part);
}

}  // namespace dosegate
