#include "core/margin/expansion.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

constexpr double kLeastMargin = 1e-6;  // mm; a margin of nothing on one side
constexpr double kRounding = 1e-12;    // of a gauge of 1

}  // namespace

Expansion::Expansion(const SlabStack& stack, const Margins& m) : stack_(stack) {
  // LPS: larger x is left, larger y posterior, larger z cranial.
  const std::array<double, 3> low = {m.right.in_mm(), m.anterior.in_mm(), m.caudal.in_mm()};
  const std::array<double, 3> high = {m.left.in_mm(), m.posterior.in_mm(), m.cranial.in_mm()};
  const std::array<int, 3> axes = {stack.u_axis(), stack.v_axis(), stack.axis};
  none_ = true;
  for (std::size_t n = 0; n < 3; ++n) {
    const auto axis = static_cast<std::size_t>(axes[n]);
    none_ = none_ && low[axis] <= 0.0 && high[axis] <= 0.0;
    low_[n] = low[axis];
    high_[n] = high[axis];
  }
  for (std::size_t n = 0; n < 3 && !none_; ++n) {
    low_[n] = std::max(low_[n], kLeastMargin);
    high_[n] = std::max(high_[n], kLeastMargin);
  }
  for (const Slab& slab : stack.slabs) {
    auto& bounds = ring_bounds_.emplace_back();
    for (const Ring& ring : *slab.include) {
      const auto [a, b] =
          std::minmax_element(ring.begin(), ring.end(), [](const auto& p, const auto& q) { return p.y() < q.y(); });
      if (a != ring.end()) bounds.push_back({a->y(), b->y()});
    }
  }
}

double Expansion::along(const Slab& slab, double z) const {
  if (z >= slab.lo && z <= slab.hi) return 0.0;
  if (none_) return std::numeric_limits<double>::infinity();
  return z > slab.hi ? (z - slab.hi) / high_[2] : (slab.lo - z) / low_[2];
}

std::vector<Row> Expansion::rows(double z, const std::vector<double>& v, std::int64_t& budget) const {
  std::vector<std::pair<double, const Slab*>> near;
  for (const Slab& slab : stack_.slabs) {
    const double g = along(slab, z);
    if (g <= 1.0 + kRounding) near.emplace_back(g, &slab);
  }
  // The widest first: what it covers already spares the rest their work.
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Row> out(v.size());
  for (const auto& [g, slab] : near) {
    const std::vector<Row> own = rows_of(*slab->include, v);
    for (std::size_t k = 0; k < v.size(); ++k) {
      for (const Stretch& i : own[k]) unite(out[k], i);
    }
    const double r2 = std::max(0.0, 1.0 - g * g);
    if (none_ || r2 <= kRounding) continue;
    const double r = std::sqrt(r2);
    for (const Ring& ring : *slab->include) {
      budget -= static_cast<std::int64_t>(ring.size());
      for (std::size_t n = 0; n < ring.size(); ++n) {
        const Eigen::Vector2d& p = ring[n];
        const Eigen::Vector2d& q = ring[n + 1 == ring.size() ? 0 : n + 1];
        const double v_min = std::min(p.y(), q.y()), v_max = std::max(p.y(), q.y());
        const double u_min = std::min(p.x(), q.x()) - low_[0] * r, u_max = std::max(p.x(), q.x()) + high_[0] * r;
        const double run = q.x() - p.x(), height = q.y() - p.y();
        // The offset (row less edge, mm) at which the outline leaves the edge in its own direction.
        const auto best_offset = [&](double side, double m) {
          if (height == 0.0) return 0.0;
          const double slope = side * run / height;
          const double w = slope < 0.0 ? high_[1] : low_[1];
          const double k = -slope * w / m;
          return w * r * k / std::sqrt(1.0 + k * k);
        };
        const double offset_high = best_offset(1.0, high_[0]), offset_low = best_offset(-1.0, low_[0]);
        auto k = static_cast<std::size_t>(std::lower_bound(v.begin(), v.end(), v_min - low_[1] * r) - v.begin());
        for (; k < v.size() && v[k] <= v_max + high_[1] * r; ++k) {
          --budget;
          if (covers(out[k], u_min, u_max)) continue;
          const double least = std::max(v[k] - v_max, -low_[1] * r), most = std::min(v[k] - v_min, high_[1] * r);
          if (least > most) continue;
          const auto reach = [&](double side, double m, double wanted) {
            const double offset = std::clamp(wanted, least, most);
            const double part = offset / (offset > 0.0 ? high_[1] : low_[1]);
            const double wide = m * std::sqrt(std::max(0.0, r2 - part * part));
            if (height == 0.0) return side > 0 ? std::max(p.x(), q.x()) + wide : std::min(p.x(), q.x()) - wide;
            return p.x() + run * ((v[k] - offset - p.y()) / height) + side * wide;
          };
          const Stretch i{reach(-1.0, low_[0], offset_low), reach(1.0, high_[0], offset_high)};
          if (i.lo < i.hi) unite(out[k], i);
        }
      }
    }
  }
  return out;
}

std::vector<double> Expansion::breaks(double z) const {
  std::vector<double> out;
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::size_t n = 0; n < stack_.slabs.size(); ++n) {
    const double g = along(stack_.slabs[n], z);
    if (g > 1.0 + kRounding) continue;
    const double r = std::sqrt(std::max(0.0, 1.0 - g * g));
    for (const Bounds& b : ring_bounds_[n]) {
      lowest = std::min(lowest, b.low - (none_ ? 0.0 : low_[1] * r));
      highest = std::max(highest, b.high + (none_ ? 0.0 : high_[1] * r));
      if (g == 0.0) out.insert(out.end(), {b.low, b.high, b.low - low_[1], b.high + high_[1]});
    }
  }
  if (lowest < highest) out.insert(out.end(), {lowest, highest});
  return out;
}

Expansion::Nearest Expansion::nearest(const Eigen::Vector3d& p, std::int64_t& budget) const {
  Nearest best;
  double best2 = std::numeric_limits<double>::infinity();
  const auto weight = [&](double d, std::size_t axis) {
    const double m = std::max(d > 0.0 ? high_[axis] : low_[axis], kLeastMargin);
    return 1.0 / (m * m);
  };
  // False: this slab and all beyond it are too far along the axis.
  const auto meet = [&](const Slab& slab) {
    const double dz = p.z() > slab.hi ? p.z() - slab.hi : p.z() < slab.lo ? p.z() - slab.lo : 0.0;
    const double g2 = dz * dz * weight(dz, 2);
    if (g2 >= best2) return false;
    const std::vector<Row> here = rows_of(*slab.include, {p.y()});
    if (covers(here[0], p.x(), p.x())) {
      best2 = g2;
      best.towards = {0.0, 0.0, dz};
      return true;
    }
    for (const Ring& ring : *slab.include) {
      budget -= 4 * static_cast<std::int64_t>(ring.size());
      for (std::size_t n = 0; n < ring.size(); ++n) {
        const Eigen::Vector2d d0 = Eigen::Vector2d(p.x(), p.y()) - ring[n];
        const Eigen::Vector2d e = ring[n + 1 == ring.size() ? 0 : n + 1] - ring[n];
        // Along the edge the gauge is quadratic between the places where a component changes its sign.
        std::array<double, 4> at = {0.0, 0.0, 0.0, 1.0};
        if (e.x() != 0.0) at[1] = std::clamp(d0.x() / e.x(), 0.0, 1.0);
        if (e.y() != 0.0) at[2] = std::clamp(d0.y() / e.y(), 0.0, 1.0);
        if (at[1] > at[2]) std::swap(at[1], at[2]);
        for (std::size_t s = 0; s < 3; ++s) {
          const Eigen::Vector2d middle = d0 - 0.5 * (at[s] + at[s + 1]) * e;
          const double wu = weight(middle.x(), 0), wv = weight(middle.y(), 1);
          const double square = wu * e.x() * e.x() + wv * e.y() * e.y();
          const double mixed = wu * e.x() * d0.x() + wv * e.y() * d0.y();
          const Eigen::Vector2d d = d0 - std::clamp(square > 0.0 ? mixed / square : 0.0, at[s], at[s + 1]) * e;
          const double all = g2 + wu * d.x() * d.x() + wv * d.y() * d.y();
          if (all >= best2) continue;
          best2 = all;
          best.towards = {d.x(), d.y(), dz};
        }
      }
    }
    return true;
  };
  const auto& slabs = stack_.slabs;
  const auto start = static_cast<std::size_t>(
      std::lower_bound(slabs.begin(), slabs.end(), p.z(), [](const Slab& s, double z) { return s.hi < z; }) -
      slabs.begin());
  for (std::size_t n = start; n < slabs.size() && meet(slabs[n]); ++n) {
  }
  for (std::size_t n = start; n > 0 && meet(slabs[n - 1]); --n) {
  }
  best.gauge = std::sqrt(best2);
  return best;
}

}  // namespace dosegate
