#include "core/geometry/distance.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace dosegate {
namespace {

constexpr std::size_t kMostEdges = 4'000'000;
constexpr double kMostExtent = 1e6;   // mm
constexpr double kLeastStrip = 1e-6;  // mm; nothing is drawn finer
constexpr std::size_t kLeafEdges = 4;
// Twice the depth of a tree over the most edges.
constexpr std::size_t kDeepest = 64;

}  // namespace

Result<SectionDistance> SectionDistance::make(const std::vector<Ring>& rings, Workers* workers) {
  SectionDistance d;
  CancelPoint cancel_point(workers);
  std::size_t count = 0;
  for (const auto& ring : rings) count += ring.size();
  if (count > kMostEdges) {
    return Error{ErrorCode::kLimitExceeded, "", "A plane has more than four million contour points."};
  }
  if (count == 0) return d;
  d.edges_.reserve(count);
  for (const auto& ring : rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      cancel_point.step();
      const Eigen::Vector2d along = ring[i + 1 == ring.size() ? 0 : i + 1] - ring[i];
      const double length2 = along.squaredNorm();
      d.edges_.push_back({ring[i], along, length2 > 0.0 ? 1.0 / length2 : 0.0});
    }
  }
  d.fill_boxes(cancel_point);
  if (!((d.boxes_[1].high - d.boxes_[1].low).maxCoeff() <= kMostExtent)) {
    return Error{ErrorCode::kLimitExceeded, "", "A plane is wider than 1 km."};
  }
  d.fill_strips(cancel_point);
  return d;
}

void SectionDistance::fill_boxes(CancelPoint& cancel_point) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Box nothing{Eigen::Vector2d::Constant(kInfinity), Eigen::Vector2d::Constant(-kInfinity)};
  const std::size_t leaves = std::bit_ceil((edges_.size() + kLeafEdges - 1) / kLeafEdges);
  boxes_.assign(2 * leaves, nothing);
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    cancel_point.step();
    Box& box = boxes_[leaves + i / kLeafEdges];
    const Eigen::Vector2d to = edges_[i].from + edges_[i].along;
    box.low = box.low.cwiseMin(edges_[i].from).cwiseMin(to);
    box.high = box.high.cwiseMax(edges_[i].from).cwiseMax(to);
  }
  for (std::size_t k = leaves; k-- > 1;) {
    cancel_point.step();
    boxes_[k] = {boxes_[2 * k].low.cwiseMin(boxes_[2 * k + 1].low),
                 boxes_[2 * k].high.cwiseMax(boxes_[2 * k + 1].high)};
  }
}

// A strip for each edge or so, but at most six entries an edge.
void SectionDistance::fill_strips(CancelPoint& cancel_point) {
  const double n = static_cast<double>(edges_.size());
  double rises = 0.0;
  for (const auto& e : edges_) rises += std::abs(e.along.y());
  const double height = boxes_[1].high.y() - boxes_[1].low.y();
  strip_ = std::max({height / n, rises / (4.0 * n), kLeastStrip});
  first_.assign(static_cast<std::size_t>(height / strip_) + 2, 0);
  const auto for_each_strip = [&](const Edge& e, const auto& visit) {
    const double v0 = e.from.y(), v1 = v0 + e.along.y();
    const std::size_t last = strip(std::max(v0, v1));
    for (std::size_t s = strip(std::min(v0, v1)); s <= last; ++s) {
      cancel_point.step();
      visit(s);
    }
  };
  for (const auto& e : edges_) {
    for_each_strip(e, [&](std::size_t s) { ++first_[s + 1]; });
  }
  for (std::size_t s = 1; s < first_.size(); ++s) first_[s] += first_[s - 1];
  items_.resize(first_.back());
  std::vector<std::uint32_t> next = first_;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    for_each_strip(edges_[i], [&](std::size_t s) { items_[next[s]++] = static_cast<std::uint32_t>(i); });
  }
}

std::size_t SectionDistance::strip(double v) const {
  const double s = std::clamp((v - boxes_[1].low.y()) / strip_, 0.0, static_cast<double>(first_.size() - 2));
  return static_cast<std::size_t>(s);
}

double SectionDistance::at(const Eigen::Vector2d& p, std::int64_t& budget) const {
  if (edges_.empty()) return std::numeric_limits<double>::infinity();
  const double distance = nearest(p, budget);
  return inside(p, budget) ? -distance : distance;
}

// Edges that cross the line from p to the left; an edge holds its lower end, not its upper.
bool SectionDistance::inside(const Eigen::Vector2d& p, std::int64_t& budget) const {
  if (boxes_[1].distance2(p) > 0.0) return false;
  const std::size_t s = strip(p.y());
  bool in = false;
  for (std::uint32_t k = first_[s]; k < first_[s + 1]; ++k) {
    const Edge& e = edges_[items_[k]];
    const double v0 = e.from.y(), v1 = v0 + e.along.y();
    if ((v0 > p.y()) == (v1 > p.y())) continue;
    if (e.from.x() + e.along.x() * ((p.y() - v0) / e.along.y()) < p.x()) in = !in;
  }
  budget -= first_[s + 1] - first_[s];
  return in;
}

// Down the nearer boxes first; those farther than the nearest edge so far are left out.
double SectionDistance::nearest(const Eigen::Vector2d& p, std::int64_t& budget) const {
  double best2 = std::numeric_limits<double>::infinity();
  std::array<std::pair<std::size_t, double>, kDeepest> waiting;
  std::size_t count = 0;
  const std::size_t leaves = boxes_.size() / 2;
  std::size_t k = 1;
  double k2 = 0.0;
  for (;;) {
    if (k2 < best2) {
      budget -= 1;
      if (k < leaves) {
        const double a2 = boxes_[2 * k].distance2(p), b2 = boxes_[2 * k + 1].distance2(p);
        const bool b_first = b2 < a2;
        waiting[count++] = b_first ? std::pair{2 * k, a2} : std::pair{2 * k + 1, b2};
        k2 = b_first ? b2 : a2;
        k = b_first ? 2 * k + 1 : 2 * k;
        continue;
      }
      const std::size_t from = (k - leaves) * kLeafEdges, to = std::min(from + kLeafEdges, edges_.size());
      for (std::size_t i = from; i < to; ++i) {
        const Edge& e = edges_[i];
        const Eigen::Vector2d d = p - e.from;
        const double t = std::clamp(d.dot(e.along) * e.inverse_length2, 0.0, 1.0);
        best2 = std::min(best2, (d - t * e.along).squaredNorm());
      }
    }
    if (count == 0) break;
    std::tie(k, k2) = waiting[--count];
  }
  return std::sqrt(best2);
}

}  // namespace dosegate
