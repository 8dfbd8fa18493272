#include "core/margin/shortfall.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSamples = 4.0;  // mm; a piece of a row is not looked at more closely
constexpr double kMostSamples = 64.0;
constexpr double kGradient = 1e-4;  // mm

// Whether a piece begins and ends at what the row has drawn.
std::pair<bool, bool> ends_drawn(const Stretch& piece, RowView drawn) {
  bool at_lo = false, at_hi = false;
  for (const Stretch& d : drawn) {
    at_lo = at_lo || d.hi == piece.lo;
    at_hi = at_hi || d.lo == piece.hi;
  }
  return {at_lo, at_hi};
}

}  // namespace

DrawnDistance::DrawnDistance(const SlabStack& stack, const SectionIndexes& sections, Reach reach)
    : stack_(stack), sections_(sections) {
  reach_ = reaches_of(stack, reach);
  double highest = -kInfinity, lowest = kInfinity;
  for (const auto& [lo, hi] : reach_) highest_below_.push_back(highest = std::max(highest, hi));
  lowest_above_.resize(reach_.size());
  for (std::size_t n = reach_.size(); n-- > 0;) lowest_above_[n] = lowest = std::min(lowest, reach_[n].first);
}

double DrawnDistance::at(const Eigen::Vector3d& p, double most, double enough, std::int64_t& budget) const {
  if (most <= enough) return most;
  const auto& slabs = stack_.slabs;
  const Eigen::Vector2d at_p(p.x(), p.y());
  double best = most;
  const auto gap = [&](std::size_t n) { return std::max({0.0, reach_[n].first - p.z(), p.z() - reach_[n].second}); };
  const auto start = static_cast<std::size_t>(
      std::lower_bound(slabs.begin(), slabs.end(), p.z(), [](const Slab& slab, double z) { return slab.hi < z; }) -
      slabs.begin());
  // On the next slices it is mostly there, and that is soon seen.
  const std::size_t first = start > 1 ? start - 2 : 0, end = std::min(slabs.size(), start + 3);
  for (std::size_t n = first; n < end; ++n) {
    const double dz = gap(n);
    if (dz < best && sections_[n].inside(at_p, budget)) best = dz;
  }
  if (best <= enough) return best;
  const auto meet = [&](std::size_t n) {
    const double dz = gap(n);
    if (dz >= best) return;
    if ((n < first || n >= end) && sections_[n].inside(at_p, budget)) {
      best = dz;
      return;
    }
    const double most2 = best * best - dz * dz, enough2 = enough * enough - dz * dz;
    const double near2 = sections_[n].nearest2(at_p, most2, enough2, budget);
    if (near2 < most2) best = std::sqrt(dz * dz + near2);
  };
  // Outwards from where the point is.
  for (std::size_t n = start; n < slabs.size() && best > enough && lowest_above_[n] - p.z() < best; ++n) meet(n);
  for (std::size_t n = start; n > 0 && best > enough && p.z() - highest_below_[n - 1] < best; --n) meet(n - 1);
  return best;
}

Eigen::Vector3d DrawnDistance::away(const Eigen::Vector3d& p) const {
  std::int64_t budget = 0;
  Eigen::Vector3d d;
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3d step = kGradient * Eigen::Vector3d::Unit(axis);
    d[axis] = at(p + step, kInfinity, 0.0, budget) - at(p - step, kInfinity, 0.0, budget);
  }
  return d.norm() > 0.0 ? Eigen::Vector3d(d.normalized()) : d;
}

std::pair<std::size_t, std::size_t> DrawnDistance::touched(double z) const {
  std::size_t first = 0, end = reach_.size();
  while (first < end && highest_below_[first] < z) ++first;
  while (end > first && lowest_above_[end - 1] > z) --end;
  return {first, end};
}

double most_along_row(const Stretch& piece, RowView drawn) {
  const auto [at_lo, at_hi] = ends_drawn(piece, drawn);
  const double wide = piece.hi - piece.lo;
  return at_lo && at_hi ? 0.5 * wide : at_lo || at_hi ? wide : kInfinity;
}

void search(const DrawnDistance& drawn, RowView pieces, RowView drawn_row, double v, double z, double tolerance,
            Found& worst, std::int64_t& budget, CancelPoint& cancel_point) {
  const auto least = [&] { return std::max(kNothing, tolerance + worst.rank); };
  const auto look = [&](double u, double most) {
    const Eigen::Vector3d p(u, v, z);
    const std::int64_t before = budget;
    const double d = drawn.at(p, most, least(), budget);
    cancel_point.step(1 + static_cast<std::size_t>(std::abs(budget - before)));
    if (d > least()) worst = {true, d - tolerance, d, p, {0, 0, 0}};
    return d;
  };
  for (const Stretch& piece : pieces) {
    const double wide = piece.hi - piece.lo;
    if (wide <= kNothing || most_along_row(piece, drawn_row) <= least()) continue;
    // Where it ends at what is drawn the distance is nothing; and over a way of w it changes by no more than w.
    const auto [at_lo, at_hi] = ends_drawn(piece, drawn_row);
    const double d_lo = at_lo ? 0.0 : look(piece.lo, at_hi ? wide : kInfinity);
    const double d_hi = at_hi ? 0.0 : look(piece.hi, d_lo + wide);
    const double least_wide = std::max(kSamples, wide / kMostSamples);
    const auto halve = [&](const auto& self, double lo, double hi, double from, double to) -> void {
      if (0.5 * (from + to + hi - lo) <= least() || hi - lo <= least_wide) return;
      const double middle = 0.5 * (lo + hi), d = look(middle, std::min(from, to) + 0.5 * (hi - lo));
      self(self, lo, middle, from, d);
      self(self, middle, hi, d, to);
    };
    halve(halve, piece.lo, piece.hi, d_lo, d_hi);
  }
}

void search_excess(const Expansion& expansion, RowView pieces, RowView certain, double v, double z, Found& worst,
                   std::int64_t& budget, CancelPoint& cancel_point) {
  const double longest = expansion.longest(), along_u = expansion.shortest_along_u();
  for (const Stretch& piece : pieces) {
    if (piece.hi - piece.lo <= kNothing) continue;
    // A step of s along the row raises the gauge by no more than s / along_u, and what is beyond by `longest` times
    // that.
    const double least = std::max(kNothing, worst.rank);
    if (most_along_row(piece, certain) * longest / along_u <= least) continue;
    for (const double u : {piece.lo, piece.hi}) {
      const Eigen::Vector3d p(u, v, z);
      const std::int64_t before = budget;
      const Expansion::Nearest n = expansion.nearest(p, 1.0 + std::max(kNothing, worst.rank) / longest, budget);
      cancel_point.step(1 + static_cast<std::size_t>(std::abs(budget - before)));
      if (!(n.gauge > 1.0)) continue;
      const double off = expansion.beyond_axes(n.towards);
      if (off > std::max(kNothing, worst.rank)) worst = {true, off, off, p, n.towards.normalized()};
    }
  }
}

}  // namespace dosegate
