// The dose in one cell, or a box within one, as a polynomial of the box's own coordinates.
//
// x, y, z run from 0 to 1 across the box. With s = x - 1/2, t = y - 1/2, r = z - 1/2:
//   f = mean + gx s + gy t + gz r  +  bxy s t + bxz s r + byz t r + d s t r.
// The first four terms are its plane, the others its mixed terms: they are zero at the centre and largest at a corner.
#pragma once

#include <array>
#include <cstddef>

namespace dosegate {

// The doses at the corners of a box, Gy. Corner n has x = 1 where n & 1 is set, y = 1 where n & 2 is, z = 1 where n & 4
// is.
using Corners = std::array<double, 8>;

// The value at the part k of the way from a to b. Exact where a and b are equal, and at both ends.
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

// The doses at the corners of that part of the box which reaches from lo to hi (x, y, z): on a part, the dose is
// trilinear again.
Corners part_of(const Corners& f, const std::array<double, 3>& lo, const std::array<double, 3>& hi);

// The doses at the corners of the lower or the upper half of the box along `axis` (0 x, 1 y, 2 z). Each is a corner's
// of the box or the mean of two, so little is lost by rounding.
Corners half_of(const Corners& f, std::size_t axis, bool upper);

// The polynomial of the head of this file, Gy.
struct Trilinear {
  double mean = 0.0;
  std::array<double, 3> g{};                // the plane's slopes gx, gy, gz
  double bxy = 0, bxz = 0, byz = 0, d = 0;  // the mixed terms' factors
  double below = 0, above = 0;              // f lies between plane - below and plane + above, everywhere in the box

  explicit Trilinear(const Corners& f);
};

}  // namespace dosegate
