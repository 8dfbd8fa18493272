// The trilinear dose in one cell, and what it proves about gamma there. README.md in this folder has the argument.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/gamma/field.h"

namespace dosegate::gamma {

// Lengths are in units of the distance criterion and relative to the reference point, doses in units of the dose
// criterion and relative to its dose.
struct Box {
  Vec3 lo, hi;
};

// v(u) = f + gx ux + gy uy + gz uz + hxy ux uy + hxz ux uz + hyz uy uz + t ux uy uz, u from the cell's lowest corner.
struct TrilinearCell {
  double f, gx, gy, gz, hxy, hxz, hyz, t;

  // `corner`, `step`: of Field. `per`: its per_width of the cell along each axis.
  TrilinearCell(const float* corner, const std::array<std::size_t, 3>& step, const Vec3& per, double dose,
                double per_dose) {
    const std::size_t sx = step[0], sy = step[1], sz = step[2];
    const double c0 = corner[0], c1 = corner[sx], c2 = corner[sy], c3 = corner[sx + sy];
    const float* up = corner + sz;
    const double c4 = up[0], c5 = up[sx], c6 = up[sy], c7 = up[sx + sy];
    const double px = per[0] * per_dose, pxy = px * per[1], dx00 = c1 - c0, dx10 = c3 - c2, dx01 = c5 - c4;
    const double xy0 = dx10 - dx00, xy1 = (c7 - c6) - dx01;
    f = (c0 - dose) * per_dose;
    gx = dx00 * px;
    gy = (c2 - c0) * (per[1] * per_dose);
    gz = (c4 - c0) * (per[2] * per_dose);
    hxy = xy0 * pxy;
    hxz = (dx01 - dx00) * (px * per[2]);
    hyz = ((c6 - c4) - (c2 - c0)) * (per[1] * per[2] * per_dose);
    t = (xy1 - xy0) * (pxy * per[2]);
  }
};

// The same about another point: value, gradient, mixed second derivatives.
struct Expansion {
  double v;
  Vec3 g;
  double hxy, hxz, hyz;

  Expansion(const TrilinearCell& c, double ux, double uy, double uz) {
    hxy = c.hxy + c.t * uz;
    hxz = c.hxz + c.t * uy;
    hyz = c.hyz + c.t * ux;
    g[0] = c.gx + c.hxy * uy + uz * hxz;
    g[1] = c.gy + c.hxy * ux + uz * hyz;
    g[2] = c.gz + c.hxz * ux + uy * hyz;
    v = c.f + ux * g[0] + uy * (c.gy + c.hyz * uz) + c.gz * uz;
  }
};

// Minimises |y|^2 + s^2 over the box, s = r + g y. Returns s; y is the place. Whatever s is returned is good for a
// bound.
inline double least_of_plane(double r, const Vec3& g, const Box& box, Vec3& y) {
  double s = r / (1.0 + g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
  for (int n = 0; n < 5; ++n) {
    double excess = r - s, slope = 1.0;
    for (std::size_t a = 0; a < 3; ++a) {
      const double free = -s * g[a];
      y[a] = std::min(std::max(free, box.lo[a]), box.hi[a]);
      excess += g[a] * y[a];
      slope += y[a] == free ? g[a] * g[a] : 0.0;
    }
    const double change = excess / slope;
    s += change;
    if (std::abs(change) <= 1e-9 * std::abs(s)) break;
  }
  return s;
}

// A lower bound of gamma^2 in the box, by the function |y|^2 + 2 s v(y) - s^2, which is nowhere larger.
inline double lower_bound(const TrilinearCell& cell, const Expansion& e, double s, const Vec3& at, const Box& box) {
  Vec3 below, above, reach;
  for (std::size_t a = 0; a < 3; ++a) {
    below[a] = box.lo[a] - at[a];
    above[a] = box.hi[a] - at[a];
    reach[a] = std::max(-below[a], above[a]);
  }
  const double t = std::abs(cell.t), steep = std::abs(s);
  const double xy = std::abs(e.hxy) + t * reach[2], xz = std::abs(e.hxz) + t * reach[1];
  const double yz = std::abs(e.hyz) + t * reach[0];
  const Vec3 bend = {1.0 - steep * (xy + xz), 1.0 - steep * (xy + yz), 1.0 - steep * (xz + yz)};
  double bound = at[0] * at[0] + at[1] * at[1] + at[2] * at[2] + s * (2.0 * e.v - s);
  for (std::size_t a = 0; a < 3; ++a) {
    const double half = at[a] + s * e.g[a];  // half the slope
    if (bend[a] > 0.0) {
      const double w = std::min(std::max(-half / bend[a], below[a]), above[a]);
      bound += w * (2.0 * half + bend[a] * w);
    } else {
      bound += std::min(below[a] * (2.0 * half + bend[a] * below[a]), above[a] * (2.0 * half + bend[a] * above[a]));
    }
  }
  return bound;
}

}  // namespace dosegate::gamma
