#include "core/dvh/volume_above_dose.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/dvh/wide.h"

namespace dosegate {
namespace {

// The second form is worth its work where the slope along the steepest axis stays above this part of the plane's.
constexpr double kLeastOfSlope = 0.1;

struct Point {
  double x, y;
};

// A convex polygon; four points, and one more for each half-plane it is cut by.
struct Polygon {
  std::array<Point, 8> point;
  std::size_t size = 0;

  void keep(const Linear& f) {
    bool all = true;
    for (std::size_t i = 0; i < size; ++i) all = all && f.at(point[i].x, point[i].y) >= 0.0;
    if (all) return;
    Polygon out;
    for (std::size_t i = 0; i < size; ++i) {
      const Point &p = point[i], &q = point[i + 1 == size ? 0 : i + 1];
      const double at_p = f.at(p.x, p.y), at_q = f.at(q.x, q.y);
      if (at_p >= 0.0) out.add(p);
      if ((at_p < 0.0) != (at_q < 0.0)) {
        const double k = at_p / (at_p - at_q);
        out.add({p.x + k * (q.x - p.x), p.y + k * (q.y - p.y)});
      }
    }
    *this = out;
  }
  void add(Point p) {
    if (size < point.size()) point[size++] = p;
  }
};

// Area, and the integral of `f` by a rule that is exact for cubics (Strang and Fix 1973, degree 3).
template <typename F>
std::pair<double, double> integrate(const Polygon& polygon, const F& f) {
  double area = 0.0, integral = 0.0;
  for (std::size_t i = 2; i < polygon.size; ++i) {
    const Point &a = polygon.point[0], &b = polygon.point[i - 1], &c = polygon.point[i];
    const double part = 0.5 * std::abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
    const Point m{(a.x + b.x + c.x) / 3.0, (a.y + b.y + c.y) / 3.0};
    const auto near = [&](const Point& p) {
      return f(0.6 * p.x + 0.4 * (1.5 * m.x - 0.5 * p.x), 0.6 * p.y + 0.4 * (1.5 * m.y - 0.5 * p.y));
    };
    area += part;
    integral += part * ((25.0 / 48.0) * (near(a) + near(b) + near(c)) - (27.0 / 48.0) * f(m.x, m.y));
  }
  return {area, integral};
}

// Renames the axes: those of f that are called a and b change places.
Trilinear swapped(Trilinear f, std::size_t a, std::size_t b) {
  std::swap(f.g[a], f.g[b]);
  switch (a + b) {
    case 1:
      std::swap(f.bxz, f.byz);
      break;
    case 2:
      std::swap(f.bxy, f.byz);
      break;
    case 3:
      std::swap(f.bxy, f.bxz);
      break;
  }
  return f;
}

// The mean over |s|, |t| <= 1/2 of (c |st| + (a |s| + b |t| + d |st|) / 2) (a |s| + b |t| + d |st|): the largest mixed
// terms of a column are no more than the first factor, its slope is off by no more than the second.
double mean_product(double a, double b, double c, double d) {
  const double both = c + 0.5 * d;
  return (both * (3.0 * (a + b) + d) + 0.5 * a * (12.0 * a + 9.0 * b + 3.0 * d) +
          0.5 * b * (9.0 * a + 12.0 * b + 3.0 * d)) *
         ((1.0 + 1e-12) / 144.0);
}

// The slope along one axis of a box.
struct Steepness {
  double of_plane;  // with its sign
  double off;       // by how much it differs from the plane's, at most
  double least;     // in size
  double product;  // integral over the box's face of the largest |mixed terms| of a column times its slope's difference
  double within;   // of every dose, Level
  bool usable;

  // Mixed terms: the two that the axis is part of, the other one, that of all three.
  Steepness(double slope, double mixed_a, double mixed_b, double other, double d, double of_dose)
      : of_plane(slope),
        off(0.5 * (std::abs(mixed_a) + std::abs(mixed_b)) + 0.25 * std::abs(d)),
        least(std::abs(slope) - off),
        product(mean_product(std::abs(mixed_a), std::abs(mixed_b), std::abs(other), std::abs(d))),
        within(of_dose),
        usable(least > kLeastOfSlope * std::abs(slope)) {}
};

// The change of volume that the mixed terms make, to first order, and how far the truth may be off.
struct Correction {
  double value = 0.0, off = 0.0;
  double per_gy = 0.0;  // how much volume lies between levels 1 Gy apart, where the plane's surface is
};

// What the first order leaves open over an area that the plane's level surface crosses: the slope taken for the
// plane's, and all doses higher or lower by what they may be off.
double open_over(double crossed, const Trilinear& f, const Steepness& slope) {
  const double mixed = std::max(f.below, f.above);
  const double of_slope = std::min(crossed * mixed * slope.off, slope.product) + crossed * slope.within * slope.off;
  return (of_slope / slope.least + crossed * slope.within) / std::abs(slope.of_plane);
}

// Where columns end: a rectangle of them, u and v from the box's centre.
struct End {
  double u0, u1, v0, v1;
  Linear plane;    // plane - level there, Gy
  double largest;  // of the mixed terms there, in size
  double rise;     // of the mixed terms along v, at most
};

// A column that ends between the plane's level surface and the true one: integral over the end of
// max(0, |m| - |plane - level|), `m` the mixed terms there, a polynomial that is cubic at most along a straight line.
template <typename Mixed>
double open_at(const End& end, double area, double within, const Mixed& m) {
  const double width = end.u1 - end.u0, height = end.v1 - end.v0, most = end.largest + within;
  const double middle = end.plane.at(0.5 * (end.u0 + end.u1), 0.5 * (end.v0 + end.v1));
  const double along_u = std::abs(end.plane.x), along_v = std::abs(end.plane.y);
  if (std::abs(middle) > 0.5 * (along_u * width + along_v * height) + most) return 0.0;
  double strip = area;  // where the plane is no farther from the level than `most`
  if (most * width < strip * along_v) strip = most * width / along_v;
  if (most * height < strip * along_u) strip = most * height / along_u;
  const double open = most * strip;
  // Along v |m| is at most what it is on the line plane = level, and its rise: the integral is that of m^2 on the line.
  const double steeper = along_v - end.rise;
  if (!(steeper > 0.0)) return open;
  double from = end.u0, to = end.u1;
  if (along_u > 0.0) {
    // v of the line lies within reach of the end.
    const double per = 1.0 / along_u, reach = (0.5 * height * along_v + most) * per;
    const double centre = 0.5 * (end.u0 + end.u1) - (end.plane.x > 0.0 ? middle : -middle) * per;
    from = std::max(from, centre - reach);
    to = std::min(to, centre + reach);
    if (from >= to) return 0.0;
  }
  // Gauss and Legendre's rule of four points, exact for the square of a cubic.
  constexpr std::array<double, 2> kAt{0.33998104358485626, 0.86113631159405258},
      kWeight{0.65214515486254614, 0.34785484513745386};
  const double half = 0.5 * (to - from), mid = 0.5 * (from + to);
  const double slope = -end.plane.x / end.plane.y, v_at_0 = -end.plane.at_0 / end.plane.y;  // of the line
  double squares = 0.0;
  for (std::size_t n = 0; n < 2; ++n) {
    for (const double side : {-1.0, 1.0}) {
      const double u = mid + side * kAt[n] * half, v = v_at_0 + slope * u;
      const double size = std::abs(m(u, v)) + within;
      squares += kWeight[n] * size * size;
    }
  }
  return std::min(open, half * squares / steeper * (1.0 + 1e-9));
}

// The columns' ends at z = 0 and z = 1 over [x0, x1] x [y0, y1].
double open_at_faces(Trilinear f, double level, double x0, double x1, double y0, double y1, double area,
                     const Steepness& slope) {
  if (std::abs(f.g[0]) > std::abs(f.g[1])) {  // v is the axis along which the plane is steeper
    f = swapped(f, 0, 1);
    std::swap(x0, y0);
    std::swap(x1, y1);
  }
  const double s_most = std::max(std::abs(x0 - 0.5), std::abs(x1 - 0.5));
  const double t_most = std::max(std::abs(y0 - 0.5), std::abs(y1 - 0.5));
  double open = 0.0;
  for (const double r : {-0.5, 0.5}) {
    const double st = f.bxy + f.d * r, of_s = f.bxz * r, of_t = f.byz * r;
    const Linear plane{f.mean + f.g[2] * r - level, f.g[0], f.g[1]};
    const double rise = std::abs(st) * s_most + std::abs(of_t), largest = rise * t_most + std::abs(of_s) * s_most;
    open += open_at({x0 - 0.5, x1 - 0.5, y0 - 0.5, y1 - 0.5, plane, largest, rise}, area, slope.within,
                    [&](double s, double t) { return st * s * t + of_s * s + of_t * t; });
  }
  return open / slope.least;
}

// Columns along z over the patch, ending at z = 0 and z = 1.
Correction along_z(const Trilinear& f, Patch patch, bool whole, double level, const Steepness& slope) {
  const double to_top = 1.0 / slope.of_plane, per_gy = std::abs(to_top);
  // z of the plane's level surface.
  const Linear z{0.5 + (level - f.mean + 0.5 * (f.g[0] + f.g[1])) * to_top, -f.g[0] * to_top, -f.g[1] * to_top};
  Correction c;
  const double middle = z.at(0.5, 0.5), half = 0.5 * (std::abs(z.x) + std::abs(z.y));
  if (whole && middle - half >= 0.0 && middle + half <= 1.0) {
    // Nothing is cut off: by symmetry few terms are left.
    c.value = (f.bxz * z.x + f.byz * z.y) / 12.0 * per_gy;
    c.per_gy = per_gy;
    c.off = open_over(1.0, f, slope) + open_at_faces(f, level, 0.0, 1.0, 0.0, 1.0, 1.0, slope);
    return c;
  }
  const Linear from_top{1.0 - z.at_0, -z.x, -z.y};
  const auto mixed = [&](double x, double y) {
    const double s = x - 0.5, t = y - 0.5, r = z.at(x, y) - 0.5;
    return f.bxy * s * t + r * (f.bxz * s + f.byz * t + f.d * s * t);
  };
  double crossed = 0.0, area = 0.0;
  double x_least = 1.0, x_most = 0.0, y_least = 1.0, y_most = 0.0;
  for (const auto& p : patch) {
    Polygon polygon;
    polygon.add({p.left0, p.y0});
    polygon.add({p.right0, p.y0});
    polygon.add({p.right1, p.y1});
    polygon.add({p.left1, p.y1});
    bool below = false, above = false;
    for (std::size_t i = 0; i < 4; ++i) {
      const double at = z.at(polygon.point[i].x, polygon.point[i].y);
      below = below || at < 0.0;
      above = above || at > 1.0;
    }
    x_least = std::min({x_least, p.left0, p.left1});
    x_most = std::max({x_most, p.right0, p.right1});
    y_least = std::min(y_least, p.y0);
    y_most = std::max(y_most, p.y1);
    area += p.area();
    if (below) polygon.keep(z);
    if (above) polygon.keep(from_top);
    const auto [part, integral] = integrate(polygon, mixed);
    crossed += part;
    c.value += integral;
  }
  c.value *= per_gy;
  c.per_gy = crossed * per_gy;
  c.off = open_over(crossed, f, slope) + open_at_faces(f, level, x_least, x_most, y_least, y_most, area, slope);
  return c;
}

// Columns along x, from the piece's left to its right side.
Correction along_x(const Trilinear& f, const Piece& p, double level, const Steepness& slope) {
  const double height = p.y1 - p.y0, to_right = 1.0 / slope.of_plane;
  if (height <= 0.0) return {};
  // x of the plane's level surface, over (y, z).
  const Linear x{0.5 + (level - f.mean + 0.5 * (f.g[1] + f.g[2])) * to_right, -f.g[1] * to_right, -f.g[2] * to_right};
  const auto mixed_at = [&](double s, double t, double r) {
    return f.byz * t * r + s * (f.bxy * t + f.bxz * r + f.d * t * r);
  };
  const auto mixed = [&](double y, double z) { return mixed_at(x.at(y, z) - 0.5, y - 0.5, z - 0.5); };
  Polygon polygon;
  polygon.add({p.y0, 0.0});
  polygon.add({p.y1, 0.0});
  polygon.add({p.y1, 1.0});
  polygon.add({p.y0, 1.0});
  Correction c;
  const double t_most = std::max(std::abs(p.y0 - 0.5), std::abs(p.y1 - 0.5));
  for (const bool right : {false, true}) {
    const double at_y0 = right ? p.right0 : p.left0, at_y1 = right ? p.right1 : p.left1, k = (at_y1 - at_y0) / height;
    const Linear side{at_y0 - k * p.y0, k, 0.0};
    polygon.keep(right ? Linear{side.at_0 - x.at_0, side.x - x.x, -x.y}
                       : Linear{x.at_0 - side.at_0, x.x - side.x, x.y});
    const double at_centre = side.at_0 + 0.5 * k - 0.5;  // s where t is 0
    const double s_most = std::max(std::abs(at_y0 - 0.5), std::abs(at_y1 - 0.5));
    const double rise = std::abs(f.bxz) * s_most + std::abs(f.byz) * t_most + std::abs(f.d) * s_most * t_most;
    const Linear plane{f.mean - level + f.g[0] * at_centre, f.g[0] * k + f.g[1], f.g[2]};
    const End end{p.y0 - 0.5, p.y1 - 0.5, -0.5, 0.5, plane, std::abs(f.bxy) * s_most * t_most + 0.5 * rise, rise};
    c.off += open_at(end, height, slope.within, [&](double t, double r) { return mixed_at(at_centre + k * t, t, r); });
  }
  const auto [part, integral] = integrate(polygon, mixed);
  c.value = integral * std::abs(to_right);
  c.per_gy = part * std::abs(to_right);
  c.off = c.off / slope.least + open_over(part, f, slope);
  return c;
}

// The piece with x and y changed: at most three, cut where a slanting side begins or ends.
struct Turned {
  std::array<Piece, 3> piece;
  std::size_t size = 0;
};
Turned turned(const Piece& p) {
  std::array<double, 4> cut = {p.left0, p.left1, p.right0, p.right1};
  std::sort(cut.begin(), cut.end());
  // y between which the piece lies at x: a slanting side bounds it where x is beyond the side's nearer end.
  const auto low = [&](double x) {
    if (p.left0 > p.left1 && x < p.left0) return p.y0 + (p.y1 - p.y0) * ((p.left0 - x) / (p.left0 - p.left1));
    if (p.right0 < p.right1 && x > p.right0) return p.y0 + (p.y1 - p.y0) * ((x - p.right0) / (p.right1 - p.right0));
    return p.y0;
  };
  const auto high = [&](double x) {
    if (p.left0 < p.left1 && x < p.left1) return p.y0 + (p.y1 - p.y0) * ((x - p.left0) / (p.left1 - p.left0));
    if (p.right0 > p.right1 && x > p.right1) return p.y0 + (p.y1 - p.y0) * ((p.right0 - x) / (p.right0 - p.right1));
    return p.y1;
  };
  Turned out;
  for (std::size_t i = 0; i + 1 < cut.size(); ++i) {
    if (cut[i + 1] > cut[i]) {
      out.piece[out.size++] = {cut[i], cut[i + 1], low(cut[i]), low(cut[i + 1]), high(cut[i]), high(cut[i + 1])};
    }
  }
  return out;
}

std::size_t steepest_axis(const Trilinear& f) {
  const double x = std::abs(f.g[0]), y = std::abs(f.g[1]), z = std::abs(f.g[2]);
  return z >= std::max(x, y) ? 2 : x >= y ? 0 : 1;
}

// `t`: f with its steepest axis called z, or, for a patch across which it lies, x.
Correction correction_of(const Trilinear& t, std::size_t steepest, Patch patch, bool whole, const Level& level,
                         bool& usable) {
  const bool is_along_z = steepest == 2 || whole;
  const Steepness slope = is_along_z ? Steepness(t.g[2], t.bxz, t.byz, t.bxy, t.d, level.within)
                                     : Steepness(t.g[0], t.bxy, t.bxz, t.byz, t.d, level.within);
  usable = slope.usable;
  if (!usable) return {};
  if (is_along_z) return along_z(t, patch, whole, level.dose, slope);
  Correction sum;
  const auto add = [&](const Piece& p) {
    const Correction c = along_x(t, p, level.dose, slope);
    sum.value += c.value;
    sum.off += c.off;
    sum.per_gy += c.per_gy;
  };
  for (const auto& p : patch) {
    if (steepest == 0) {
      add(p);
      continue;
    }
    const Turned pieces = turned(p);
    for (std::size_t i = 0; i < pieces.size; ++i) add(pieces.piece[i]);
  }
  return sum;
}

}  // namespace

VolumeAboveDose::VolumeAboveDose(const Corners& f, Patch patch, bool whole)
    : f_(f),
      patch_(patch),
      whole_(whole),
      prism_(f_.mean, f_.g, patch, whole),
      steepest_(steepest_axis(f_)),
      turned_(steepest_ == 2   ? f_
              : whole          ? swapped(f_, steepest_, 2)
              : steepest_ == 0 ? f_
                               : swapped(f_, 0, 1)) {}

VolumeBounds VolumeAboveDose::by_plane(const Level& level) const {
  const double rounding = off(level);
  const auto [value, lower, upper] =
      prism_.above(std::array{level.dose, level.dose + f_.below + rounding, level.dose - f_.above - rounding});
  return {std::min(value, lower), value, std::max(value, upper)};
}

inline VolumeBounds VolumeAboveDose::at_any(const Level& level) const {
  const double all = prism_.area();
  if (is_above(level)) return {all, all, all};
  if (is_below(level)) return {};
  bool usable = false;
  const Correction c = correction_of(turned_, steepest_, patch_, whole_, level, usable);
  if (!usable) return by_plane(level);
  // The plane's own volume is off by what it left out.
  const double left_out = prism_.left_out() > 0.0 ? prism_.above(level.dose - prism_.left_out()) -
                                                        prism_.above(level.dose + prism_.left_out())
                                                  : 0.0;
  const double off = c.off + left_out;
  // The first bounds are about (below + above) per_gy apart: where the second are plainly narrower, they are not asked.
  if (2.0 * off < 0.5 * (f_.below + f_.above) * c.per_gy) {
    const double value = std::clamp(prism_.above(level.dose) + c.value, 0.0, all);
    return {std::max(0.0, value - off), value, std::min(all, value + off)};
  }
  VolumeBounds b = by_plane(level);
  if (b.gap() <= 0.0) return b;
  const double value = b.value + c.value;
  b.lower = std::max(b.lower, std::min(value - off, b.upper));
  b.upper = std::min(b.upper, std::max(value + off, b.lower));
  b.value = std::clamp(value, b.lower, b.upper);
  return b;
}

#if DOSEGATE_HAS_WIDE
// The same operations in instructions that have a place of their own for the result, so less is moved about.
DOSEGATE_WIDE [[gnu::flatten]] VolumeBounds VolumeAboveDose::at_wide(const Level& level) const { return at_any(level); }
VolumeBounds VolumeAboveDose::at(const Level& level) const { return is_wide() ? at_wide(level) : at_any(level); }
#else
VolumeBounds VolumeAboveDose::at(const Level& level) const { return at_any(level); }
#endif

}  // namespace dosegate
