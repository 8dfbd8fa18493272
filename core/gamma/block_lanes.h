// What block.cpp and block_avx2.cpp compile: the same operations on the same numbers, so the same results to the bit.
// Not to be included elsewhere.
#pragma once

#include <bit>
#include <cmath>
#include <cstring>

#include "core/gamma/block.h"

namespace dosegate::gamma {
namespace {

// Rows of four values, and all eight cells: one vector of eight lanes, or two of four.
using Four = float __attribute__((vector_size(16)));
#if defined(__AVX2__)
constexpr int kHalves = 1;
using Lanes = float __attribute__((vector_size(32)));
using Mask = std::int32_t __attribute__((vector_size(32)));
inline Lanes joined(Four below, Four above) { return __builtin_shufflevector(below, above, 0, 1, 2, 3, 4, 5, 6, 7); }
inline Lanes all(float x) { return Lanes{x, x, x, x, x, x, x, x}; }
#else
constexpr int kHalves = 2;
using Lanes = Four;
using Mask = std::int32_t __attribute__((vector_size(16)));
inline Lanes all(float x) { return Lanes{x, x, x, x}; }
#endif
constexpr int kLanes = 8 / kHalves;

constexpr float kUnit = 0x1p-24F;  // relative rounding of one operation

inline Lanes least(Lanes a, Lanes b) { return a < b ? a : b; }
inline Lanes most(Lanes a, Lanes b) { return a > b ? a : b; }
inline Lanes clamped(Lanes x, Lanes lo, Lanes hi) { return least(most(x, lo), hi); }
inline Lanes magnitude(Lanes x) { return most(x, -x); }
inline Four row(const float* at) {
  Four out;
  std::memcpy(&out, at, sizeof out);
  return out;
}
// From rows that start one voxel before the node: lanes (-, +, -, +) along x of two rows.
inline Four sides(Four a, Four b) { return __builtin_shufflevector(a, b, 0, 2, 4, 6); }
inline Four middles(Four a, Four b) { return __builtin_shufflevector(a, b, 1, 1, 5, 5); }
// Of the cells below and above the node along z: the part that half `n` has.
inline Lanes part_of(Four below, Four above, [[maybe_unused]] int n) {
#if defined(__AVX2__)
  return joined(below, above);
#else
  return n == 0 ? below : above;
#endif
}
inline Four least(Four a, Four b, [[maybe_unused]] int of_four) { return a < b ? a : b; }
inline float least_of(Lanes x) {
#if defined(__AVX2__)
  Four four = least(__builtin_shufflevector(x, x, 0, 1, 2, 3), __builtin_shufflevector(x, x, 4, 5, 6, 7), 4);
#else
  Four four = x;
#endif
  four = least(four, __builtin_shufflevector(four, four, 2, 3, 0, 1), 4);
  four = least(four, __builtin_shufflevector(four, four, 1, 0, 3, 2), 4);
  return four[0];
}
inline float most_of(Lanes x) { return -least_of(-x); }
// The number of the first lane that holds `x`; kLanes: none does.
inline int first_of(Lanes lanes, float x) {
#if defined(__AVX2__)
  return std::countr_zero(static_cast<unsigned>(__builtin_ia32_movmskps256(Lanes(lanes == all(x)))) | 1U << kLanes);
#elif defined(__SSE2__)
  return std::countr_zero(static_cast<unsigned>(__builtin_ia32_movmskps(Lanes(lanes == all(x)))) | 1U << kLanes);
#else
  int n = 0;
  while (n < kLanes && lanes[n] != x) ++n;
  return n;
#endif
}
// As TrilinearCell, from the node, u signed.
struct Cells {
  Lanes f, gx, gy, gz, hxy, hxz, hyz, t;
};
struct Value {
  Lanes v, gx, gy, gz, hxy, hxz, hyz;
};
inline Value value_at(const Cells& c, Lanes x, Lanes y, Lanes z) {
  Value e;
  e.hxy = c.hxy + c.t * z;
  e.hxz = c.hxz + c.t * y;
  e.hyz = c.hyz + c.t * x;
  e.gx = c.gx + c.hxy * y + z * e.hxz;
  e.gy = c.gy + c.hxy * x + z * e.hyz;
  e.gz = c.gz + c.hxz * x + y * e.hyz;
  e.v = c.f + x * e.gx + y * (c.gy + c.hyz * z) + c.gz * z;
  return e;
}

struct Point {
  Lanes x, y, z;
};
inline Lanes squared(const Point& p) { return p.x * p.x + p.y * p.y + p.z * p.z; }

struct Half {
  Cells c;
  Point lo, hi;          // of the cells, relative to the reference point and no further than the reach
  Mask empty;            // none of the cell is that near
  Point at;              // where the search is
  Lanes s, bound, seen;  // seen: the least gamma^2
  Point seen_at;
};

// One step towards the least of the plane at `at`; s as in least_of_plane().
inline void step(const Value& e, Half& h) {
  const Lanes r = e.v - e.gx * h.at.x - e.gy * h.at.y - e.gz * h.at.z;
  const Point next = {clamped(-h.s * e.gx, h.lo.x, h.hi.x), clamped(-h.s * e.gy, h.lo.y, h.hi.y),
                      clamped(-h.s * e.gz, h.lo.z, h.hi.z)};
  const Lanes zero = all(0.0F);
  const Lanes slope = all(1.0F) + (next.x == -h.s * e.gx ? e.gx * e.gx : zero) +
                      (next.y == -h.s * e.gy ? e.gy * e.gy : zero) + (next.z == -h.s * e.gz ? e.gz * e.gz : zero);
  h.s += (r - h.s + e.gx * next.x + e.gy * next.y + e.gz * next.z) / slope;
}
inline void move(const Value& e, Half& h) {
  h.at = {clamped(-h.s * e.gx, h.lo.x, h.hi.x), clamped(-h.s * e.gy, h.lo.y, h.hi.y),
          clamped(-h.s * e.gz, h.lo.z, h.hi.z)};
}

inline void see(const Value& e, Half& h) {
  const Lanes g2 = h.empty ? all(1e30F) : squared(h.at) + e.v * e.v;
  const Mask better = g2 < h.seen;
  h.seen = better ? g2 : h.seen;
  h.seen_at = {better ? h.at.x : h.seen_at.x, better ? h.at.y : h.seen_at.y, better ? h.at.z : h.seen_at.z};
}

// As lower_bound() of trilinear_cell.h; where a cell bends too much, none.
inline void bind(const Value& e, Half& h) {
  const Point below = {h.lo.x - h.at.x, h.lo.y - h.at.y, h.lo.z - h.at.z};
  const Point above = {h.hi.x - h.at.x, h.hi.y - h.at.y, h.hi.z - h.at.z};
  const Lanes t = magnitude(h.c.t), steep = magnitude(h.s);
  const Lanes xy = magnitude(e.hxy) + t * most(-below.z, above.z), xz = magnitude(e.hxz) + t * most(-below.y, above.y);
  const Lanes yz = magnitude(e.hyz) + t * most(-below.x, above.x);
  const Lanes one = all(1.0F), little = all(0.01F);
  const Lanes bx = one - steep * (xy + xz), by = one - steep * (xy + yz), bz = one - steep * (xz + yz);
  const Mask bent = (bx < little) | (by < little) | (bz < little);
  const auto part = [&](Lanes at, Lanes g, Lanes bend, Lanes lo, Lanes hi) {
    const Lanes half = at + h.s * g;
    const Lanes w = clamped(-half / most(bend, little), lo, hi);
    return w * (half + half + bend * w);
  };
  h.bound = squared(h.at) + h.s * (e.v + e.v - h.s) + part(h.at.x, e.gx, bx, below.x, above.x) +
            part(h.at.y, e.gy, by, below.y, above.y) + part(h.at.z, e.gz, bz, below.z, above.z);
  h.bound = bent ? all(-1.0F) : h.bound;
}

inline Block look(const Field& field, const std::array<std::uint32_t, 3>& node, const Vec3& p, double dose,
                  double per_dose) {
  const std::ptrdiff_t sy = static_cast<std::ptrdiff_t>(field.node_stride(1));
  const std::ptrdiff_t sz = static_cast<std::ptrdiff_t>(field.node_stride(2));
  const float* const centre = field.corner(node[0], node[1], node[2]) - 1;
  float m[3], below[3], above[3], per_below[3], per_above[3];
  for (std::size_t a = 0; a < 3; ++a) {
    const double* x = field.nodes(a) + node[a];
    m[a] = static_cast<float>(x[0] - p[a]);
    below[a] = static_cast<float>(x[-1] - x[0]);
    above[a] = static_cast<float>(x[1] - x[0]);
    per_below[a] = static_cast<float>(-field.per_width(a)[node[a] - 1]);
    per_above[a] = static_cast<float>(field.per_width(a)[node[a]]);
  }
  const auto gy = static_cast<float>(dose), per = static_cast<float>(per_dose);
  const Lanes mx = all(m[0]), my = all(m[1]), mz = all(m[2]);
  const auto along_x = [](float lower, float upper) {
    const Four out = {lower, upper, lower, upper};
    return part_of(out, out, 0);
  };
  const auto along_y = [](float lower, float upper) {
    const Four out = {lower, lower, upper, upper};
    return part_of(out, out, 0);
  };
  const auto along_z = [](float lower, float upper, int n) {
    return part_of(Four{lower, lower, lower, lower}, Four{upper, upper, upper, upper}, n);
  };
  const Lanes px = along_x(per_below[0], per_above[0]), py = along_y(per_below[1], per_above[1]);
  const Lanes zero = all(0.0F);
  const Four level0 = row(centre), down0 = row(centre - sy), up0 = row(centre + sy);
  const Four sides0 = sides(level0, level0), middles0 = middles(down0, up0), corners0 = sides(down0, up0);
  const Lanes c1 = part_of(sides0, sides0, 0), c2 = part_of(middles0, middles0, 0), c3 = part_of(corners0, corners0, 0);
  const Lanes c0 = all(level0[1]);
  const Lanes dx = c1 - c0, dy = c2 - c0, dxy = (c3 - c2) - dx;
  const Lanes px_gy = px * all(per), pxy_gy = px_gy * py;
  Lanes spread = most(most(magnitude(dx), magnitude(dy)), magnitude(c3 - c2));

  struct Level {
    Four at, sides, middles, corners;
  };
  const auto level = [&](std::ptrdiff_t off) {
    const Four at = row(centre + off), down = row(centre + off - sy), up = row(centre + off + sy);
    return Level{Four{at[1], at[1], at[1], at[1]}, sides(at, at), middles(down, up), sides(down, up)};
  };
  const Level lower = level(-sz), upper = level(sz);
  Half half[kHalves];
  for (int n = 0; n < kHalves; ++n) {
    Half& h = half[n];
    const Lanes pz = along_z(per_below[2], per_above[2], n);
    const Lanes c4 = part_of(lower.at, upper.at, n), c5 = part_of(lower.sides, upper.sides, n);
    const Lanes c6 = part_of(lower.middles, upper.middles, n), c7 = part_of(lower.corners, upper.corners, n);
    const Lanes dz = c4 - c0, dx_up = c5 - c4, dy_up = c6 - c4;
    h.c.f = (c0 - all(gy)) * all(per);
    h.c.gx = dx * px_gy;
    h.c.gy = dy * (py * all(per));
    h.c.gz = dz * (pz * all(per));
    h.c.hxy = dxy * pxy_gy;
    h.c.hxz = (dx_up - dx) * (px_gy * pz);
    h.c.hyz = (dy_up - dy) * (py * pz * all(per));
    h.c.t = (((c7 - c6) - dx_up) - dxy) * (pxy_gy * pz);
    spread = most(spread, most(most(magnitude(dz), magnitude(dx_up)), most(magnitude(dy_up), magnitude(c7 - c6))));
    h.lo = {along_x(below[0], 0.0F) + mx, along_y(below[1], 0.0F) + my, along_z(below[2], 0.0F, n) + mz};
    h.hi = {along_x(0.0F, above[0]) + mx, along_y(0.0F, above[1]) + my, along_z(0.0F, above[2], n) + mz};
    h.empty = Mask{};
    h.seen = all(1e30F);
    h.at = {clamped(zero, h.lo.x, h.hi.x), clamped(zero, h.lo.y, h.hi.y), clamped(zero, h.lo.z, h.hi.z)};
    h.seen_at = h.at;
  }
  // At the point of each cell that is nearest: how far anything better may be.
  Value e[kHalves];
  for (int n = 0; n < kHalves; ++n) {
    Half& h = half[n];
    e[n] = value_at(h.c, h.at.x - mx, h.at.y - my, h.at.z - mz);
    see(e[n], h);
  }
  const auto narrow = [&](float within) {
    const Lanes far = all(within * 1.000001F);
    for (Half& h : half) {
      h.lo = {most(h.lo.x, -far), most(h.lo.y, -far), most(h.lo.z, -far)};
      h.hi = {least(h.hi.x, far), least(h.hi.y, far), least(h.hi.z, far)};
      h.empty = (h.lo.x > h.hi.x) | (h.lo.y > h.hi.y) | (h.lo.z > h.hi.z);
    }
  };
  const auto nearest = [&] { return std::sqrt(least_of(least(half[0].seen, half[kHalves - 1].seen))); };
  const float reach = nearest();  // of all places that are tried
  narrow(reach);
  for (int n = 0; n < kHalves; ++n) {
    Half& h = half[n];
    const Value& v = e[n];
    h.s = (v.v - v.gx * h.at.x - v.gy * h.at.y - v.gz * h.at.z) / (all(1.0F) + v.gx * v.gx + v.gy * v.gy + v.gz * v.gz);
    step(v, h);
    move(v, h);
    e[n] = value_at(h.c, h.at.x - mx, h.at.y - my, h.at.z - mz);
    see(e[n], h);
    step(e[n], h);
  }
  // Anything better is nearer than what was found, and fits better: with no more than that for s, cells bend less.
  const float found = nearest();
  narrow(found);
  for (int n = 0; n < kHalves; ++n) {
    half[n].s = clamped(half[n].s, all(-found), all(found));
    bind(e[n], half[n]);
  }
  // Rounding, README.md: of the dose in the part of the cells that is within reach, times twice the residual.
  const float b = most_of(spread) * per;
  float share = 0.0F;  // of a cell's width that is within reach of the node
  for (std::size_t a = 0; a < 3; ++a) {
    share = std::fmax(share, (reach + std::fabs(m[a])) * std::fmax(-per_below[a], per_above[a]));
  }
  share = std::fmin(share, 1.0F);
  const float of_dose =
      kUnit * (8.0F * std::fabs(half[0].c.f[0]) + b * (8.0F + share * (48.0F + share * (96.0F + share * 64.0F))));
  Block out;
  Lanes bounds[kHalves];
  for (int n = 0; n < kHalves; ++n) {
    const Half& h = half[n];
    const Lanes s = magnitude(h.s);
    const Lanes rounding = s * all(8.0F * of_dose) + all(32.0F * kUnit) * (all(reach * reach) + s * s);
    bounds[n] = h.empty ? all(1e30F) : h.bound - rounding;
    std::memcpy(out.bound.data() + n * kLanes, &bounds[n], sizeof bounds[n]);
  }
  out.least_bound = least_of(least(bounds[0], bounds[kHalves - 1]));
  const float seen = least_of(least(half[0].seen, half[kHalves - 1].seen));
  int best = first_of(half[0].seen, seen);
  if (best == kLanes) best += first_of(half[kHalves - 1].seen, seen);
  out.best = static_cast<std::size_t>(best);
  const Half& h = half[out.best / kLanes];
  const auto lane = static_cast<int>(out.best % kLanes);
  out.best_at = {static_cast<double>(h.seen_at.x[lane]), static_cast<double>(h.seen_at.y[lane]),
                 static_cast<double>(h.seen_at.z[lane])};
  return out;
}

}  // namespace
}  // namespace dosegate::gamma
