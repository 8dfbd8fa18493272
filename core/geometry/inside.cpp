#include "core/geometry/inside.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

namespace dosegate {
namespace {

constexpr double kReachMm = 1.0;       // what two drawings of one outline differ by
constexpr double kSamePlaneMm = 0.05;  // and coordinates of one plane, by rounding in print
constexpr std::size_t kPointsOfContour = 64;
constexpr std::size_t kMostSteps = 50'000'000;  // for one pair: some 0.1 s
constexpr std::size_t kStepsAtOnce = 32;        // are one of a CancelPoint's

// What one look takes of Looking.
class Steps {
 public:
  explicit Steps(Looking& looking)
      : looking_(looking), left_(std::min(kMostSteps, looking.steps_left)), cancel_point_(looking.workers) {}
  // False, from then on: there were not as many left.
  bool take(std::size_t steps) {
    cancel_point_.step(1 + steps / kStepsAtOnce);
    are_enough_ = are_enough_ && steps <= left_;
    const std::size_t taken = std::min(steps, left_);
    left_ -= taken;
    looking_.steps_left -= taken;
    return are_enough_;
  }
  bool are_enough() const { return are_enough_; }

 private:
  Looking& looking_;
  std::size_t left_;
  bool are_enough_ = true;
  CancelPoint cancel_point_;
};

using Planes = std::map<double, std::vector<const Contour*>>;

bool is_closed(const Contour& c) {
  const bool closed = c.type == ContourType::kClosedPlanar || c.type == ContourType::kClosedPlanarXor;
  return closed && c.points.size() >= 3;
}

// The axis that all planes are normal to. None: there is no closed contour, no such axis, or no step left.
std::optional<Axis> axis_of(const Structure& s, Steps& steps) {
  bool any = false;
  std::array<bool, 3> flat = {true, true, true};
  for (const Contour& c : s.contours) {
    if (!steps.take(c.points.size())) return {};
    if (!is_closed(c)) continue;
    any = true;
    for (const auto& p : c.points) {
      for (std::size_t a = 0; a < 3; ++a) {
        const auto axis = static_cast<Eigen::Index>(a);
        flat[a] = flat[a] && std::abs(p[axis] - c.points.front()[axis]) <= kSamePlaneMm;
      }
    }
  }
  if (!any) return {};
  for (const Axis axis : {Axis::kZ, Axis::kY, Axis::kX}) {
    if (flat[static_cast<std::size_t>(number_of(axis))]) return axis;
  }
  return {};
}

// Not all of them where there are not steps enough.
Planes planes_of(const Structure& s, Axis axis, Steps& steps) {
  constexpr std::size_t kStepsOfContour = 64;
  Planes planes;
  for (const Contour& c : s.contours) {
    if (!steps.take(kStepsOfContour)) break;
    if (!is_closed(c)) continue;
    const double at = c.points.front()[number_of(axis)];
    auto near = planes.lower_bound(at - kSamePlaneMm);
    if (near == planes.end() || near->first > at + kSamePlaneMm) near = planes.emplace(at, Planes::mapped_type{}).first;
    near->second.push_back(&c);
  }
  return planes;
}

double distance_to_edge(double u, double v, const Eigen::Vector2d& a, const Eigen::Vector2d& b) {
  const Eigen::Vector2d p(u, v), d = b - a;
  const double length = d.squaredNorm();
  const double t = length > 0.0 ? std::clamp((p - a).dot(d) / length, 0.0, 1.0) : 0.0;
  return (a + t * d - p).norm();
}

class Looker {
 public:
  Looker(const Structure& outer, Axis axis, Steps& steps)
      : axis_(axis), planes_(planes_of(outer, axis, steps)), steps_(steps) {
    for (auto it = planes_.begin(); it != planes_.end(); ++it) {
      const auto next = std::next(it);
      if (next != planes_.end()) spacing_ = std::min(spacing_, next->first - it->first);
    }
    if (planes_.size() < 2) spacing_ = kReachMm;
  }

  Inside look(const Structure& inner) {
    for (const auto& [at, contours] : planes_of(inner, axis_, steps_)) {
      const auto sections = sections_at(at);
      for (const Contour* contour : contours) {
        const std::size_t stride = std::max<std::size_t>(1, contour->points.size() / kPointsOfContour);
        for (std::size_t i = 0; i < contour->points.size(); i += stride) {
          const auto& p = contour->points[i];
          const bool in = std::any_of(sections.begin(), sections.end(), [&](const auto* s) { return holds(*s, p); });
          if (!steps_.are_enough()) return Inside::kUnknown;
          if (!in) return Inside::kNo;
        }
      }
    }
    return steps_.are_enough() ? Inside::kYes : Inside::kUnknown;
  }

 private:
  std::vector<const Planes::mapped_type*> sections_at(double at) const {
    const auto after = planes_.lower_bound(at - kSamePlaneMm);
    if (after != planes_.end() && after->first <= at + kSamePlaneMm) return {&after->second};
    std::vector<const Planes::mapped_type*> out;
    if (after != planes_.end() && after->first - at < spacing_) out.push_back(&after->second);
    if (after != planes_.begin() && at - std::prev(after)->first < spacing_) out.push_back(&std::prev(after)->second);
    return out;
  }

  // Even-odd over all contours of the plane, or within reach of an edge.
  bool holds(const Planes::mapped_type& section, const Eigen::Vector3d& p) {
    const int iu = number_of(across(axis_)[0]), iv = number_of(across(axis_)[1]);
    const double u = p[iu], v = p[iv];
    const auto any_edge = [&](const auto& f) {
      for (const Contour* contour : section) {
        const auto& points = contour->points;
        if (!steps_.take(points.size())) return false;
        for (std::size_t i = 0; i < points.size(); ++i) {
          if (f(points[i], points[i + 1 == points.size() ? 0 : i + 1])) return true;
        }
      }
      return false;
    };
    bool odd = false;
    any_edge([&](const auto& a, const auto& b) {
      if ((a[iv] > v) != (b[iv] > v) && u < a[iu] + (v - a[iv]) / (b[iv] - a[iv]) * (b[iu] - a[iu])) odd = !odd;
      return false;
    });
    return odd || any_edge([&](const auto& a, const auto& b) {
             return distance_to_edge(u, v, {a[iu], a[iv]}, {b[iu], b[iv]}) <= kReachMm;
           });
  }

  Axis axis_;
  Planes planes_;
  double spacing_ = std::numeric_limits<double>::infinity();  // mm, the least between two planes
  Steps& steps_;
};

// Not the whole of it where there are not steps enough.
Structure turned(const Structure& s, const Orientation& frame, Steps& steps) {
  Structure out;
  out.frame_of_reference_uid = s.frame_of_reference_uid;
  for (const Contour& c : s.contours) {
    if (!steps.take(1 + 4 * c.points.size())) break;
    Contour& to = out.contours.emplace_back();
    to.type = c.type;
    for (const auto& p : c.points) to.points.push_back(frame.to_grid(p));
  }
  return out;
}

Inside look(const Structure& inner, const Structure& outer, Steps& steps) {
  const auto axis = axis_of(inner, steps);
  if (!axis || axis != axis_of(outer, steps)) return Inside::kUnknown;
  return Looker(outer, *axis, steps).look(inner);
}

}  // namespace

Inside lies_inside(const Structure& inner, const Structure& outer, const Orientation& grid, Looking& looking) {
  if (inner.frame_of_reference_uid != outer.frame_of_reference_uid) return Inside::kUnknown;
  Steps steps(looking);
  const bool along_grid = !grid.is_patient() && !axis_of(inner, steps);
  if (!along_grid) return look(inner, outer, steps);
  if (!steps.are_enough()) return Inside::kUnknown;
  const Structure a = turned(inner, grid, steps), b = turned(outer, grid, steps);
  return steps.are_enough() ? look(a, b, steps) : Inside::kUnknown;
}

Inside lies_inside(const Structure& inner, const Structure& outer, const Orientation& grid) {
  Looking looking;
  return lies_inside(inner, outer, grid, looking);
}

bool is_drawn_alike(const Structure& a, const Structure& b, const Orientation& grid, Looking& looking) {
  return lies_inside(a, b, grid, looking) == Inside::kYes && lies_inside(b, a, grid, looking) == Inside::kYes;
}

bool is_drawn_alike(const Structure& a, const Structure& b, const Orientation& grid) {
  Looking looking;
  return is_drawn_alike(a, b, grid, looking);
}

}  // namespace dosegate
