#include "core/gamma/block.h"

#include <cmath>
#include <cstring>

namespace dosegate::gamma {
namespace {

// Four cells: those below the node along z, or those above.
using Four = float __attribute__((vector_size(16)));
using Mask = std::int32_t __attribute__((vector_size(16)));

constexpr float kUnit = 0x1p-24F;  // relative rounding of one operation

Four all(float x) { return Four{x, x, x, x}; }
Four least(Four a, Four b) { return a < b ? a : b; }
Four most(Four a, Four b) { return a > b ? a : b; }
Four clamped(Four x, Four lo, Four hi) { return least(most(x, lo), hi); }
Four magnitude(Four x) { return most(x, -x); }
Four row(const float* at) {
  Four out;
  std::memcpy(&out, at, sizeof out);
  return out;
}
// From rows that start one voxel before the node: lanes (-, +, -, +) along x of two rows.
Four sides(Four a, Four b) { return __builtin_shufflevector(a, b, 0, 2, 4, 6); }
Four middles(Four a, Four b) { return __builtin_shufflevector(a, b, 1, 1, 5, 5); }
float least_of(Four x) { return std::fmin(std::fmin(x[0], x[1]), std::fmin(x[2], x[3])); }
float most_of(Four x) { return std::fmax(std::fmax(x[0], x[1]), std::fmax(x[2], x[3])); }

// As TrilinearCell, from the node, u signed.
struct Cells {
  Four f, gx, gy, gz, hxy, hxz, hyz, t;
};
struct Value {
  Four v, gx, gy, gz, hxy, hxz, hyz;
};
Value value_at(const Cells& c, Four x, Four y, Four z) {
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
  Four x, y, z;
};
Four squared(const Point& p) { return p.x * p.x + p.y * p.y + p.z * p.z; }

struct Half {
  Cells c;
  Point lo, hi;         // of the cells, relative to the reference point and no further than the reach
  Mask empty;           // none of the cell is that near
  Point at;             // where the search is
  Four s, bound, seen;  // seen: the least gamma^2
  Point seen_at;
};

// One step towards the least of the plane at `at`; s as in least_of_plane().
void step(const Value& e, Half& h) {
  const Four r = e.v - e.gx * h.at.x - e.gy * h.at.y - e.gz * h.at.z;
  const Point next = {clamped(-h.s * e.gx, h.lo.x, h.hi.x), clamped(-h.s * e.gy, h.lo.y, h.hi.y),
                      clamped(-h.s * e.gz, h.lo.z, h.hi.z)};
  const Four zero = all(0.0F);
  const Four slope = all(1.0F) + (next.x == -h.s * e.gx ? e.gx * e.gx : zero) +
                     (next.y == -h.s * e.gy ? e.gy * e.gy : zero) + (next.z == -h.s * e.gz ? e.gz * e.gz : zero);
  h.s += (r - h.s + e.gx * next.x + e.gy * next.y + e.gz * next.z) / slope;
}
void move(const Value& e, Half& h) {
  h.at = {clamped(-h.s * e.gx, h.lo.x, h.hi.x), clamped(-h.s * e.gy, h.lo.y, h.hi.y),
          clamped(-h.s * e.gz, h.lo.z, h.hi.z)};
}

void see(const Value& e, Half& h) {
  const Four g2 = h.empty ? all(1e30F) : squared(h.at) + e.v * e.v;
  const Mask better = g2 < h.seen;
  h.seen = better ? g2 : h.seen;
  h.seen_at = {better ? h.at.x : h.seen_at.x, better ? h.at.y : h.seen_at.y, better ? h.at.z : h.seen_at.z};
}

// As lower_bound() of trilinear_cell.h; where a cell bends too much, none.
void bind(const Value& e, Half& h) {
  const Point below = {h.lo.x - h.at.x, h.lo.y - h.at.y, h.lo.z - h.at.z};
  const Point above = {h.hi.x - h.at.x, h.hi.y - h.at.y, h.hi.z - h.at.z};
  const Four t = magnitude(h.c.t), steep = magnitude(h.s);
  const Four xy = magnitude(e.hxy) + t * most(-below.z, above.z), xz = magnitude(e.hxz) + t * most(-below.y, above.y);
  const Four yz = magnitude(e.hyz) + t * most(-below.x, above.x);
  const Four one = all(1.0F), little = all(0.01F);
  const Four bx = one - steep * (xy + xz), by = one - steep * (xy + yz), bz = one - steep * (xz + yz);
  const Mask bent = (bx < little) | (by < little) | (bz < little);
  const auto part = [&](Four at, Four g, Four bend, Four lo, Four hi) {
    const Four half = at + h.s * g;
    const Four w = clamped(-half / most(bend, little), lo, hi);
    return w * (half + half + bend * w);
  };
  h.bound = squared(h.at) + h.s * (e.v + e.v - h.s) + part(h.at.x, e.gx, bx, below.x, above.x) +
            part(h.at.y, e.gy, by, below.y, above.y) + part(h.at.z, e.gz, bz, below.z, above.z);
  h.bound = bent ? all(-1.0F) : h.bound;
}

}  // namespace

Block look_at_block(const Field& field, const std::array<std::uint32_t, 3>& node, const Vec3& p, double dose,
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
  const Four mx = all(m[0]), my = all(m[1]), mz = all(m[2]);
  const Four px = {per_below[0], per_above[0], per_below[0], per_above[0]};
  const Four py = {per_below[1], per_below[1], per_above[1], per_above[1]};
  const Four zero = all(0.0F);
  const Four level0 = row(centre), down0 = row(centre - sy), up0 = row(centre + sy);
  const Four c1 = sides(level0, level0), c2 = middles(down0, up0), c3 = sides(down0, up0), c0 = all(level0[1]);
  const Four dx = c1 - c0, dy = c2 - c0, dxy = (c3 - c2) - dx;
  const Four px_gy = px * all(per), pxy_gy = px_gy * py;
  Four spread = most(most(magnitude(dx), magnitude(dy)), magnitude(c3 - c2));

  Half half[2];
  for (int n = 0; n < 2; ++n) {
    Half& h = half[n];
    const float* z = centre + (n == 0 ? -sz : sz);
    const Four level = row(z), down = row(z - sy), up = row(z + sy);
    const Four pz = all(n == 0 ? per_below[2] : per_above[2]);
    const Four c4 = all(level[1]), c5 = sides(level, level), c6 = middles(down, up), c7 = sides(down, up);
    const Four dz = c4 - c0, dx_up = c5 - c4, dy_up = c6 - c4;
    h.c.f = (c0 - all(gy)) * all(per);
    h.c.gx = dx * px_gy;
    h.c.gy = dy * (py * all(per));
    h.c.gz = dz * (pz * all(per));
    h.c.hxy = dxy * pxy_gy;
    h.c.hxz = (dx_up - dx) * (px_gy * pz);
    h.c.hyz = (dy_up - dy) * (py * pz * all(per));
    h.c.t = (((c7 - c6) - dx_up) - dxy) * (pxy_gy * pz);
    spread = most(spread, most(most(magnitude(dz), magnitude(dx_up)), most(magnitude(dy_up), magnitude(c7 - c6))));
    h.lo = {Four{below[0], 0, below[0], 0} + mx, Four{below[1], below[1], 0, 0} + my,
            (n == 0 ? all(below[2]) : zero) + mz};
    h.hi = {Four{0, above[0], 0, above[0]} + mx, Four{0, 0, above[1], above[1]} + my,
            (n == 0 ? zero : all(above[2])) + mz};
    h.empty = Mask{};
    h.seen = all(1e30F);
    h.at = {clamped(zero, h.lo.x, h.hi.x), clamped(zero, h.lo.y, h.hi.y), clamped(zero, h.lo.z, h.hi.z)};
    h.seen_at = h.at;
  }
  // At the point of each cell that is nearest: how far anything better may be.
  Value e[2];
  for (int n = 0; n < 2; ++n) {
    Half& h = half[n];
    e[n] = value_at(h.c, h.at.x - mx, h.at.y - my, h.at.z - mz);
    see(e[n], h);
  }
  const float reach = std::sqrt(least_of(least(half[0].seen, half[1].seen)));
  const Four far = all(reach * 1.000001F);
  for (int n = 0; n < 2; ++n) {
    Half& h = half[n];
    h.lo = {most(h.lo.x, -far), most(h.lo.y, -far), most(h.lo.z, -far)};
    h.hi = {least(h.hi.x, far), least(h.hi.y, far), least(h.hi.z, far)};
    h.empty = (h.lo.x > h.hi.x) | (h.lo.y > h.hi.y) | (h.lo.z > h.hi.z);
    const Value& v = e[n];
    h.s = (v.v - v.gx * h.at.x - v.gy * h.at.y - v.gz * h.at.z) / (all(1.0F) + v.gx * v.gx + v.gy * v.gy + v.gz * v.gz);
    step(v, h);
    move(v, h);
    const Value there = value_at(h.c, h.at.x - mx, h.at.y - my, h.at.z - mz);
    see(there, h);
    step(there, h);
    bind(there, h);
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
  float seen = 1e30F;
  for (int n = 0; n < 2; ++n) {
    const Half& h = half[n];
    const Four s = magnitude(h.s);
    const Four rounding = s * all(8.0F * of_dose) + all(32.0F * kUnit) * (all(reach * reach) + s * s);
    const Four bound = h.empty ? all(1e30F) : h.bound - rounding;
    for (std::size_t lane = 0; lane < 4; ++lane) {
      const std::size_t id = static_cast<std::size_t>(n) * 4 + lane;
      out.bound[id] = bound[lane];
      if (h.seen[lane] < seen) {
        seen = h.seen[lane];
        out.best = id;
        out.best_at = {static_cast<double>(h.seen_at.x[lane]), static_cast<double>(h.seen_at.y[lane]),
                       static_cast<double>(h.seen_at.z[lane])};
      }
    }
  }
  return out;
}

}  // namespace dosegate::gamma
