#include "core/margin/expansion.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeastMargin = 1e-6;  // mm; a margin of nothing on one side
constexpr double kRounding = 1e-12;    // of a gauge of 1
constexpr double kMostReserved = 64.0;

}  // namespace

std::vector<std::pair<double, double>> reaches_of(const SlabStack& stack, Reach reach) {
  std::vector<std::pair<double, double>> out;
  out.reserve(stack.slabs.size());
  for (std::size_t n = 0; n < stack.slabs.size(); ++n) {
    const Slab& slab = stack.slabs[n];
    if (reach == Reach::kPlanes) {
      out.emplace_back(slab.at, slab.at);
      continue;
    }
    out.emplace_back(slab.lo, slab.hi);
    if (reach == Reach::kSlabs) continue;
    const bool piece_below = n > 0 && stack.slabs[n - 1].hi < slab.lo;
    const bool piece_above = n + 1 < stack.slabs.size() && slab.hi < stack.slabs[n + 1].lo;
    if (!piece_below) out.back().first = slab.at - 2.0 * (slab.at - slab.lo);
    if (!piece_above) out.back().second = slab.at + 2.0 * (slab.hi - slab.at);
  }
  return out;
}

SectionIndexes index_sections(const SlabStack& stack) {
  SectionIndexes out;
  out.reserve(stack.slabs.size());
  for (const Slab& slab : stack.slabs) out.emplace_back(*slab.include);
  return out;
}

Expansion::Expansion(const SlabStack& stack, const SectionIndexes& sections, const Margins& m, Reach reach)
    : stack_(stack), sections_(sections) {
  // LPS: larger x is left, larger y posterior, larger z cranial. In a turned frame, too: is_same_in() has been asked.
  const std::array<double, 3> low = {m.right.in_mm(), m.anterior.in_mm(), m.caudal.in_mm()};
  const std::array<double, 3> high = {m.left.in_mm(), m.posterior.in_mm(), m.cranial.in_mm()};
  const std::array<Axis, 3> axes = {stack.u_axis(), stack.v_axis(), stack.axis};
  none_ = true;
  for (std::size_t n = 0; n < 3; ++n) {
    const auto axis = static_cast<std::size_t>(number_of(axes[n]));
    none_ = none_ && low[axis] <= 0.0 && high[axis] <= 0.0;
    low_[n] = low[axis];
    high_[n] = high[axis];
  }
  for (std::size_t n = 0; n < 3 && !none_; ++n) {
    low_[n] = std::max(low_[n], kLeastMargin);
    high_[n] = std::max(high_[n], kLeastMargin);
  }
  lowest_ = kInfinity;
  highest_ = -kInfinity;
  reach_ = reaches_of(stack, reach);
  for (const auto& [lo, hi] : reach_) {
    lowest_ = std::min(lowest_, lo - low_[2]);
    highest_ = std::max(highest_, hi + high_[2]);
  }
  for (std::size_t n = 0; n < sections_.size() && !none_; ++n) {
    auto& offsets = offsets_.emplace_back();
    offsets.reserve(sections_[n].edges().size());
    for (const SectionIndex::Edge& e : sections_[n].edges()) {
      const double run = e.to.x() - e.from.x(), height = e.to.y() - e.from.y();
      const auto best = [&](double side, double along_u) {
        if (height == 0.0) return 0.0;
        const double slope = side * run / height;
        const double w = slope < 0.0 ? high_[1] : low_[1];
        const double k = -slope * w / along_u;
        return w * k / std::sqrt(1.0 + k * k);
      };
      offsets.push_back({best(1.0, high_[0]), best(-1.0, low_[0])});
    }
  }
}

double Expansion::longest() const {
  return std::max(*std::max_element(low_.begin(), low_.end()), *std::max_element(high_.begin(), high_.end()));
}

double Expansion::along(std::size_t slab, double z) const {
  const auto [lo, hi] = reach_[slab];
  if (z >= lo && z <= hi) return 0.0;
  if (none_) return kInfinity;
  return z > hi ? (z - hi) / high_[2] : (lo - z) / low_[2];
}

std::vector<double> Expansion::breaks(double z) const {
  std::vector<double> out;
  double lowest = kInfinity, highest = -lowest;
  for (std::size_t n = 0; n < sections_.size(); ++n) {
    const double g = along(n, z);
    if (g > 1.0 + kRounding || sections_[n].empty()) continue;
    const double r = std::sqrt(std::max(0.0, 1.0 - g * g));
    lowest = std::min(lowest, sections_[n].low() - (none_ ? 0.0 : low_[1] * r));
    highest = std::max(highest, sections_[n].high() + (none_ ? 0.0 : high_[1] * r));
    if (g != 0.0) continue;
    for (const auto& [low, high] : sections_[n].ring_extents()) {
      out.insert(out.end(), {low, high, low - low_[1], high + high_[1]});
    }
  }
  if (lowest < highest) out.insert(out.end(), {lowest, highest});
  return out;
}

Expansion::Section::Section(const Expansion& of, double z, Workers* workers) : of_(of), cancel_point_(workers) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t n = 0; n < of.sections_.size(); ++n) {
    const double g = of.along(n, z);
    if (g <= 1.0 + kRounding && !of.sections_[n].empty()) order.emplace_back(g, n);
  }
  // The widest first: what it covers already spares the rest their work.
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  near_.reserve(order.size());
  for (const auto& [g, n] : order) {
    Near near{n, std::max(0.0, 1.0 - g * g), 0.0, {}, {}};
    near.r = std::sqrt(near.r2);
    near_.push_back(std::move(near));
  }
}

void Expansion::Section::fill_parts(Near& near, std::size_t place) const {
  const double band = of_.sections_[near.slab].band();
  // `first`: how far the next band is at least, in bands.
  const auto fill = [&](double margin, double first, std::vector<double>& parts) {
    const double bands = std::max(0.0, margin * near.r / band - first + 1.0);
    parts.reserve(1 + static_cast<std::size_t>(std::min(bands, kMostReserved)));
    parts.push_back(near.r);
    for (double gap = first * band; gap <= margin * near.r; gap += band) {
      const double across = gap / margin;
      parts.push_back(std::sqrt(std::max(0.0, near.r2 - across * across)));
    }
  };
  const double at = static_cast<double>(place) / kPlaces;
  fill(of_.high_[1], at, near.upwards[place]);
  fill(of_.low_[1], 1.0 - at - 1.0 / kPlaces, near.downwards[place]);
}

// Each edge of a band dilated, as far as it is not covered. `part`: no point of them reaches further along u than that
// part of the margin.
void Expansion::Section::take_band(const Near& near, std::size_t band, double v, double part, Row& out,
                                   std::int64_t& budget) {
  const std::array<double, 3>&low = of_.low_, &high = of_.high_;
  const auto& offsets = of_.offsets_[near.slab];
  of_.sections_[near.slab].each_edge(band, [&](std::size_t index, const SectionIndex::Edge& e) {
    --budget;
    cancel_point_.step();
    const double u_min = std::min(e.from.x(), e.to.x()), u_max = std::max(e.from.x(), e.to.x());
    // The edge, and all that it can reach on one of its sides, may lie in what is there: then where it ends on that
    // side does not matter.
    const double lowest = u_min - low[0] * part, highest = u_max + high[0] * part;
    Stretch* there = nullptr;
    bool left_in = false, right_in = false;
    for (Stretch& i : out) {
      left_in = i.lo <= lowest && u_max <= i.hi, right_in = i.lo <= u_min && highest <= i.hi;
      if (left_in && right_in) return;
      if (!left_in && !right_in) continue;
      there = &i;
      break;
    }
    const double least = std::max(v - e.to.y(), -low[1] * near.r), most = std::min(v - e.from.y(), high[1] * near.r);
    if (least > most) return;
    const double run = e.to.x() - e.from.x(), height = e.to.y() - e.from.y();
    const auto reach = [&](double side, double margin, double wanted) {
      const double offset = std::clamp(wanted * near.r, least, most);
      const double across = offset / (offset > 0.0 ? high[1] : low[1]);
      const double wide = margin * std::sqrt(std::max(0.0, near.r2 - across * across));
      if (height == 0.0) return side > 0 ? u_max + wide : u_min - wide;
      // An edge may be all but level; its height says little then.
      return e.from.x() + run * std::clamp((v - offset - e.from.y()) / height, 0.0, 1.0) + side * wide;
    };
    if (left_in) {
      const double hi = reach(1.0, high[0], offsets[index][0]);
      if (there == &out.back() || there[1].lo > hi) {
        there->hi = std::max(there->hi, hi);
      } else {
        unite(out, {there->lo, hi});
      }
    } else if (right_in) {
      const double lo = reach(-1.0, low[0], offsets[index][1]);
      if (there == &out.front() || there[-1].hi < lo) {
        there->lo = std::min(there->lo, lo);
      } else {
        unite(out, {lo, there->hi});
      }
    } else {
      const Stretch i{reach(-1.0, low[0], offsets[index][1]), reach(1.0, high[0], offsets[index][0])};
      if (i.lo < i.hi) unite(out, i);
    }
  });
}

void Expansion::Section::row(double v, Row& out, std::int64_t& budget) {
  out.clear();
  for (Near& near : near_) {
    const SectionIndex& section = of_.sections_[near.slab];
    const std::ptrdiff_t own = section.band_of(v), last = static_cast<std::ptrdiff_t>(section.bands()) - 1;
    if (own >= 0 && own <= last) {
      const auto b = static_cast<std::size_t>(own);
      if (!covers(out, section.u_low(b), section.u_high(b))) {
        section.row(v, crossings_, inner_, budget);
        for (const Stretch& i : inner_) unite(out, i);
      }
    }
    if (of_.none_ || near.r2 <= kRounding) continue;
    // The bands whose edges may reach the row. Below the row, edges reach upwards.
    const double in_band = (v - section.low()) / section.band() - static_cast<double>(own);
    const auto place = static_cast<std::size_t>(std::clamp(in_band * kPlaces, 0.0, kPlaces - 1.0));
    if (near.upwards[place].empty()) fill_parts(near, place);
    const std::vector<double>&upwards = near.upwards[place], &downwards = near.downwards[place];
    const auto up = static_cast<std::ptrdiff_t>(upwards.size()), down = static_cast<std::ptrdiff_t>(downwards.size());
    const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, own - up + 1), end = std::min(last, own + down - 1) + 1;
    if (first >= end) continue;
    budget -= end - first;
    const auto part_of = [&](std::ptrdiff_t b) {
      return b <= own ? upwards[static_cast<std::size_t>(own - b)] : downwards[static_cast<std::size_t>(b - own)];
    };
    // First those that reach furthest: they cover most of what the rest would add.
    std::ptrdiff_t left = first, right = first;
    double least = kInfinity, most = -kInfinity;
    for (std::ptrdiff_t b = first; b < end; ++b) {
      const double part = part_of(b);
      const double lo = section.u_low(static_cast<std::size_t>(b)) - of_.low_[0] * part;
      const double hi = section.u_high(static_cast<std::size_t>(b)) + of_.high_[0] * part;
      if (lo < least) least = lo, left = b;
      if (hi > most) most = hi, right = b;
    }
    if (covers(out, least, most)) continue;
    take_band(near, static_cast<std::size_t>(left), v, part_of(left), out, budget);
    if (right != left) take_band(near, static_cast<std::size_t>(right), v, part_of(right), out, budget);
    for (std::ptrdiff_t b = first; b < end; ++b) {
      if (b == left || b == right) continue;
      const double part = part_of(b);
      const auto at = static_cast<std::size_t>(b);
      if (covers(out, section.u_low(at) - of_.low_[0] * part, section.u_high(at) + of_.high_[0] * part)) continue;
      take_band(near, at, v, part, out, budget);
    }
  }
}

double Expansion::beyond_axes(const Eigen::Vector3d& towards) const {
  double most = -kInfinity;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double d = towards[static_cast<Eigen::Index>(axis)];
    most = std::max(most, std::abs(d) - (d > 0.0 ? high_[axis] : low_[axis]));
  }
  return most;
}

Expansion::Nearest Expansion::nearest(const Eigen::Vector3d& p, double enough, std::int64_t& budget) const {
  Nearest best;
  double best2 = kInfinity;
  const double enough2 = enough * enough;
  const auto weight = [&](double d, std::size_t axis) {
    const double m = std::max(d > 0.0 ? high_[axis] : low_[axis], kLeastMargin);
    return 1.0 / (m * m);
  };
  const Eigen::Vector2d at_p(p.x(), p.y());
  const auto meet_edge = [&](const SectionIndex::Edge& edge, double dz, double g2) {
    const Eigen::Vector2d d0 = at_p - edge.from, e = edge.to - edge.from;
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
  };
  const auto meet = [&](std::size_t n) {
    const SectionIndex& section = sections_[n];
    const auto [lo, hi] = reach_[n];
    const double dz = p.z() > hi ? p.z() - hi : p.z() < lo ? p.z() - lo : 0.0;
    const double g2 = dz * dz * weight(dz, 2);
    if (g2 >= best2 || best2 <= enough2 || section.empty()) return;
    if (section.inside(at_p, budget)) {
      best2 = g2;
      best.towards = {0.0, 0.0, dz};
      return;
    }
    // Bands outwards from the point's own; false: this one and all beyond it are too far.
    const auto last = static_cast<std::ptrdiff_t>(section.bands()) - 1;
    const auto meet_band = [&](std::ptrdiff_t b) {
      const auto band = static_cast<std::size_t>(b);
      const double v0 = section.low() + static_cast<double>(b) * section.band(), v1 = v0 + section.band();
      const double dv = p.y() > v1 ? p.y() - v1 : p.y() < v0 ? p.y() - v0 : 0.0;
      const double across2 = g2 + dv * dv * weight(dv, 1);
      if (across2 >= best2 || best2 <= enough2) return false;
      const double u0 = section.u_low(band), u1 = section.u_high(band);
      const double du = p.x() > u1 ? p.x() - u1 : p.x() < u0 ? p.x() - u0 : 0.0;
      if (across2 + du * du * weight(du, 0) >= best2) return true;
      section.each_edge(band, [&](std::size_t, const SectionIndex::Edge& edge) {
        budget -= 4;
        meet_edge(edge, dz, g2);
      });
      return true;
    };
    const std::ptrdiff_t own = std::clamp<std::ptrdiff_t>(section.band_of(p.y()), 0, last);
    bool up = meet_band(own), down = up;
    for (std::ptrdiff_t k = 1; up || down; ++k) {
      up = up && own + k <= last && meet_band(own + k);
      down = down && own - k >= 0 && meet_band(own - k);
    }
  };
  // The slabs from the nearest on: each is left at once when it is too far along the axis.
  const auto& slabs = stack_.slabs;
  const auto start = static_cast<std::size_t>(
      std::lower_bound(slabs.begin(), slabs.end(), p.z(), [](const Slab& s, double z) { return s.hi < z; }) -
      slabs.begin());
  for (std::size_t n = start; n < slabs.size(); ++n) meet(n);
  for (std::size_t n = start; n > 0; --n) meet(n - 1);
  best.gauge = std::sqrt(best2);
  return best;
}

}  // namespace dosegate
