#include "core/gamma/inside_mask.h"

#include <algorithm>

namespace dosegate::gamma {
namespace {

const Slab* slab_at(const SlabStack& stack, double w) {
  const auto after = std::upper_bound(stack.slabs.begin(), stack.slabs.end(), w,
                                      [](double at, const Slab& slab) { return at < slab.hi; });
  return after != stack.slabs.end() && w >= after->lo ? &*after : nullptr;
}

constexpr std::size_t kSidesAStep = 32;  // of work: a side of a ring is looked at in some nanoseconds

// Flips inside[n] of every u[n] behind a crossing of the line at v; even-odd over all rings of the section.
void even_odd(const Section& section, double v, std::span<const double> u, std::vector<std::uint8_t>& inside,
              CancelPoint& cancel_point) {
  inside.assign(u.size(), 0);
  if (section == nullptr) return;
  for (const Ring& ring : *section) {
    cancel_point.step(1 + ring.size() / kSidesAStep);
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Eigen::Vector2d &a = ring[i], &b = ring[i + 1 == ring.size() ? 0 : i + 1];
      if ((a.y() > v) == (b.y() > v)) continue;
      const double at = a.x() + (v - a.y()) / (b.y() - a.y()) * (b.x() - a.x());
      const auto from = std::lower_bound(u.begin(), u.end(), at) - u.begin();
      if (from < static_cast<std::ptrdiff_t>(u.size())) inside[static_cast<std::size_t>(from)] ^= 1;
    }
  }
  for (std::size_t n = 1; n < u.size(); ++n) inside[n] ^= inside[n - 1];
}

// Of one line of ascending u. Throws Cancelled.
class Line {
 public:
  explicit Line(const Host& host) : cancel_point_(host.workers) {}

  const std::vector<std::uint8_t>& look(const Slab& slab, double v, std::span<const double> u) {
    even_odd(slab.include, v, u, in_, cancel_point_);
    const auto combine = [&](const std::vector<Section>& sections, const auto& f) {
      for (const Section& section : sections) {
        even_odd(section, v, u, other_, cancel_point_);
        for (std::size_t n = 0; n < u.size(); ++n) in_[n] = f(in_[n], other_[n]);
      }
    };
    using Bit = std::uint8_t;
    combine(slab.also, [](Bit a, Bit b) { return static_cast<Bit>(a | b); });
    combine(slab.within, [](Bit a, Bit b) { return static_cast<Bit>(a & b); });
    combine(slab.exclude, [](Bit a, Bit b) { return static_cast<Bit>(a & (b ^ 1)); });
    return in_;
  }

 private:
  CancelPoint cancel_point_;
  std::vector<std::uint8_t> in_, other_;
};

}  // namespace

bool mark_inside(const SlabStack& stack, const std::array<std::vector<double>, 3>& axes, const Host& host,
                 std::vector<std::uint8_t>& mask) {
  const auto u_axis = static_cast<std::size_t>(stack.u_axis()), v_axis = static_cast<std::size_t>(stack.v_axis());
  const auto w_axis = static_cast<std::size_t>(stack.axis);
  const std::array<std::size_t, 3> stride = {1, axes[0].size(), axes[0].size() * axes[1].size()};
  const std::vector<double>&u = axes[u_axis], &v = axes[v_axis], &w = axes[w_axis];
  return parallel_for(host, w.size(), [&](std::size_t k) {
    const Slab* slab = slab_at(stack, w[k]);
    if (slab == nullptr) return;
    Line line(host);
    for (std::size_t j = 0; j < v.size(); ++j) {
      const auto& inside = line.look(*slab, v[j], u);
      std::uint8_t* to = mask.data() + k * stride[w_axis] + j * stride[v_axis];
      for (std::size_t i = 0; i < u.size(); ++i) to[i * stride[u_axis]] |= inside[i];
    }
  });
}

bool mark_inside(const SlabStack& stack, std::span<const Eigen::Vector3d> points, const Host& host,
                 std::vector<std::uint8_t>& mask) {
  constexpr std::size_t kChunk = 256;
  return parallel_for(host, (points.size() + kChunk - 1) / kChunk, [&](std::size_t chunk) {
    Line line(host);
    for (std::size_t n = chunk * kChunk; n < std::min(points.size(), (chunk + 1) * kChunk); ++n) {
      const Eigen::Vector3d p = stack.frame.to_grid(points[n]);
      const Slab* slab = slab_at(stack, p[number_of(stack.axis)]);
      if (slab == nullptr) continue;
      const double u = p[number_of(stack.u_axis())];
      mask[n] |= line.look(*slab, p[number_of(stack.v_axis())], {&u, 1})[0];
    }
  });
}

}  // namespace dosegate::gamma
