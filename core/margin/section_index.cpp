#include "core/margin/section_index.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeastBand = 2.0;  // mm
constexpr double kMostBands = 1024.0;

double distance2(const SectionIndex::Edge& e, const Eigen::Vector2d& p) {
  const Eigen::Vector2d along = e.to - e.from, d = p - e.from;
  const double length2 = along.squaredNorm(), way = d.dot(along);
  if (!(way > 0.0)) return d.squaredNorm();
  if (way >= length2) return (p - e.to).squaredNorm();
  return (d - (way / length2) * along).squaredNorm();
}

}  // namespace

SectionIndex::SectionIndex(const std::vector<Ring>& rings) {
  std::size_t count = 0;
  for (const Ring& ring : rings) count += ring.size();
  if (count == 0) return;
  edges_.reserve(count);
  low_ = kInfinity;
  high_ = -kInfinity;
  double rises = 0.0;
  for (const Ring& ring : rings) {
    if (ring.empty()) continue;
    double low = kInfinity, high = -kInfinity;
    const Eigen::Vector2d* before = &ring.back();
    for (const Eigen::Vector2d& point : ring) {
      edges_.push_back(before->y() <= point.y() ? Edge{*before, point} : Edge{point, *before});
      rises += std::abs(point.y() - before->y());
      low = std::min(low, point.y());
      high = std::max(high, point.y());
      before = &point;
    }
    ring_extents_.emplace_back(low, high);
    low_ = std::min(low_, low);
    high_ = std::max(high_, high);
  }
  // At most six entries an edge.
  const double n = static_cast<double>(edges_.size());
  band_ = std::max({kLeastBand, (high_ - low_) / kMostBands, rises / (4.0 * n)});
  const auto bands = static_cast<std::size_t>((high_ - low_) / band_) + 1;
  u_low_.assign(bands, kInfinity);
  u_high_.assign(bands, -kInfinity);
  first_.assign(bands + 1, 0);
  const auto clamped = [&](double v) {
    return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(band_of(v), 0, static_cast<std::ptrdiff_t>(bands) - 1));
  };
  for (const Edge& e : edges_) {
    const std::size_t a = clamped(e.from.y()), z = clamped(e.to.y());
    for (std::size_t b = a; b <= z; ++b) ++first_[b + 1];
  }
  for (std::size_t b = 0; b < bands; ++b) first_[b + 1] += first_[b];
  items_.resize(first_.back());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const Edge& e = edges_[i];
    const std::size_t a = clamped(e.from.y()), z = clamped(e.to.y());
    for (std::size_t b = a; b <= z; ++b) {
      items_[next[b]++] = static_cast<std::uint32_t>(i);
      double u0 = e.from.x(), u1 = e.to.x();
      constexpr double kLevel = 1e-6;                  // mm
      if (a != z && e.to.y() - e.from.y() > kLevel) {  // the part in this band
        const double slope = (e.to.x() - e.from.x()) / (e.to.y() - e.from.y());
        const double v0 = low_ + static_cast<double>(b) * band_;
        if (b > a) u0 = e.from.x() + slope * (v0 - e.from.y());
        if (b < z) u1 = e.from.x() + slope * (v0 + band_ - e.from.y());
      }
      u_low_[b] = std::min({u_low_[b], u0, u1});
      u_high_[b] = std::max({u_high_[b], u0, u1});
    }
  }
}

std::ptrdiff_t SectionIndex::band_of(double v) const {
  constexpr double kFar = 1e9;
  return static_cast<std::ptrdiff_t>(std::floor(std::clamp((v - low_) / band_, -kFar, kFar)));
}

void SectionIndex::row(double v, std::vector<double>& crossings, Row& out, std::int64_t& budget) const {
  out.clear();
  if (edges_.empty() || v < low_ || v >= high_) return;
  crossings.clear();
  const auto b =
      static_cast<std::size_t>(std::min<std::ptrdiff_t>(band_of(v), static_cast<std::ptrdiff_t>(bands()) - 1));
  budget -= first_[b + 1] - first_[b];
  each_edge(b, [&](std::size_t, const Edge& e) {
    if (v < e.from.y() || v >= e.to.y()) return;
    crossings.push_back(e.from.x() + (e.to.x() - e.from.x()) * ((v - e.from.y()) / (e.to.y() - e.from.y())));
  });
  if (crossings.size() == 2) {
    const auto [lo, hi] = std::minmax(crossings[0], crossings[1]);
    if (lo < hi) out.push_back({lo, hi});
    return;
  }
  std::sort(crossings.begin(), crossings.end());
  for (std::size_t n = 0; n + 1 < crossings.size(); n += 2) {
    if (crossings[n] < crossings[n + 1]) unite(out, {crossings[n], crossings[n + 1]});
  }
}

bool SectionIndex::inside(const Eigen::Vector2d& p, std::int64_t& budget) const {
  if (edges_.empty() || p.y() < low_ || p.y() >= high_) return false;
  const auto b =
      static_cast<std::size_t>(std::min<std::ptrdiff_t>(band_of(p.y()), static_cast<std::ptrdiff_t>(bands()) - 1));
  if (p.x() < u_low_[b] || p.x() > u_high_[b]) return false;
  bool in = false;
  budget -= first_[b + 1] - first_[b];
  each_edge(b, [&](std::size_t, const Edge& e) {
    if (p.y() < e.from.y() || p.y() >= e.to.y()) return;
    if (e.from.x() + (e.to.x() - e.from.x()) * ((p.y() - e.from.y()) / (e.to.y() - e.from.y())) < p.x()) in = !in;
  });
  return in;
}

// Bands outwards from the point's own.
double SectionIndex::nearest2(const Eigen::Vector2d& p, double most, double enough, std::int64_t& budget) const {
  if (edges_.empty()) return most;
  double best = most;
  const auto last = static_cast<std::ptrdiff_t>(bands()) - 1;
  // False: this band and all beyond it are too far.
  const auto meet = [&](std::ptrdiff_t at) {
    const auto b = static_cast<std::size_t>(at);
    const double v0 = low_ + static_cast<double>(at) * band_;
    const double dv = std::max({0.0, v0 - p.y(), p.y() - (v0 + band_)});
    if (dv * dv >= best || best <= enough) return false;
    const double du = std::max({0.0, u_low_[b] - p.x(), p.x() - u_high_[b]});
    if (du * du + dv * dv >= best) return true;
    budget -= first_[b + 1] - first_[b];
    each_edge(b, [&](std::size_t, const Edge& e) { best = std::min(best, distance2(e, p)); });
    return true;
  };
  const std::ptrdiff_t own = std::clamp<std::ptrdiff_t>(band_of(p.y()), 0, last);
  bool up = meet(own), down = up;
  for (std::ptrdiff_t n = 1; up || down; ++n) {
    up = up && own + n <= last && meet(own + n);
    down = down && own - n >= 0 && meet(own - n);
  }
  return best;
}

}  // namespace dosegate
