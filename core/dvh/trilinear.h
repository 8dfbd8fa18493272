// The dose in one cell, or a box within one, as a polynomial of the box's own coordinates.
//
// x, y, z run from 0 to 1 across the box. With s = x - 1/2, t = y - 1/2, r = z - 1/2:
//   f = mean + gx s + gy t + gz r  +  bxy s t + bxz s r + byz t r + d s t r.
// The first four terms are its plane, the others its mixed terms: zero at the centre, largest at a corner.
#pragma once

#include <array>
#include <cstddef>

namespace dosegate {

// Gy. Corner n has x = 1 where n & 1, y = 1 where n & 2, z = 1 where n & 4.
using Corners = std::array<double, 8>;

// Between a and b. Exact where they are equal, and at the ends.
inline double mix(double a, double b, double k) { return a == b ? a : a * (1.0 - k) + b * k; }
// The value at a point of the face z = 0 or z = 1 of the box. Exact where all corners are equal.
inline double value_on_face(const Corners& f, bool upper, double x, double y) {
  const double* c = f.data() + (upper ? 4 : 0);
  return mix(mix(c[0], c[1], x), mix(c[2], c[3], x), y);
}
// The value at a point of the box.
inline double value_at(const Corners& f, double x, double y, double z) {
  return mix(value_on_face(f, false, x, y), value_on_face(f, true, x, y), z);
}

// The corners of the part [x0, x1] x [y0, y1] x [z0, z1] of the box: a trilinear function stays one.
Corners part_of(const Corners& f, const std::array<double, 3>& lo, const std::array<double, 3>& hi);

// The corners of one half across `axis`, without rounding but that of one mean.
Corners half_of(const Corners& f, std::size_t axis, bool upper);

struct Trilinear {
  double mean = 0.0;
  std::array<double, 3> g{};                // plane: gx, gy, gz
  double bxy = 0, bxz = 0, byz = 0, d = 0;  // mixed
  double below = 0, above = 0;              // f lies between plane - below and plane + above, everywhere in the box

  explicit Trilinear(const Corners& f);
};

}  // namespace dosegate
