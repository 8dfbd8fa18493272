// What batch.cpp and its variants for wider registers compile. Lanes are independent of each other, and what is done in
// one is the same in all variants: the same results to the bit. Not to be included elsewhere.
#pragma once

#include <bit>
#include <cmath>
#include <cstring>

#include "core/gamma/batch.h"
#include "core/gamma/rounded.h"

namespace dosegate::gamma {
namespace {

#if defined(__AVX512VL__)
constexpr std::size_t kWidth = 16;
#elif defined(__AVX2__)
constexpr std::size_t kWidth = 8;
#else
constexpr std::size_t kWidth = 4;
#endif
using Lanes = float __attribute__((vector_size(4 * kWidth)));
using Mask = std::int32_t __attribute__((vector_size(4 * kWidth)));

constexpr float kUnit = 0x1p-24F;  // relative rounding of one operation

inline Lanes all(float x) { return x - Lanes{}; }
inline Lanes least(Lanes a, Lanes b) { return a < b ? a : b; }
inline Lanes most(Lanes a, Lanes b) { return a > b ? a : b; }
inline Lanes clamped(Lanes x, Lanes lo, Lanes hi) { return least(most(x, lo), hi); }
inline Lanes magnitude(Lanes x) { return std::bit_cast<Lanes>(std::bit_cast<Mask>(x) & 0x7fffffff); }
inline Lanes root(Lanes x) {
  Lanes out;
  for (std::size_t n = 0; n < kWidth; ++n) out[n] = std::sqrt(x[n]);
  return out;
}
inline Lanes load(const float* at) {
  Lanes out;
  std::memcpy(&out, at, sizeof out);
  return out;
}
inline void store(float* at, Lanes x) { std::memcpy(at, &x, sizeof x); }

struct Triple {
  Lanes x, y, z;
};
inline Lanes dot(const Triple& a, const Triple& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

// As TrilinearCell: from the nearest voxel centre into the cell where gamma is least, u from 0 on.
struct NearCell {
  Lanes f, gx, gy, gz, hxy, hxz, hyz, t;
};
struct Here {
  Lanes v;
  Triple g;
};
inline Here value_at(const NearCell& c, const Triple& u) {
  Here e;
  const Lanes hxz = c.hxz + c.t * u.y, hyz = c.hyz + c.t * u.x;
  e.g.x = c.gx + c.hxy * u.y + u.z * hxz;
  e.g.y = c.gy + c.hxy * u.x + u.z * hyz;
  e.g.z = c.gz + c.hxz * u.x + u.y * hyz;
  e.v = c.f + u.x * e.g.x + u.y * (c.gy + c.hyz * u.z) + c.gz * u.z;
  return e;
}

// In single precision, of as many lanes as there are in a register.
struct InFloats {
  alignas(64) float middle[3][kLanes], per_below[3][kLanes], per_above[3][kLanes], below[3][kLanes], above[3][kLanes];
  alignas(64) float dose[kLanes], per_dose[kLanes];
  // What comes of it: where gamma was found, as the distance from the voxel centre on the side that is taken (+1, -1);
  // the doses there of the cell's corners; the residual s; what the bound on gamma^2 is less than phi there.
  alignas(64) float u[3][kLanes], side[3][kLanes], corner[8][kLanes], s[kLanes], loss[kLanes];
};

// The part of gamma^2's bound that a step over the face at u = 0 of one axis costs. `l`, `p`: half the slope of phi on
// this side, and (towards the other side) on that one, each but for `open`.
inline Lanes cost_over(Lanes u, Lanes l, Lanes p, Lanes open, Lanes inverse, Lanes gain) {
  const Lanes zero{};
  const Lanes against = most(open - p, zero);
  return most(2.0F * u * most(l + open, zero) + inverse * (against * against) - gain * (u * u), zero);
}

// Largest mixed differences of two axes: at the level of the voxel centre, and below and above it.
struct Mixed {
  Lanes here, beyond;
};

inline void look(const std::array<const float*, 27>& nodes, InFloats& io, float largest, std::size_t at) {
  const auto n = [&](std::size_t x, std::size_t y, std::size_t z) { return load(nodes[9 * z + 3 * y + x] + at); };
  const Lanes zero{}, one = all(1.0F);
  const Lanes dose = load(io.dose + at), per = load(io.per_dose + at);
  const Lanes centre = n(1, 1, 1), f = (centre - dose) * per;
  const Triple m = {load(io.middle[0] + at), load(io.middle[1] + at), load(io.middle[2] + at)};
  const Triple per_below = {load(io.per_below[0] + at), load(io.per_below[1] + at), load(io.per_below[2] + at)};
  const Triple per_above = {load(io.per_above[0] + at), load(io.per_above[1] + at), load(io.per_above[2] + at)};

  // Which of the eight cells: by the mean slope on both sides.
  const auto mean = [&](Lanes below, Lanes above, Lanes per_b, Lanes per_a) {
    return 0.5F * per * ((centre - below) * per_b + (above - centre) * per_a);
  };
  const Triple slope = {mean(n(0, 1, 1), n(2, 1, 1), per_below.x, per_above.x),
                        mean(n(1, 0, 1), n(1, 2, 1), per_below.y, per_above.y),
                        mean(n(1, 1, 0), n(1, 1, 2), per_below.z, per_above.z)};
  Lanes s = (f - dot(slope, m)) / (one + dot(slope, slope));
  const Mask up_x = m.x + s * slope.x < zero, up_y = m.y + s * slope.y < zero, up_z = m.z + s * slope.z < zero;

  // Seen from the voxel centre into that cell: a[x][y][z], 0 the voxel centre, 1 into the cell, 2 the other way.
  Lanes a[3][3][3];
  {
    Lanes b[3][3][3], c[3][3][3];
    for (std::size_t z = 0; z < 3; ++z) {
      for (std::size_t y = 0; y < 3; ++y) {
        const Lanes low = n(0, y, z), high = n(2, y, z);
        b[0][y][z] = n(1, y, z);
        b[1][y][z] = up_x ? high : low;
        b[2][y][z] = up_x ? low : high;
      }
    }
    for (std::size_t z = 0; z < 3; ++z) {
      for (std::size_t x = 0; x < 3; ++x) {
        c[x][0][z] = b[x][1][z];
        c[x][1][z] = up_y ? b[x][2][z] : b[x][0][z];
        c[x][2][z] = up_y ? b[x][0][z] : b[x][2][z];
      }
    }
    for (std::size_t y = 0; y < 3; ++y) {
      for (std::size_t x = 0; x < 3; ++x) {
        a[x][y][0] = c[x][y][1];
        a[x][y][1] = up_z ? c[x][y][2] : c[x][y][0];
        a[x][y][2] = up_z ? c[x][y][0] : c[x][y][2];
      }
    }
  }
  const Triple p = {up_x ? per_above.x : per_below.x, up_y ? per_above.y : per_below.y,
                    up_z ? per_above.z : per_below.z};
  const Triple q = {up_x ? per_below.x : per_above.x, up_y ? per_below.y : per_above.y,
                    up_z ? per_below.z : per_above.z};
  const Triple start = {up_x ? m.x : -m.x, up_y ? m.y : -m.y, up_z ? m.z : -m.z};
  const auto width = [&](std::size_t axis, Mask up) {
    return up ? load(io.above[axis] + at) : load(io.below[axis] + at);
  };
  const Triple end = {width(0, up_x), width(1, up_y), width(2, up_z)};

  NearCell cell;
  const Lanes dx = a[1][0][0] - a[0][0][0], dy = a[0][1][0] - a[0][0][0], dz = a[0][0][1] - a[0][0][0];
  const Lanes dx_y = a[1][1][0] - a[0][1][0], dx_z = a[1][0][1] - a[0][0][1], dy_z = a[0][1][1] - a[0][0][1];
  const Lanes dx_yz = a[1][1][1] - a[0][1][1];
  const Lanes px = p.x * per, py = p.y * per, pxy = px * p.y;
  cell.f = f;
  cell.gx = dx * px;
  cell.gy = dy * py;
  cell.gz = dz * (p.z * per);
  cell.hxy = (dx_y - dx) * pxy;
  cell.hxz = (dx_z - dx) * (px * p.z);
  cell.hyz = (dy_z - dy) * (py * p.z);
  cell.t = ((dx_yz - dx_z) - (dx_y - dx)) * (pxy * p.z);

  // Downhill, from the least of the plane with the mean slopes.
  const auto into = [&](const Triple& g) {
    return Triple{clamped(-s * g.x - start.x, zero, end.x), clamped(-s * g.y - start.y, zero, end.y),
                  clamped(-s * g.z - start.z, zero, end.z)};
  };
  Triple u = into({up_x ? slope.x : -slope.x, up_y ? slope.y : -slope.y, up_z ? slope.z : -slope.z});
  Here e = value_at(cell, u);
  for (int step = 0; step < 3; ++step) {
    const Triple y = {start.x + u.x, start.y + u.y, start.z + u.z};
    const Lanes r = e.v - dot(e.g, y);
    if (step == 0) s = r / (one + dot(e.g, e.g));
    const Triple free = {-s * e.g.x - start.x, -s * e.g.y - start.y, -s * e.g.z - start.z};
    u = {clamped(free.x, zero, end.x), clamped(free.y, zero, end.y), clamped(free.z, zero, end.z)};
    const Lanes steep = one + (u.x == free.x ? e.g.x * e.g.x : zero) + (u.y == free.y ? e.g.y * e.g.y : zero) +
                        (u.z == free.z ? e.g.z * e.g.z : zero);
    s += (r - s + e.g.x * (start.x + u.x) + e.g.y * (start.y + u.y) + e.g.z * (start.z + u.z)) / steep;
    u = into(e.g);
    e = value_at(cell, u);
  }
  s = e.v;

  // How much the eight cells bend, as far as they are in reach.
  const Triple y = {start.x + u.x, start.y + u.y, start.z + u.z};
  const Lanes reach = 1.00001F * root(dot(y, y) + s * s);
  const Triple per_most = {most(per_below.x, per_above.x), most(per_below.y, per_above.y),
                           most(per_below.z, per_above.z)};
  const Triple share = {least((reach + magnitude(m.x)) * per_most.x, one),
                        least((reach + magnitude(m.y)) * per_most.y, one),
                        least((reach + magnitude(m.z)) * per_most.z, one)};
  Lanes along_x[3][2][3];
  Mixed xy = {zero, zero}, xz = xy, yz = xy;
  const auto take = [&](Mixed& mixed, std::size_t level, Lanes d) {
    Lanes& to = level == 1 ? mixed.here : mixed.beyond;
    to = most(to, magnitude(d));
  };
  for (std::size_t z = 0; z < 3; ++z) {
    for (std::size_t y2 = 0; y2 < 3; ++y2) {
      along_x[y2][0][z] = n(1, y2, z) - n(0, y2, z);
      along_x[y2][1][z] = n(2, y2, z) - n(1, y2, z);
    }
  }
  for (std::size_t half = 0; half < 2; ++half) {
    for (std::size_t k = 0; k < 3; ++k) {
      for (std::size_t other = 0; other < 2; ++other) {
        take(xy, k, along_x[other + 1][half][k] - along_x[other][half][k]);
        take(xz, k, along_x[k][half][other + 1] - along_x[k][half][other]);
        take(yz, k, (n(k, half + 1, other + 1) - n(k, half, other + 1)) - (n(k, half + 1, other) - n(k, half, other)));
      }
    }
  }
  const Lanes steep = magnitude(s);
  const Lanes most_v = all(largest) * per;
  const auto bend = [&](const Mixed& mixed, Lanes third, Lanes per_1, Lanes per_2) {
    return steep * (per_1 * per_2) *
           (per * ((one - third) * mixed.here + third * most(mixed.here, mixed.beyond)) + (16.0F * kUnit) * most_v);
  };
  const Lanes bend_xy = bend(xy, share.z, per_most.x, per_most.y), bend_xz = bend(xz, share.y, per_most.x, per_most.z);
  const Lanes bend_yz = bend(yz, share.x, per_most.y, per_most.z);
  const Lanes rho = 1.00001F * most(most(bend_xy + bend_xz, bend_xy + bend_yz), bend_xz + bend_yz);
  const Lanes stiff = one - least(rho, all(0.95F));
  const Lanes inverse = all(1.00001F) / stiff;
  const Lanes gain = stiff - 2.0001F * inverse * (rho * rho);

  // Slopes of phi at the place that was found, on both sides of each face between the cells.
  const Lanes far = most(most(share.x, share.y), share.z);
  const Lanes slope_open = steep * (most_v * kUnit * (8.0F + far * (32.0F + far * 48.0F)));
  const auto open_of = [&](Lanes per_axis, Lanes m_axis) {
    return slope_open * per_axis + (8.0F * kUnit) * (magnitude(m_axis) + reach);
  };
  const Triple open = {open_of(per_most.x, m.x), open_of(per_most.y, m.y), open_of(per_most.z, m.z)};
  const Triple t = {u.x * p.x, u.y * p.y, u.z * p.z};
  // d: doses of this side less those beyond, at the corners of the face.
  const auto towards = [&](Lanes d00, Lanes d10, Lanes d01, Lanes d11, Lanes t1, Lanes t2, Lanes start_axis,
                           Lanes per_axis) {
    const Lanes at10 = d00 + t1 * (d10 - d00), at01 = d00 + t2 * (d01 - d00);
    const Lanes at11 = at10 + t2 * ((d01 + t1 * (d11 - d01)) - at10);
    const Lanes high = most(most(d00, at10), most(at01, at11)), low = least(least(d00, at10), least(at01, at11));
    const Lanes factor = s * (per_axis * per);
    return -start_axis - most(factor * high, factor * low);
  };
  const Triple beyond = {towards(a[0][0][0] - a[2][0][0], a[0][1][0] - a[2][1][0], a[0][0][1] - a[2][0][1],
                                 a[0][1][1] - a[2][1][1], t.y, t.z, start.x, q.x),
                         towards(a[0][0][0] - a[0][2][0], a[1][0][0] - a[1][2][0], a[0][0][1] - a[0][2][1],
                                 a[1][0][1] - a[1][2][1], t.x, t.z, start.y, q.y),
                         towards(a[0][0][0] - a[0][0][2], a[1][0][0] - a[1][0][2], a[0][1][0] - a[0][1][2],
                                 a[1][1][0] - a[1][1][2], t.x, t.y, start.z, q.z)};
  const Triple l = {y.x + s * e.g.x, y.y + s * e.g.y, y.z + s * e.g.z};
  const auto off = [&](Lanes u_axis, Lanes l_axis, Lanes open_axis) {
    const Lanes x = most((u_axis > zero ? magnitude(l_axis) : -l_axis) + open_axis, zero);
    return x * x;
  };
  const Lanes off2 = off(u.x, l.x, open.x) + off(u.y, l.y, open.y) + off(u.z, l.z, open.z);
  const Lanes loss = 2.0F * inverse * off2 + cost_over(u.x, l.x, beyond.x, open.x, inverse, gain) +
                     cost_over(u.y, l.y, beyond.y, open.y, inverse, gain) +
                     cost_over(u.z, l.z, beyond.z, open.z, inverse, gain);
  store(io.loss + at, rho > all(0.95F) ? all(1e30F) : 1.00001F * loss);
  store(io.s + at, s);
  store(io.u[0] + at, u.x);
  store(io.u[1] + at, u.y);
  store(io.u[2] + at, u.z);
  store(io.side[0] + at, up_x ? one : -one);
  store(io.side[1] + at, up_y ? one : -one);
  store(io.side[2] + at, up_z ? one : -one);
  for (std::size_t i = 0; i < 8; ++i) store(io.corner[i] + at, a[i & 1][i >> 1 & 1][i >> 2]);
}

inline void look(const BatchAsk& ask, Batch& b) {
  InFloats io;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (std::size_t n = 0; n < kLanes; ++n) {
      io.middle[axis][n] = static_cast<float>(b.middle[axis][n]);
      io.below[axis][n] = static_cast<float>(b.below[axis][n]);
      io.above[axis][n] = static_cast<float>(b.above[axis][n]);
      io.per_below[axis][n] = static_cast<float>(b.per_below[axis][n]);
      io.per_above[axis][n] = static_cast<float>(b.per_above[axis][n]);
    }
  }
  for (std::size_t n = 0; n < kLanes; ++n) {
    io.dose[n] = static_cast<float>(b.dose[n]);
    io.per_dose[n] = static_cast<float>(b.per_dose[n]);
  }
  for (std::size_t at = 0; at < kLanes; at += kWidth) look(b.nodes, io, static_cast<float>(ask.largest_gy), at);
  // In double precision: gamma at the place that was found, and phi there, which is less where s is not quite v.
  const double shift_gy = ask.shift_gy, tolerance = ask.tolerance;
  const std::int32_t side_is_enough = ask.pass_fail_only ? -1 : 0;
  for (std::size_t n = 0; n < kLanes; ++n) {
    double t[3], far2 = 0.0, room = 1e30;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const bool up = io.side[axis][n] > 0.0F;
      const double width = up ? b.above[axis][n] : b.below[axis][n];
      const double per = up ? b.per_above[axis][n] : b.per_below[axis][n];
      const double u = static_cast<double>(io.u[axis][n]), inside = u < width ? u : width;
      const double y = (up ? b.middle[axis][n] : -b.middle[axis][n]) + inside;
      t[axis] = inside * per;
      far2 += y * y;
      const double down = b.below[axis][n] - b.middle[axis][n], rise = b.above[axis][n] + b.middle[axis][n];
      const double nearer = down < rise ? down : rise;
      room = nearer < room ? nearer : room;
    }
    const auto c = [&](std::size_t i) { return static_cast<double>(io.corner[i][n]); };
    const auto along = [](double low, double high, double x) { return low + x * (high - low); };
    const double v = (along(along(along(c(0), c(1), t[0]), along(c(2), c(3), t[0]), t[1]),
                            along(along(c(4), c(5), t[0]), along(c(6), c(7), t[0]), t[1]), t[2]) -
                      b.dose[n]) *
                     b.per_dose[n];
    const double off = v - static_cast<double>(io.s[n]), seen2 = far2 + v * v;
    const double bound2 = seen2 - off * off - static_cast<double>(io.loss[n]);
    const double seen = std::sqrt(seen2), bound = std::sqrt(bound2 > 0.0 ? bound2 : 0.0);
    const double near = bound < room ? bound : room, lower = near > 0.0 ? near : 0.0;
    const double open = left_open(seen, b.dose[n], b.per_dose[n], shift_gy), sure = lower - open;
    b.gamma[n] = static_cast<float>(seen);
    b.lower[n] = rounded_down(sure > 0.0 ? sure : 0.0);
    b.upper[n] = rounded_up(seen + open);
    b.passes[n] = seen - open <= 1.0 ? -1 : 0;
    const std::int32_t proven = lower >= seen - tolerance ? -1 : 0;
    const std::int32_t fails = lower >= kJustOver1 ? -1 : 0, passes = seen <= 1.0 ? -1 : 0;
    b.done[n] = (proven | side_is_enough) & (fails | passes);
  }
}

}  // namespace
}  // namespace dosegate::gamma
