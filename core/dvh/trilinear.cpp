#include "core/dvh/trilinear.h"

#include <algorithm>
#include <cmath>

namespace dosegate {
namespace {

struct Plane {  // c + u gu + v gv + w gw, coordinates relative to the box's centre, mm
  double c, gu, gv, gw;
  double rho;  // bound of what the box's function differs by
  std::array<double, 3> centre;
};

Plane plane_of(const TrilinearBox& b) {
  const auto& f = b.corner;
  const auto sum = [&](auto sign) {
    double s = 0.0;
    for (unsigned n = 0; n < 8; ++n) s += sign(n) * f[n];
    return s / 8.0;
  };
  const auto su = [](unsigned n) { return (n & 1u) ? 1.0 : -1.0; };
  const auto sv = [](unsigned n) { return (n & 2u) ? 1.0 : -1.0; };
  const auto sw = [](unsigned n) { return (n & 4u) ? 1.0 : -1.0; };
  Plane p{};
  std::array<double, 3> half{};
  for (std::size_t a = 0; a < 3; ++a) {
    p.centre[a] = 0.5 * (b.extent.lo[a] + b.extent.hi[a]);
    half[a] = 0.5 * (b.extent.hi[a] - b.extent.lo[a]);
  }
  p.c = sum([](unsigned) { return 1.0; });
  p.gu = half[0] > 0 ? sum(su) / half[0] : 0.0;
  p.gv = half[1] > 0 ? sum(sv) / half[1] : 0.0;
  p.gw = half[2] > 0 ? sum(sw) / half[2] : 0.0;
  p.rho = std::abs(sum([&](unsigned n) { return su(n) * sv(n); })) +
          std::abs(sum([&](unsigned n) { return su(n) * sw(n); })) +
          std::abs(sum([&](unsigned n) { return sv(n) * sw(n); })) +
          std::abs(sum([&](unsigned n) { return su(n) * sv(n) * sw(n); }));
  return p;
}

// Integral over the polygon of max(0, a u + b v + c): area of the positive part times its mean height.
double integral_of_positive_part(const ConvexPolygon& polygon, double a, double b, double c) {
  const ConvexPolygon p = clip(polygon, a, b, c);
  double sum = 0.0;
  for (std::size_t i = 2; i < p.size; ++i) {
    const auto &o = p.point[0], &q = p.point[i - 1], &r = p.point[i];
    const double twice = (q[0] - o[0]) * (r[1] - o[1]) - (q[1] - o[1]) * (r[0] - o[0]);
    const double u = (o[0] + q[0] + r[0]) / 3.0, v = (o[1] + q[1] + r[1]) / 3.0;
    sum += 0.5 * std::abs(twice) * (a * u + b * v + c);
  }
  return std::max(0.0, sum);
}

// Volume of {plane >= threshold} in polygon x [w0, w1]; the polygon is relative to the box's centre.
double volume_above_plane(const Plane& p, const ConvexPolygon& polygon, double area, double w0, double w1,
                          double threshold) {
  const double c = p.c - threshold, height = w1 - w0;
  // A column of the prism is above where it starts at the plane and goes up the gradient; its length is
  // (value at the better end) / |gw|, between 0 and the height.
  const double better = std::max(p.gw * w0, p.gw * w1) + c;
  double lo = polygon.point[0][0] * p.gu + polygon.point[0][1] * p.gv, hi = lo;
  for (std::size_t i = 1; i < polygon.size; ++i) {
    const double g = polygon.point[i][0] * p.gu + polygon.point[i][1] * p.gv;
    lo = std::min(lo, g);
    hi = std::max(hi, g);
  }
  const double span = std::abs(p.gw) * height;
  if (hi + better < 0.0) return 0.0;
  if (lo + better - span >= 0.0) return area * height;
  if (span <= 1e-6 * (hi - lo)) return clip(polygon, p.gu, p.gv, c + 0.5 * p.gw * (w0 + w1)).area() * height;
  const double all = integral_of_positive_part(polygon, p.gu, p.gv, better);
  const double beyond = integral_of_positive_part(polygon, p.gu, p.gv, better - span);
  return std::clamp((all - beyond) / std::abs(p.gw), 0.0, area * height);
}

}  // namespace

double TrilinearBox::minimum() const { return *std::min_element(corner.begin(), corner.end()); }
double TrilinearBox::maximum() const { return *std::max_element(corner.begin(), corner.end()); }

double TrilinearBox::at(double u, double v, double w) const {
  const auto weight = [&](std::size_t a, double x) {
    const double d = extent.hi[a] - extent.lo[a];
    return d > 0 ? std::clamp((x - extent.lo[a]) / d, 0.0, 1.0) : 0.0;
  };
  const auto mix = [](double a, double b, double k) { return a == b ? a : a * (1.0 - k) + b * k; };
  const double ku = weight(0, u), kv = weight(1, v), kw = weight(2, w);
  const auto& f = corner;
  return mix(mix(mix(f[0], f[1], ku), mix(f[2], f[3], ku), kv), mix(mix(f[4], f[5], ku), mix(f[6], f[7], ku), kv), kw);
}

TrilinearBox TrilinearBox::part(const BoxExtent& e) const {
  TrilinearBox b{e, {}};
  for (unsigned n = 0; n < 8; ++n) {
    b.corner[n] = at((n & 1u) ? e.hi[0] : e.lo[0], (n & 2u) ? e.hi[1] : e.lo[1], (n & 4u) ? e.hi[2] : e.lo[2]);
  }
  return b;
}

double ConvexPolygon::area() const {
  double twice = 0.0;
  for (std::size_t i = 2; i < size; ++i) {
    twice += (point[i - 1][0] - point[0][0]) * (point[i][1] - point[0][1]) -
             (point[i - 1][1] - point[0][1]) * (point[i][0] - point[0][0]);
  }
  return 0.5 * std::abs(twice);
}

ConvexPolygon rectangle(double u0, double v0, double u1, double v1) {
  ConvexPolygon p;
  p.add(u0, v0);
  p.add(u1, v0);
  p.add(u1, v1);
  p.add(u0, v1);
  return p;
}

ConvexPolygon clip(const ConvexPolygon& p, double a, double b, double c) {
  ConvexPolygon out;
  if (p.size == 0) return out;
  auto previous = p.point[p.size - 1];
  double before = a * previous[0] + b * previous[1] + c;
  for (std::size_t i = 0; i < p.size; ++i) {
    const auto& q = p.point[i];
    const double now = a * q[0] + b * q[1] + c;
    if ((before < 0.0) != (now < 0.0)) {
      const double k = before / (before - now);
      out.add(previous[0] + k * (q[0] - previous[0]), previous[1] + k * (q[1] - previous[1]));
    }
    if (now >= 0.0) out.add(q[0], q[1]);
    previous = q;
    before = now;
  }
  return out;
}

ConvexPolygon clip(const ConvexPolygon& p, double u0, double v0, double u1, double v1) {
  return clip(clip(clip(clip(p, 1, 0, -u0), -1, 0, u1), 0, 1, -v0), 0, -1, v1);
}

VolumeBounds volume_above(const TrilinearBox& box, const ConvexPolygon& polygon, double threshold, Plateau plateau,
                          double gap, int depth) {
  const double area = polygon.area();
  const double w0 = box.extent.lo[2], w1 = box.extent.hi[2];
  const double whole = area * (w1 - w0);
  if (whole <= 0.0) return {};
  const double least = box.minimum(), most = box.maximum();
  if (most < threshold || (plateau == Plateau::kDoesNotCount && most <= threshold)) return {};
  if (least >= threshold) return {whole, whole, whole};
  const Plane p = plane_of(box);
  ConvexPolygon centred = polygon;
  for (std::size_t i = 0; i < centred.size; ++i) {
    centred.point[i][0] -= p.centre[0];
    centred.point[i][1] -= p.centre[1];
  }
  const double c0 = w0 - p.centre[2], c1 = w1 - p.centre[2];
  // Rounding of the corner sums: a few ulp of the dose.
  const double rho = p.rho + 1e-13 * (std::abs(p.c) + std::abs(threshold));
  VolumeBounds b;
  b.value = volume_above_plane(p, centred, area, c0, c1, threshold);
  b.lower = std::min(b.value, volume_above_plane(p, centred, area, c0, c1, threshold + rho));
  b.upper = std::max(b.value, volume_above_plane(p, centred, area, c0, c1, threshold - rho));
  if (depth == 0 || b.upper - b.lower <= gap) return b;

  VolumeBounds sum;
  const auto& e = box.extent;
  for (unsigned n = 0; n < 8; ++n) {
    BoxExtent part{};
    for (std::size_t a = 0; a < 3; ++a) {
      const double middle = 0.5 * (e.lo[a] + e.hi[a]);
      part.lo[a] = (n >> a) & 1u ? middle : e.lo[a];
      part.hi[a] = (n >> a) & 1u ? e.hi[a] : middle;
    }
    const ConvexPolygon inside = clip(polygon, part.lo[0], part.lo[1], part.hi[0], part.hi[1]);
    if (inside.size < 3) continue;
    sum += volume_above(box.part(part), inside, threshold, plateau, gap / 8.0, depth - 1);
  }
  return sum;
}

}  // namespace dosegate
