#include "core/geometry/planes.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "core/text/text.h"

namespace dosegate {
namespace {

// What every contour may be uneven by, whatever its decimals, and what none may.
constexpr double kPlanarity = 0.01, kMostUneven = 0.1;  // mm
// -19.99 less -20.00 is more than 0.01 in binary; coordinates of 100 m are rounded to 1e-11 mm.
constexpr double kBinarySlack = 1e-7;  // mm
// Two directions are one when the sine between them is no more than this.
constexpr double kOnLine = 1e-12;

Error not_evaluable(const Structure& s, const std::string& what) {
  return Error{ErrorCode::kNotEvaluable, "", quoted(s.name) + " " + what};
}

bool is_closed(const Contour& c) {
  return c.type == ContourType::kClosedPlanar || c.type == ContourType::kClosedPlanarXor;
}

// Not on one line, so three distinct points at least. Of most contours the first three points tell.
bool spans_a_plane(const Contour& c) {
  const Eigen::Vector3d& first = c.points.front();
  const auto second = std::find_if(c.points.begin(), c.points.end(), [&](const auto& p) { return p != first; });
  if (second == c.points.end()) return false;
  const auto direction_to = [&](const Eigen::Vector3d& p) -> Eigen::Vector3d {
    return (p - first) / (p - first).stableNorm();
  };
  const Eigen::Vector3d along = direction_to(*second);
  return std::any_of(second, c.points.end(), [&](const Eigen::Vector3d& p) {
    return p != first && along.cross(direction_to(p)).norm() > kOnLine;
  });
}

bool has_three_points(const Contour& c) {
  std::vector<Eigen::Vector3d> distinct;
  for (const auto& p : c.points) {
    if (std::find(distinct.begin(), distinct.end(), p) == distinct.end()) distinct.push_back(p);
    if (distinct.size() == 3) return true;
  }
  return false;
}

// Whether every coordinate is written with one decimal at most.
bool has_one_decimal(const Contour& c) {
  return std::all_of(c.points.begin(), c.points.end(), [](const Eigen::Vector3d& p) {
    return ((10.0 * p).array() - (10.0 * p).array().round()).abs().maxCoeff() <= 10.0 * kBinarySlack;
  });
}

struct Extent {
  double lo, hi;
};

Extent extent(const Contour& c, int axis) {
  Extent e{c.points.front()[axis], c.points.front()[axis]};
  for (const auto& p : c.points) {
    e.lo = std::min(e.lo, p[axis]);
    e.hi = std::max(e.hi, p[axis]);
  }
  return e;
}

// A contour flat along two axes would be a line, which spans no plane.
bool is_flat(const Contour& c, int axis) {
  const Extent e = extent(c, axis);
  const double uneven = e.hi - e.lo;
  if (uneven <= kPlanarity + kBinarySlack) return true;
  return uneven <= kMostUneven + kBinarySlack && has_one_decimal(c);
}

}  // namespace

Result<DrawnPlanes> find_planes(const Structure& s, Workers* workers) {
  CancelPoint cancel_point(workers);
  const auto step = [&](const Contour& c) {
    cancel_point.step(1 + c.points.size() / 16);
  };  // a point is quickly looked at
  if (!s.defect.empty()) return Error{ErrorCode::kNotEvaluable, "", s.defect};
  if (s.contours.empty()) return not_evaluable(s, "has no contours.");
  DrawnPlanes found;
  std::vector<std::size_t> closed;
  for (std::size_t n = 0; n < s.contours.size(); ++n) {
    const Contour& c = s.contours[n];
    step(c);
    if (c.type == ContourType::kPoint || c.points.empty()) {
      ++found.left_out;
    } else if (!is_closed(c)) {
      if (has_three_points(c)) return not_evaluable(s, "has an open contour; what it encloses is not defined.");
      ++found.left_out;
    } else if (!spans_a_plane(c)) {
      ++found.left_out;
    } else {
      closed.push_back(n);
    }
  }
  if (closed.empty()) return not_evaluable(s, "has no closed contour of three points or more.");

  // z first: planes are nearly always axial. An axis will do when every contour is flat along it.
  found.axis = -1;
  for (const int axis : {2, 1, 0}) {
    if (std::all_of(closed.begin(), closed.end(), [&](std::size_t n) {
          step(s.contours[n]);
          return is_flat(s.contours[n], axis);
        })) {
      found.axis = axis;
      break;
    }
  }
  if (found.axis < 0) {
    return not_evaluable(s, "has contours that do not all lie in parallel planes normal to one patient axis.");
  }
  std::vector<std::pair<double, std::size_t>> placed;
  for (const std::size_t n : closed) {
    step(s.contours[n]);
    const Extent e = extent(s.contours[n], found.axis);
    placed.emplace_back(e.lo + 0.5 * (e.hi - e.lo), n);
  }
  sort_asking(placed.begin(), placed.end(), std::less<>(), cancel_point);
  for (const auto& [at, n] : placed) {
    if (found.planes.empty() || at - found.planes.back().at > kSamePlane) found.planes.push_back({at, {}});
    found.planes.back().contours.push_back(n);
  }
  return found;
}

}  // namespace dosegate
