// One box of a trilinear dose, cut by a convex polygon: what lies above a dose, bounded from both sides.
//
// On a box, with s, t, r in [-1, 1] along u, v, w: f = c + a.(s,t,r) + b_st s t + b_sr s r + b_tr t r + d s t r.
// Without its mixed terms f is a plane, and the volume of a prism above a plane is closed-form; the mixed
// terms move f by at most rho = |b_st| + |b_sr| + |b_tr| + |d|. So the volume above T lies between those of
// the plane above T + rho and T - rho. Halving the box divides rho by four: second order.
#pragma once

#include <array>
#include <cstddef>

namespace dosegate {

struct BoxExtent {
  std::array<double, 3> lo, hi;  // mm along u, v, w
};

// Corner n has u = hi where n & 1, v = hi where n & 2, w = hi where n & 4. Dose in Gy.
struct TrilinearBox {
  BoxExtent extent;
  std::array<double, 8> corner;

  double minimum() const;
  double maximum() const;
  double at(double u, double v, double w) const;
  // The same function on a part of the box: exact, a trilinear function stays one.
  TrilinearBox part(const BoxExtent& part) const;
};

// A convex polygon of at most 16 points in (u, v), mm; either winding.
struct ConvexPolygon {
  static constexpr std::size_t kMax = 16;
  std::array<std::array<double, 2>, kMax> point;
  std::size_t size = 0;

  void add(double u, double v) {
    if (size < kMax) point[size++] = {u, v};
  }
  double area() const;  // positive, mm^2
};

ConvexPolygon rectangle(double u0, double v0, double u1, double v1);

// The part where a u + b v + c >= 0. At most one point more than before.
ConvexPolygon clip(const ConvexPolygon& p, double a, double b, double c);

// The part inside [u0,u1] x [v0,v1].
ConvexPolygon clip(const ConvexPolygon& p, double u0, double v0, double u1, double v1);

struct VolumeBounds {
  double lower = 0.0, value = 0.0, upper = 0.0;  // mm^3

  VolumeBounds& operator+=(const VolumeBounds& o) {
    lower += o.lower;
    value += o.value;
    upper += o.upper;
    return *this;
  }
};

// Whether a plateau exactly at the threshold counts as above it.
enum class Plateau { kCounts, kDoesNotCount };

// Volume of {f >= T}, or {f > T}, within polygon x [w0,w1] of the box. The polygon lies in the box. Splits
// the box until the gap is at most `gap` mm^3 or `depth` halvings were made.
VolumeBounds volume_above(const TrilinearBox& box, const ConvexPolygon& polygon, double threshold, Plateau plateau,
                          double gap, int depth);

}  // namespace dosegate
