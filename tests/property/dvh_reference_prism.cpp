#include "tests/property/dvh_reference_prism.h"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

namespace dosegate::property {
namespace {

constexpr int kHalvings = 12;

double mix(double from, double to, double t) { return from + t * (to - from); }

// p[0] + p[1] t + p[2] t^2 on 0 <= t <= 1.
struct Quadratic {
  std::array<double, 3> p;

  static Quadratic through(double at0, double at_half, double at1) {
    const double bend = 2.0 * (at0 - 2.0 * at_half + at1);
    return {{at0, at1 - at0 - bend, bend}};
  }
  double operator()(double t) const { return p[0] + t * (p[1] + t * p[2]); }
};

// Ascending cuts of an interval; both ends are among them.
class Cuts {
 public:
  Cuts() : at_{0.0, 1.0}, size_(2) {}

  void add(double t) {
    if (t > 0.0 && t < 1.0) at_[size_++] = t;
  }
  void add_roots(const Quadratic& q) {
    const double discriminant = q.p[1] * q.p[1] - 4.0 * q.p[2] * q.p[0];
    if (!(discriminant >= 0.0)) return;
    const double sum = -0.5 * (q.p[1] + std::copysign(std::sqrt(discriminant), q.p[1]));  // nothing cancels in it
    if (q.p[2] != 0.0) add(sum / q.p[2]);
    if (sum != 0.0) add(q.p[0] / sum);
  }
  void sort() { std::sort(at_.begin(), at_.begin() + static_cast<std::ptrdiff_t>(size_)); }
  std::size_t size() const { return size_; }
  double operator[](std::size_t i) const { return at_[i]; }

 private:
  std::array<double, 16> at_;  // two ends, four corners, two roots for each edge and the saddle
  std::size_t size_;
};

// The dose at one height.
struct Plain {
  double a, b, c, d;  // a + b x + c y + d x y

  double operator()(double x, double y) const { return a + b * x + (c + d * x) * y; }
};

Plain at_height(const Prism& p, double z) {
  const auto& c = p.c;
  return {c[0] + c[4] * z, c[1] + c[5] * z, c[2] + c[6] * z, c[3] + c[7] * z};
}

// The dose along an edge that goes from x0 at the prism's y0 to x1 at its y1.
Quadratic along_edge(const Plain& f, const Prism& p, double x0, double x1) {
  return Quadratic::through(f(x0, p.y0), f(mix(x0, x1, 0.5), mix(p.y0, p.y1, 0.5)), f(x1, p.y1));
}

// Integral of n / m over a length, where both are linear: from n0 to n1, from m0 to m1. m keeps its sign and may reach
// 0 where n does.
double quotient_integral(double n0, double n1, double m0, double m1, double length) {
  if (std::abs(m1) > std::abs(m0)) {
    std::swap(n0, n1);
    std::swap(m0, m1);
  }
  if (m0 == 0.0) return 0.0;                             // a stretch at the saddle, too short to tell its ends apart
  const double dn = n1 - n0, dm = m1 - m0, r = dm / m0;  // -1 <= r <= 0
  if (r > -0.05) {
    // (n0 + t dn) / (m0 (1 + r t)), by powers of r: 12 terms leave 0.05^12.
    double sum = 0.0, power = 1.0;
    for (int k = 0; k < 12; ++k, power *= -r) sum += power * (n0 / (k + 1) + dn / (k + 2));
    return length * sum / m0;
  }
  const double determinant = n0 * m1 - n1 * m0;
  const double logarithm = m1 / m0 > 0.0 ? determinant * std::log(m1 / m0) : 0.0;
  return length * (dn / dm + logarithm / (dm * dm));
}

// Area at the height z, in units of the cell's face, where the dose is `level` or more.
double area_above(const Prism& p, double z, double level) {
  const Plain f = at_height(p, z);
  Quadratic left = along_edge(f, p, p.left0, p.left1), right = along_edge(f, p, p.right0, p.right1);
  left.p[0] -= level;
  right.p[0] -= level;
  Cuts cuts;
  cuts.add_roots(left);
  cuts.add_roots(right);
  cuts.sort();
  const double height = p.y1 - p.y0;
  double area = 0.0;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double t0 = cuts[i], t1 = cuts[i + 1], middle = 0.5 * (t0 + t1), length = height * (t1 - t0);
    const bool left_above = left(middle) >= 0.0, right_above = right(middle) >= 0.0;
    if (!left_above && !right_above) continue;
    const double to_left = length * mix(p.left0, p.left1, middle), to_right = length * mix(p.right0, p.right1, middle);
    if (left_above && right_above) {
      area += to_right - to_left;
      continue;
    }
    // The dose is `level` at x = (level - a - c y) / (b + d y).
    const double y0 = mix(p.y0, p.y1, t0), y1 = mix(p.y0, p.y1, t1);
    const double to_crossing =
        quotient_integral(level - f.a - f.c * y0, level - f.a - f.c * y1, f.b + f.d * y0, f.b + f.d * y1, length);
    area += std::clamp(right_above ? to_right - to_crossing : to_crossing - to_left, 0.0, to_right - to_left);
  }
  return area;
}

// Heights, as parts of z0 to z1, where the shape of the part above changes: its border passes a corner; it touches an
// edge (the dose along it has a double root); two borders meet at the saddle of the dose.
Cuts changes_of_shape(const Prism& p, double level) {
  const auto through = [&](const auto& function) {
    const auto at = [&](double t) { return function(at_height(p, mix(p.z0, p.z1, t))); };
    return Quadratic::through(at(0.0), at(0.5), at(1.0));
  };
  Cuts cuts;
  for (const auto& [x, y] : {std::pair{p.left0, p.y0}, {p.right0, p.y0}, {p.left1, p.y1}, {p.right1, p.y1}}) {
    const double below = p.dose(x, y, p.z0) - level, above = p.dose(x, y, p.z1) - level;
    if (below != above) cuts.add(below / (below - above));
  }
  for (const auto& [x0, x1] : {std::pair{p.left0, p.left1}, {p.right0, p.right1}}) {
    cuts.add_roots(through([&, from = x0, to = x1](const Plain& f) {
      const Quadratic q = along_edge(f, p, from, to);
      return q.p[1] * q.p[1] - 4.0 * q.p[2] * (q.p[0] - level);
    }));
  }
  cuts.add_roots(through([&](const Plain& f) { return (f.a - level) * f.d - f.b * f.c; }));
  cuts.sort();
  return cuts;
}

template <typename F>
Estimate integrate(const F& f, double from, double to, double tolerance, int halvings) {
  const double middle = 0.5 * (from + to), half = 0.5 * (to - from);
  double error = 0.0;
  const double value = half * boost::math::quadrature::gauss_kronrod<double, 15>::integrate(
                                  [&](double t) { return f(middle + half * t); }, -1.0, 1.0, 0, 0.0, &error);
  if (half * error <= tolerance || halvings == 0) return {value, half * error};
  const Estimate a = integrate(f, from, middle, 0.5 * tolerance, halvings - 1);
  const Estimate b = integrate(f, middle, to, 0.5 * tolerance, halvings - 1);
  return {a.value + b.value, a.error + b.error};
}

}  // namespace

double Prism::dose(double x, double y, double z) const { return at_height(*this, z)(x, y); }

double Prism::volume_mm3() const {
  return cell_mm3 * (z1 - z0) * (y1 - y0) * 0.5 * ((right0 - left0) + (right1 - left1));
}

double Prism::dose_integral() const {
  // Linear in z: the middle stands for all. Along x, exact. Along y a polynomial of degree three: two-point Gauss.
  const Plain f = at_height(*this, 0.5 * (z0 + z1));
  double sum = 0.0;
  for (const double t : {0.5 - std::sqrt(1.0 / 12.0), 0.5 + std::sqrt(1.0 / 12.0)}) {
    const double left = mix(left0, left1, t), right = mix(right0, right1, t);
    sum += 0.5 * (right - left) * f(0.5 * (left + right), mix(y0, y1, t));
  }
  return sum * (y1 - y0) * (z1 - z0) * cell_mm3;
}

Extremes extremes(const Prism& p) {
  // Linear in z: on an end face. Bilinear there, with a saddle at most: on an edge. Along an edge a parabola.
  Extremes e{p.dose(p.left0, p.y0, p.z0), p.dose(p.left0, p.y0, p.z0)};
  for (const double z : {p.z0, p.z1}) {
    const Plain f = at_height(p, z);
    for (const auto& [x0, x1] : {std::pair{p.left0, p.left1}, {p.right0, p.right1}}) {
      const Quadratic q = along_edge(f, p, x0, x1);
      const double vertex = std::clamp(-0.5 * q.p[1] / (q.p[2] != 0.0 ? q.p[2] : 1.0), 0.0, 1.0);
      for (const double t : {0.0, vertex, 1.0}) {
        const double dose = f(mix(x0, x1, t), mix(p.y0, p.y1, t));
        e.least = std::min(e.least, dose);
        e.most = std::max(e.most, dose);
      }
    }
  }
  return e;
}

Estimate volume_above(const Prism& p, double level, double tolerance) {
  const Cuts cuts = changes_of_shape(p, level);
  Estimate sum;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double z0 = mix(p.z0, p.z1, cuts[i]), z1 = mix(p.z0, p.z1, cuts[i + 1]);
    // At a cut the area may end like a power 3/2 of the distance. With z = z0 + (z1 - z0) t^2 (3 - 2 t) it is smooth in
    // t.
    const auto slice = [&](double t) {
      const double z = mix(z0, z1, t * t * (3.0 - 2.0 * t));
      return p.cell_mm3 * area_above(p, z, level) * (z1 - z0) * 6.0 * t * (1.0 - t);
    };
    const Estimate part = integrate(slice, 0.0, 1.0, tolerance, kHalvings);
    sum.value += part.value;
    sum.error += part.error;
  }
  return sum;
}

}  // namespace dosegate::property
