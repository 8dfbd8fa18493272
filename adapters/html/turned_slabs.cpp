#include "adapters/html/turned_slabs.h"

#include <algorithm>
#include <cmath>

#include "adapters/html/markup.h"
#include "adapters/html/slabs.h"

namespace dosegate::html {
namespace {

using V3 = std::array<double, 3>;

// What turning leaves of two decimals across a plane is sqrt(3) times as much as they are.
constexpr double kTurnedFlat = 2.0 * kFlat;
constexpr double kParallel = 1e-6;  // the sine between two planes that are one

double inner(const V3& a, const V3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
V3 outer(const V3& a, const V3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
V3 unit(const V3& a) {
  const double length = std::sqrt(inner(a, a));
  return {a[0] / length, a[1] / length, a[2] / length};
}
V3 point(const dicom::Contour& c, std::size_t i) {
  return {c.points_mm[3 * i], c.points_mm[3 * i + 1], c.points_mm[3 * i + 2]};
}
std::size_t points(const dicom::Contour& c) { return c.points_mm.size() / 3; }

// Twice the area times the normal.
V3 normal_area(const dicom::Contour& c) {
  V3 sum{};
  const V3 origin = point(c, 0);
  const auto from_origin = [&](std::size_t i) {
    const V3 p = point(c, i);
    return V3{p[0] - origin[0], p[1] - origin[1], p[2] - origin[2]};
  };
  for (std::size_t i = 1; i + 1 < points(c); ++i) {
    const V3 part = outer(from_origin(i), from_origin(i + 1));
    for (std::size_t a = 0; a < 3; ++a) sum[a] += part[a];
  }
  return sum;
}

// Of a polygon in (s, q) what has q from low to high.
Polygon clipped(const Polygon& polygon, double low, double high) {
  Polygon out = polygon;
  for (const auto& [bound, sign] : {std::pair(low, 1.0), std::pair(high, -1.0)}) {
    const Polygon from = std::move(out);
    out.clear();
    for (std::size_t i = 0; i < from.size(); ++i) {
      const Point &a = from[i], &b = from[(i + 1) % from.size()];
      const double ia = sign * (a[1] - bound), ib = sign * (b[1] - bound);
      if (ia >= 0.0) out.push_back(a);
      if ((ia >= 0.0) != (ib >= 0.0)) out.push_back({a[0] + ia / (ia - ib) * (b[0] - a[0]), bound});
    }
  }
  return out;
}

}  // namespace

std::optional<TurnedSlabs> TurnedSlabs::make(const dicom::Structure& structure) {
  std::vector<const dicom::Contour*> contours;
  V3 largest{};
  for (const dicom::Contour& c : structure.contours) {
    if (!encloses_area(c)) continue;
    contours.push_back(&c);
    if (const V3 n = normal_area(c); inner(n, n) > inner(largest, largest)) largest = n;
  }
  if (!(inner(largest, largest) > 0.0) || !std::isfinite(inner(largest, largest))) return std::nullopt;
  TurnedSlabs out;
  out.normal_ = unit(largest);
  std::size_t least = 0;
  for (std::size_t a = 1; a < 3; ++a) {
    if (std::abs(out.normal_[a]) < std::abs(out.normal_[least])) least = a;
  }
  V3 axis{};
  axis[least] = 1.0;
  out.u_ = unit(outer(axis, out.normal_));
  out.v_ = outer(out.normal_, out.u_);

  std::vector<std::pair<double, const dicom::Contour*>> placed;
  for (const dicom::Contour* c : contours) {
    double low = inner(point(*c, 0), out.normal_), high = low;
    for (std::size_t i = 1; i < points(*c); ++i) {
      const double at = inner(point(*c, i), out.normal_);
      low = std::min(low, at), high = std::max(high, at);
    }
    if (high - low > kTurnedFlat) return std::nullopt;
    placed.emplace_back(0.5 * (low + high), c);
  }
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<double> at;
  for (const auto& [height, c] : placed) {
    if (at.empty() || height - at.back() >= kTurnedFlat) at.push_back(height), out.slabs_.emplace_back();
    Polygon& polygon = out.slabs_.back().polygons.emplace_back();
    for (std::size_t i = 0; i < points(*c); ++i) {
      polygon.push_back({inner(point(*c, i), out.u_), inner(point(*c, i), out.v_)});
    }
  }
  const std::vector<Interval> reach = reach_of(at, structure);
  for (std::size_t i = 0; i < at.size(); ++i) out.slabs_[i].from = reach[i][0], out.slabs_[i].to = reach[i][1];
  return out;
}

// How one plane goes through the slabs. In the picture s runs along the slices, q across them: the height along the
// normal is `start` + q * `rise`. On the line of a q, the polygons' coordinate across it is `shear` * q.
class TurnedSlabs::Cut {
 public:
  Cut(const TurnedSlabs& slabs, const CutPlane& plane) : of_(slabs) {
    V3 right{}, down{}, from{};
    right[plane.axis == 0 ? 1 : 0] = 1.0;
    down[plane.axis == 2 ? 1 : 2] = plane.axis == 2 ? 1.0 : -1.0;
    from[plane.axis] = plane.at;
    right_ = right, down_ = down;
    start_ = inner(from, of_.normal_);
    const Point gradient = {inner(right, of_.normal_), inner(down, of_.normal_)};
    rise_ = std::hypot(gradient[0], gradient[1]);
    if (is_parallel()) return;
    q_ = {gradient[0] / rise_, gradient[1] / rise_};
    s_ = {-q_[1], q_[0]};
    const V3 along = in_space(s_), across = in_space(q_);
    along_ = {inner(along, of_.u_), inner(along, of_.v_)};
    const Point of_across = {inner(across, of_.u_), inner(across, of_.v_)};
    shear_ = perpendicular(of_across);
    slide_ = dot(along_, of_across);
    const Point origin = {inner(from, of_.u_), inner(from, of_.v_)};
    mu_ = perpendicular(origin), sigma_ = dot(along_, origin);
  }

  bool is_parallel() const { return rise_ < kParallel; }
  double start() const { return start_; }
  double q_at(double height) const { return (height - start_) / rise_; }
  // The polygons' coordinate goes by less than anybody sees between these.
  bool is_upright(double q0, double q1) const { return std::abs(shear_) * (q1 - q0) < kParallel; }

  Point picture(double s, double q) const { return {s * s_[0] + q * q_[0], s * s_[1] + q * q_[1]}; }
  // Of a parallel plane.
  Point picture(const Point& p) const {
    V3 at{};
    for (std::size_t a = 0; a < 3; ++a) at[a] = p[0] * of_.u_[a] + p[1] * of_.v_[a] + start_ * of_.normal_[a];
    return {inner(at, right_), inner(at, down_)};
  }
  // Where a polygon's point lies: (s, q). Precondition: not upright.
  Point image(const Point& p) const {
    const double q = (perpendicular(p) - mu_) / shear_;
    return {dot(along_, p) - sigma_ - q * slide_, q};
  }
  // What a slab has on the line of a q.
  std::vector<Interval> intervals(const Slab& slab, double q) const {
    const double place = mu_ + q * shear_;
    std::vector<double> crossings;
    for (const Polygon& polygon : slab.polygons) {
      for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
        const double ma = perpendicular(a), mb = perpendicular(b);
        if ((ma > place) == (mb > place)) continue;
        const double t = (place - ma) / (mb - ma);
        crossings.push_back(dot(along_, a) + t * (dot(along_, b) - dot(along_, a)) - sigma_ - q * slide_);
      }
    }
    std::sort(crossings.begin(), crossings.end());
    std::vector<Interval> out;
    for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) out.push_back({crossings[i], crossings[i + 1]});
    return out;
  }

 private:
  static double dot(const Point& a, const Point& b) { return a[0] * b[0] + a[1] * b[1]; }
  double perpendicular(const Point& p) const { return along_[0] * p[1] - along_[1] * p[0]; }
  V3 in_space(const Point& p) const {
    V3 out{};
    for (std::size_t a = 0; a < 3; ++a) out[a] = p[0] * right_[a] + p[1] * down_[a];
    return out;
  }

  const TurnedSlabs& of_;
  V3 right_{}, down_{};
  double start_ = 0.0, rise_ = 0.0, shear_ = 0.0, slide_ = 0.0, mu_ = 0.0, sigma_ = 0.0;
  Point s_{}, q_{}, along_{};
};

std::array<double, 6> TurnedSlabs::bounds() const {
  std::array<double, 6> b = {1e9, -1e9, 1e9, -1e9, 1e9, -1e9};
  for (const Slab& slab : slabs_) {
    for (const Polygon& polygon : slab.polygons) {
      for (const Point& p : polygon) {
        for (const double height : {slab.from, slab.to}) {
          for (std::size_t a = 0; a < 3; ++a) {
            const double at = p[0] * u_[a] + p[1] * v_[a] + height * normal_[a];
            b[2 * a] = std::min(b[2 * a], at), b[2 * a + 1] = std::max(b[2 * a + 1], at);
          }
        }
      }
    }
  }
  return b;
}

std::vector<Polygon> TurnedSlabs::area(const CutPlane& plane) const {
  const Cut cut(*this, plane);
  std::vector<Polygon> out;
  const auto add = [&](const Polygon& in_cut) {
    if (in_cut.size() < 3) return;
    Polygon& polygon = out.emplace_back();
    for (const Point& p : in_cut) polygon.push_back(cut.picture(p[0], p[1]));
  };
  for (const Slab& slab : slabs_) {
    if (cut.is_parallel()) {
      if (cut.start() < slab.from || cut.start() > slab.to || !out.empty()) continue;
      for (const Polygon& polygon : slab.polygons) {
        Polygon& to = out.emplace_back();
        for (const Point& p : polygon) to.push_back(cut.picture(p));
      }
      continue;
    }
    const double q0 = cut.q_at(slab.from), q1 = cut.q_at(slab.to);
    if (cut.is_upright(q0, q1)) {
      for (const Interval& i : cut.intervals(slab, 0.5 * (q0 + q1))) {
        add({{i[0], q0}, {i[1], q0}, {i[1], q1}, {i[0], q1}});
      }
      continue;
    }
    for (const Polygon& polygon : slab.polygons) {
      Polygon image;
      for (const Point& p : polygon) image.push_back(cut.image(p));
      add(clipped(image, q0, q1));
    }
  }
  return out;
}

std::string TurnedSlabs::outline(const CutPlane& plane) const {
  const Cut cut(*this, plane);
  if (cut.is_parallel()) return path_of(area(plane));
  std::string d;
  const auto line = [&](double s0, double q0, double s1, double q1) {
    const Point a = cut.picture(s0, q0), b = cut.picture(s1, q1);
    d += "M" + coordinate(a[0]) + "," + coordinate(a[1]) + "L" + coordinate(b[0]) + "," + coordinate(b[1]);
  };
  std::vector<Interval> before;
  double end = 0.0;
  const Slab* last = nullptr;
  for (const Slab& slab : slabs_) {
    const double q0 = cut.q_at(slab.from), q1 = cut.q_at(slab.to);
    const bool joins = last != nullptr && std::abs(slab.from - last->to) < kSamePlane;
    const std::vector<Interval> now = cut.intervals(slab, q0);
    if (!joins) {
      for (const Interval& i : before) line(i[0], end, i[1], end);
    }
    for (const Interval& i : joins ? difference(before, now) : now) line(i[0], q0, i[1], q0);
    if (cut.is_upright(q0, q1)) {
      for (const Interval& i : now) line(i[0], q0, i[0], q1), line(i[1], q0, i[1], q1);
    } else {
      for (const Polygon& polygon : slab.polygons) {
        for (std::size_t n = 0; n < polygon.size(); ++n) {
          Point a = cut.image(polygon[n]), b = cut.image(polygon[(n + 1) % polygon.size()]);
          if (a[1] > b[1]) std::swap(a, b);
          if (b[1] < q0 || a[1] >= q1) continue;
          if (b[1] - a[1] < kParallel) {  // along the slices
            line(a[0], a[1], b[0], b[1]);
            continue;
          }
          const auto at = [&](double q) { return a[0] + (q - a[1]) / (b[1] - a[1]) * (b[0] - a[0]); };
          const double from = std::max(a[1], q0), to = std::min(b[1], q1);
          line(at(from), from, at(to), to);
        }
      }
    }
    before = cut.intervals(slab, q1);
    end = q1;
    last = &slab;
  }
  for (const Interval& i : before) line(i[0], end, i[1], end);
  return d;
}

}  // namespace dosegate::html
