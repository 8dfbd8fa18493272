#include "core/dvh/above.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dosegate {
namespace {

// The second form is worth its work where the level surface stands off the plane's by less than this part of the box.
constexpr double kLargestStandOff = 0.25;

struct Point {
  double x, y;
};

// A convex polygon; four points, and one more for each half-plane it is cut by.
struct Polygon {
  std::array<Point, 8> point;
  std::size_t size = 0;

  void keep(const Linear& f) {
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

// What is known of the level surface along one axis of a box.
struct StandOff {
  double slope_off;   // by how much the slope along the axis differs from the plane's, at most
  double least;       // the least slope, in size
  double most = 1.0;  // by how much the surface stands off the plane's, at most, in parts of the box
  double within;      // of every dose, Level
  double product;  // integral over the box's face of the largest |mixed terms| of a column times its slope's difference
  bool usable = false;

  // Mixed terms: the two that the axis is part of, the other one, that of all three.
  StandOff(double slope, double mixed_a, double mixed_b, double other, double d, double off) : within(off) {
    const double of_axis = std::abs(mixed_a) + std::abs(mixed_b);
    product = mean_product(std::abs(mixed_a), std::abs(mixed_b), std::abs(other), std::abs(d));
    slope_off = 0.5 * of_axis + 0.25 * std::abs(d);
    least = std::abs(slope) - slope_off;
    if (least <= 0.0) return;
    // Reaching half a box beyond it, then only as far as that says is needed.
    double reach = 0.5;
    for (int pass = 0; pass < 2; ++pass) {
      most = (0.25 * std::abs(other) + (0.5 + reach) * (0.5 * of_axis + 0.25 * std::abs(d)) + within) / least;
      if (most > kLargestStandOff) return;
      reach = most;
    }
    usable = true;
  }
};

// The change of volume that the mixed terms make, to first order, and how far the truth may be off.
struct Correction {
  double value = 0.0, off = 0.0;
  double per_gy = 0.0;  // how much volume lies between levels 1 Gy apart, where the plane's surface is
};

// What the first order leaves open over an area that the plane's level surface crosses: the slope taken for the
// plane's, and all doses higher or lower by what they may be off.
double open_over(double crossed, const Trilinear& f, double slope, const StandOff& surface) {
  const double mixed = std::max(f.below, f.above) + surface.within;
  const double of_slope =
      std::min(crossed * mixed * surface.slope_off, surface.product + crossed * surface.within * surface.slope_off);
  return (of_slope / surface.least + crossed * surface.within) / std::abs(slope);
}

// Integral of max(0, most - |f|) over a region of this extent and area, f linear: a strip along f = 0.
double near_zero(double most, double slope_x, double slope_y, double width, double height, double area) {
  const double slope = std::sqrt(slope_x * slope_x + slope_y * slope_y);
  const double chord = std::sqrt(width * width + height * height);
  return most * chord * most < most * area * slope ? most * most * chord / slope : most * area;
}

// Columns along z over the patch, ending at z = 0 and z = 1.
Correction along_z(const Trilinear& f, Patch patch, bool whole, double threshold, const StandOff& surface) {
  const double slope = f.g[2], to_top = 1.0 / slope;
  // z of the plane's level surface.
  const Linear z{0.5 + (threshold - f.mean + 0.5 * (f.g[0] + f.g[1])) * to_top, -f.g[0] * to_top, -f.g[1] * to_top};
  const Linear from_top{1.0 - z.at_0, -z.x, -z.y};
  const auto mixed = [&](double x, double y) {
    const double s = x - 0.5, t = y - 0.5, r = z.at(x, y) - 0.5;
    return f.bxy * s * t + r * (f.bxz * s + f.byz * t + f.d * s * t);
  };
  Correction c;
  if (whole) {
    // Over the whole face, and where the surface stays inside the box well away from both ends, by symmetry.
    const double middle = z.at(0.5, 0.5), half = 0.5 * (std::abs(z.x) + std::abs(z.y)) + surface.most;
    if (middle - half > 0.0 && middle + half < 1.0) {
      c.value = (f.bxz * z.x + f.byz * z.y) / 12.0 / std::abs(slope);
      c.per_gy = 1.0 / std::abs(slope);
      c.off = open_over(1.0, f, slope, surface);
      return c;
    }
  }
  double crossed = 0.0, area = 0.0;
  double z_least = 1e300, z_most = -1e300, x_least = 1.0, x_most = 0.0, y_least = 1.0, y_most = 0.0;
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
      z_least = std::min(z_least, at);
      z_most = std::max(z_most, at);
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
  c.value /= std::abs(slope);
  c.per_gy = crossed / std::abs(slope);
  c.off = open_over(crossed, f, slope, surface);
  const double kink = near_zero(surface.most, z.x, z.y, x_most - x_least, y_most - y_least, area);
  if (z_least < surface.most && z_most > -surface.most) c.off += kink;
  if (z_most > 1.0 - surface.most && z_least < 1.0 + surface.most) c.off += kink;
  return c;
}

// Columns along x, from the piece's left to its right side.
Correction along_x(const Trilinear& f, const Piece& p, double threshold, const StandOff& surface) {
  const double slope = f.g[0], height = p.y1 - p.y0;
  if (height <= 0.0) return {};
  // x of the plane's level surface, over (y, z).
  const Linear x{0.5 + (threshold - f.mean + 0.5 * (f.g[1] + f.g[2])) / slope, -f.g[1] / slope, -f.g[2] / slope};
  const double left = (p.left1 - p.left0) / height, right = (p.right1 - p.right0) / height;
  const Linear from_left{x.at_0 - (p.left0 - left * p.y0), x.x - left, x.y};
  const Linear to_right{(p.right0 - right * p.y0) - x.at_0, right - x.x, -x.y};
  const auto mixed = [&](double y, double z) {
    const double s = x.at(y, z) - 0.5, t = y - 0.5, r = z - 0.5;
    return f.byz * t * r + s * (f.bxy * t + f.bxz * r + f.d * t * r);
  };
  Polygon polygon;
  polygon.add({p.y0, 0.0});
  polygon.add({p.y1, 0.0});
  polygon.add({p.y1, 1.0});
  polygon.add({p.y0, 1.0});
  const Polygon all = polygon;
  Correction c;
  for (const Linear& side : {from_left, to_right}) {
    double least = 1e300, most = -1e300;
    for (std::size_t i = 0; i < 4; ++i) {
      const double at = side.at(all.point[i].x, all.point[i].y);
      least = std::min(least, at);
      most = std::max(most, at);
    }
    if (least < 0.0) polygon.keep(side);
    if (least < surface.most && most > -surface.most) {
      c.off += near_zero(surface.most, side.x, side.y, height, 1.0, height);
    }
  }
  const auto [part, integral] = integrate(polygon, mixed);
  c.value = integral / std::abs(slope);
  c.per_gy = part / std::abs(slope);
  c.off += open_over(part, f, slope, surface);
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
  usable = false;
  if (steepest == 2 || whole) {
    if (t.g[2] == 0.0) return {};
    const StandOff surface(t.g[2], t.bxz, t.byz, t.bxy, t.d, level.within);
    usable = surface.usable;
    return usable ? along_z(t, patch, whole, level.dose, surface) : Correction{};
  }
  if (t.g[0] == 0.0) return {};
  const StandOff surface(t.g[0], t.bxy, t.bxz, t.byz, t.d, level.within);
  usable = surface.usable;
  Correction sum;
  if (!usable) return sum;
  const auto add = [&](const Piece& p) {
    const Correction c = along_x(t, p, level.dose, surface);
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

PrismAbove::PrismAbove(const Corners& f, Patch patch, bool whole)
    : f_(f),
      patch_(patch),
      whole_(whole),
      prism_(f_.mean, f_.g, patch, whole),
      steepest_(steepest_axis(f_)),
      turned_(steepest_ == 2   ? f_
              : whole          ? swapped(f_, steepest_, 2)
              : steepest_ == 0 ? f_
                               : swapped(f_, 0, 1)) {}

VolumeBounds PrismAbove::by_plane(const Level& level) const {
  const double rounding = off(level);
  VolumeBounds b;
  b.value = prism_.above(level.dose);
  b.lower = std::min(b.value, prism_.above(level.dose + f_.below + rounding));
  b.upper = std::max(b.value, prism_.above(level.dose - f_.above - rounding));
  return b;
}

VolumeBounds PrismAbove::at(const Level& level) const {
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

}  // namespace dosegate
