#include "core/geometry/distance.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

constexpr std::size_t kMostEdges = 4'000'000;
constexpr double kMostExtent = 1e6;  // mm
constexpr double kLeastCell = 1e-6;  // mm; nothing is drawn finer

// Long edges lie in many cells: cells grow until their lists hold at most this many entries an edge.
constexpr std::size_t kEntriesPerEdge = 8;

// Turns counts, which stand at k + 1, into the first entry of each list; returns the number of entries.
std::size_t accumulate(std::vector<std::uint32_t>& first) {
  for (std::size_t k = 1; k < first.size(); ++k) first[k] += first[k - 1];
  return first.back();
}

}  // namespace

Result<SectionDistance> SectionDistance::make(const std::vector<Ring>& rings) {
  SectionDistance d;
  std::size_t count = 0;
  for (const auto& ring : rings) count += ring.size();
  if (count > kMostEdges) {
    return Error{ErrorCode::kLimitExceeded, "", "A plane has more than four million contour points."};
  }
  if (count == 0) return d;
  d.edges_.reserve(count);
  d.low_ = d.high_ = rings.front().empty() ? Eigen::Vector2d::Zero() : rings.front().front();
  for (const auto& ring : rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Eigen::Vector2d along = ring[i + 1 == ring.size() ? 0 : i + 1] - ring[i];
      const double length2 = along.squaredNorm();
      d.edges_.push_back({ring[i], along, length2 > 0.0 ? 1.0 / length2 : 0.0});
      d.low_ = d.low_.cwiseMin(ring[i]);
      d.high_ = d.high_.cwiseMax(ring[i]);
    }
  }
  // About as many cells as edges, also when the outline is long and thin.
  const Eigen::Vector2d size = d.high_ - d.low_;
  if (!(size.maxCoeff() <= kMostExtent)) {
    return Error{ErrorCode::kLimitExceeded, "", "A plane is wider than 1 km."};
  }
  const double n = static_cast<double>(count);
  d.cell_ = std::max({std::sqrt(size.x() * size.y() / n), size.maxCoeff() / (n + 16.0), kLeastCell});
  while (!d.fill_cells(kEntriesPerEdge * count + 64)) d.cell_ *= 2.0;
  return d;
}

// False, with nothing kept, when the lists would hold more than `most` entries.
bool SectionDistance::fill_cells(std::size_t most) {
  columns_ = static_cast<std::size_t>((high_.x() - low_.x()) / cell_) + 1;
  rows_ = static_cast<std::size_t>((high_.y() - low_.y()) / cell_) + 1;

  // Calls visit(row, first column, last column) for each row that an edge reaches into.
  const auto for_each_row = [&](const Edge& e, const auto& visit) {
    const double u0 = e.from.x(), v0 = e.from.y(), u1 = u0 + e.along.x(), v1 = v0 + e.along.y();
    const double low = std::min(u0, u1), high = std::max(u0, u1);
    const std::size_t bottom = row(std::min(v0, v1)), top = row(std::max(v0, v1));
    for (std::size_t r = bottom; r <= top; ++r) {
      double a = low, b = high;
      if (bottom != top) {
        const double below = low_.y() + static_cast<double>(r) * cell_;
        const double at_below = u0 + e.along.x() * ((below - v0) / e.along.y());
        const double at_above = u0 + e.along.x() * ((below + cell_ - v0) / e.along.y());
        a = std::clamp(std::min(at_below, at_above), low, high);
        b = std::clamp(std::max(at_below, at_above), low, high);
      }
      visit(r, column(a), column(b));
    }
  };

  std::size_t entries = 0;
  for (const auto& e : edges_) {
    for_each_row(e, [&](std::size_t, std::size_t a, std::size_t b) { entries += b - a + 1; });
    if (entries > most) return false;
  }
  cells_.first.assign(columns_ * rows_ + 1, 0);
  rows_list_.first.assign(rows_ + 1, 0);
  for (const auto& e : edges_) {
    for_each_row(e, [&](std::size_t r, std::size_t a, std::size_t b) {
      ++rows_list_.first[r + 1];
      for (std::size_t c = a; c <= b; ++c) ++cells_.first[r * columns_ + c + 1];
    });
  }
  cells_.items.resize(accumulate(cells_.first));
  rows_list_.items.resize(accumulate(rows_list_.first));
  std::vector<std::uint32_t> next_cell = cells_.first, next_row = rows_list_.first;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    for_each_row(edges_[i], [&](std::size_t r, std::size_t a, std::size_t b) {
      rows_list_.items[next_row[r]++] = number;
      for (std::size_t c = a; c <= b; ++c) cells_.items[next_cell[r * columns_ + c]++] = number;
    });
  }
  return true;
}

std::size_t SectionDistance::column(double u) const {
  const double c = std::clamp((u - low_.x()) / cell_, 0.0, static_cast<double>(columns_ - 1));
  return static_cast<std::size_t>(c);
}

std::size_t SectionDistance::row(double v) const {
  const double r = std::clamp((v - low_.y()) / cell_, 0.0, static_cast<double>(rows_ - 1));
  return static_cast<std::size_t>(r);
}

double SectionDistance::at(const Eigen::Vector2d& p, std::int64_t& budget) const {
  if (edges_.empty()) return std::numeric_limits<double>::infinity();
  const double distance = nearest(p, budget);
  return inside(p, budget) ? -distance : distance;
}

// Edges that cross the line from p to the left; an edge holds its lower end, not its upper.
bool SectionDistance::inside(const Eigen::Vector2d& p, std::int64_t& budget) const {
  if (p.x() < low_.x() || p.x() > high_.x() || p.y() < low_.y() || p.y() > high_.y()) return false;
  const std::size_t r = row(p.y());
  bool in = false;
  for (std::uint32_t k = rows_list_.first[r]; k < rows_list_.first[r + 1]; ++k) {
    const Edge& e = edges_[rows_list_.items[k]];
    const double v0 = e.from.y(), v1 = v0 + e.along.y();
    if ((v0 > p.y()) == (v1 > p.y())) continue;
    if (e.from.x() + e.along.x() * ((p.y() - v0) / e.along.y()) < p.x()) in = !in;
  }
  budget -= rows_list_.first[r + 1] - rows_list_.first[r];
  return in;
}

// Squares of cells around p's own, ever wider, until nothing nearer can lie beyond them.
double SectionDistance::nearest(const Eigen::Vector2d& p, std::int64_t& budget) const {
  const std::size_t c0 = column(p.x()), r0 = row(p.y());
  const Eigen::Vector2d q = p.cwiseMax(low_).cwiseMin(high_);
  double best2 = std::numeric_limits<double>::infinity();
  const auto visit = [&](std::size_t r, std::size_t c) {
    const std::size_t cell = r * columns_ + c;
    budget -= cells_.first[cell + 1] - cells_.first[cell] + 1;
    if (cells_.first[cell + 1] == cells_.first[cell]) return;
    const Eigen::Vector2d low = low_ + cell_ * Eigen::Vector2d(static_cast<double>(c), static_cast<double>(r));
    const Eigen::Vector2d off = (low - p).cwiseMax(p - low - Eigen::Vector2d(cell_, cell_)).cwiseMax(0.0);
    if (off.squaredNorm() >= best2) return;
    for (std::uint32_t k = cells_.first[cell]; k < cells_.first[cell + 1]; ++k) {
      const Edge& e = edges_[cells_.items[k]];
      const Eigen::Vector2d d = p - e.from;
      const double t = std::clamp(d.dot(e.along) * e.inverse_length2, 0.0, 1.0);
      best2 = std::min(best2, (d - t * e.along).squaredNorm());
    }
  };
  for (std::size_t k = 0;; ++k) {
    const bool left = c0 >= k, right = c0 + k < columns_, down = r0 >= k, up = r0 + k < rows_;
    if (!left && !right && !down && !up) break;
    const std::size_t from_c = left ? c0 - k : 0, to_c = right ? c0 + k : columns_ - 1;
    const std::size_t from_r = down ? r0 - k : 0, to_r = up ? r0 + k : rows_ - 1;
    for (std::size_t c = from_c; c <= to_c; ++c) {
      if (down) visit(r0 - k, c);
      if (up && k > 0) visit(r0 + k, c);
    }
    if (k > 0) {
      for (std::size_t r = down ? from_r + 1 : from_r; r <= to_r - (up ? 1 : 0); ++r) {
        if (left) visit(r, c0 - k);
        if (right) visit(r, c0 + k);
      }
    }
    // A cell beyond the square is at least as far from p as from q, the point of the grid next to p.
    const double reach = static_cast<double>(k) * cell_;
    const double u = q.x() - low_.x() - static_cast<double>(c0) * cell_;
    const double v = q.y() - low_.y() - static_cast<double>(r0) * cell_;
    const double margin = reach + std::max(0.0, std::min({u, v, cell_ - u, cell_ - v}));
    if (best2 <= margin * margin) break;
  }
  return std::sqrt(best2);
}

}  // namespace dosegate
