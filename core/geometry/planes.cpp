#include "core/geometry/planes.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
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

  double length() const { return hi - lo; }
};

// Along a direction of the patient.
Extent extent(const Contour& c, const Eigen::Vector3d& direction) {
  const double first = direction.dot(c.points.front());
  Extent e{first, first};
  for (const auto& p : c.points) {
    const double at = direction.dot(p);
    e.lo = std::min(e.lo, at);
    e.hi = std::max(e.hi, at);
  }
  return e;
}

// Along an axis of a frame; of the patient's without any rounding.
Extent extent(const Contour& c, const Orientation& frame, Axis axis) {
  if (!frame.is_patient()) return extent(c, frame.direction(axis));
  const int k = number_of(axis);
  Extent e{c.points.front()[k], c.points.front()[k]};
  for (const auto& p : c.points) {
    e.lo = std::min(e.lo, p[k]);
    e.hi = std::max(e.hi, p[k]);
  }
  return e;
}

// `spread`: of the direction, as Orientation::spread(). A contour flat along two axes would be a line, which spans no
// plane.
bool is_flat(const Contour& c, double uneven, double spread) {
  if (uneven <= kPlanarity * spread + kBinarySlack) return true;
  return uneven <= kMostUneven * spread + kBinarySlack && has_one_decimal(c);
}

using AtContour = std::function<void(const Contour&)>;

// What is drawn, without what encloses nothing.
struct Closed {
  std::vector<std::size_t> contours;
  std::size_t left_out = 0;
};
Result<Closed> closed_contours(const Structure& s, const AtContour& at_contour) {
  if (!s.defect.empty()) return Error{ErrorCode::kNotEvaluable, "", s.defect};
  if (s.contours.empty()) return not_evaluable(s, "has no contours.");
  Closed found;
  for (std::size_t n = 0; n < s.contours.size(); ++n) {
    const Contour& c = s.contours[n];
    at_contour(c);
    if (c.type == ContourType::kPoint || c.points.empty()) {
      ++found.left_out;
    } else if (!is_closed(c)) {
      if (has_three_points(c)) return not_evaluable(s, "has an open contour; what it encloses is not defined.");
      ++found.left_out;
    } else if (!spans_a_plane(c)) {
      ++found.left_out;
    } else {
      found.contours.push_back(n);
    }
  }
  if (found.contours.empty()) return not_evaluable(s, "has no closed contour of three points or more.");
  return found;
}

struct InFrame {
  DrawnPlanes planes;
  double uneven = 0.0;  // mm, of all contours together
};

// None: an axis will do when every contour is flat along it.
std::optional<InFrame> planes_in(const Structure& s, const Closed& closed, const Orientation& frame,
                                 const AtContour& at_contour, CancelPoint& cancel_point) {
  InFrame found;
  found.planes.frame = frame;
  found.planes.left_out = closed.left_out;
  // z first: planes are nearly always axial.
  constexpr std::array<Axis, 3> kInOrder = {Axis::kZ, Axis::kY, Axis::kX};
  const auto axis = std::find_if(kInOrder.begin(), kInOrder.end(), [&](Axis a) {
    return std::all_of(closed.contours.begin(), closed.contours.end(), [&](std::size_t n) {
      at_contour(s.contours[n]);
      return is_flat(s.contours[n], extent(s.contours[n], frame, a).length(), frame.spread(a));
    });
  });
  if (axis == kInOrder.end()) return std::nullopt;
  found.planes.axis = *axis;
  std::vector<std::pair<double, std::size_t>> placed;
  for (const std::size_t n : closed.contours) {
    at_contour(s.contours[n]);
    const Extent e = extent(s.contours[n], frame, *axis);
    found.uneven += e.length();
    placed.emplace_back(e.lo + 0.5 * e.length(), n);
  }
  sort_asking(placed.begin(), placed.end(), std::less<>(), cancel_point);
  // Contours of one plane that have one decimal may lie as much farther apart as turning spreads it.
  const double same = kSamePlane * frame.spread(*axis);
  std::vector<DrawnPlane>& planes = found.planes.planes;
  for (const auto& [at, n] : placed) {
    if (planes.empty() || at - planes.back().at > same) planes.push_back({at, {}});
    planes.back().contours.push_back(n);
  }
  return found;
}

// By how much the planes of two frames have a point of the structure in different places, over its whole extent.
double apart(const Structure& s, const Closed& closed, const DrawnPlanes& a, const DrawnPlanes& b,
             const AtContour& at_contour) {
  const Eigen::Vector3d p = a.frame.direction(a.axis), q = b.frame.direction(b.axis);
  const Eigen::Vector3d difference = p - (p.dot(q) < 0.0 ? -1.0 : 1.0) * q;
  Eigen::Vector3d lo = s.contours[closed.contours.front()].points.front(), hi = lo;
  for (const std::size_t n : closed.contours) {
    at_contour(s.contours[n]);
    for (const auto& point : s.contours[n].points) {
      lo = lo.cwiseMin(point);
      hi = hi.cwiseMax(point);
    }
  }
  return difference.cwiseAbs().dot(hi - lo);
}

// Twice the area of a contour times the normal of its plane.
Eigen::Vector3d normal_area(const Contour& c) {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  const Eigen::Vector3d& origin = c.points.front();
  for (std::size_t i = 1; i + 1 < c.points.size(); ++i) {
    sum += (c.points[i] - origin).cross(c.points[i + 1] - origin);
  }
  return sum;
}

Error not_parallel(const Structure& s, const Orientation& grid) {
  return not_evaluable(s,
                       std::string("has contours that do not all lie in parallel planes normal to one patient axis") +
                           (grid.is_patient() ? "." : " or to one axis of the dose grid."));
}

}  // namespace

Result<DrawnPlanes> find_planes(const Structure& s, const Orientation& grid, Workers* workers) {
  CancelPoint cancel_point(workers);
  const AtContour at_contour = [&](const Contour& c) {
    cancel_point.step(1 + c.points.size() / 16);
  };  // a point is quickly looked at
  const Result<Closed> closed = closed_contours(s, at_contour);
  if (!closed) return closed.error();
  std::optional<InFrame> of_patient = planes_in(s, *closed, Orientation(), at_contour, cancel_point);
  if (grid.is_patient()) return of_patient ? Result<DrawnPlanes>(std::move(of_patient->planes)) : not_parallel(s, grid);
  std::optional<InFrame> of_grid = planes_in(s, *closed, grid, at_contour, cancel_point);
  if (!of_grid) return of_patient ? Result<DrawnPlanes>(std::move(of_patient->planes)) : not_parallel(s, grid);
  if (!of_patient) return std::move(of_grid->planes);
  const double off = apart(s, *closed, of_grid->planes, of_patient->planes, at_contour);
  if (off <= kPlanarity) {
    of_grid->planes.off = Length::mm(off);
    return std::move(of_grid->planes);
  }
  const std::size_t in_grid = of_grid->planes.planes.size(), in_patient = of_patient->planes.planes.size();
  const bool is_of_grid = in_grid != in_patient ? in_grid < in_patient : of_grid->uneven < of_patient->uneven;
  return std::move(is_of_grid ? of_grid->planes : of_patient->planes);
}

Result<DrawnPlanes> find_planes(const Structure& s, Workers* workers) { return find_planes(s, Orientation(), workers); }

std::optional<Tilt> find_tilt(const Structure& s, const Orientation& grid, Workers* workers) {
  CancelPoint cancel_point(workers);
  const AtContour at_contour = [&](const Contour& c) { cancel_point.step(1 + c.points.size() / 16); };
  const Result<Closed> closed = closed_contours(s, at_contour);
  if (!closed) return std::nullopt;
  // All contours together say it best, each as much as it is large, whichever way round it runs.
  Eigen::Vector3d largest = Eigen::Vector3d::Zero(), sum = largest;
  for (const bool all : {false, true}) {
    for (const std::size_t n : closed->contours) {
      at_contour(s.contours[n]);
      const Eigen::Vector3d of_one = normal_area(s.contours[n]);
      if (all) sum += of_one.dot(largest) < 0.0 ? Eigen::Vector3d(-of_one) : of_one;
      if (!all && of_one.squaredNorm() > largest.squaredNorm()) largest = of_one;
    }
  }
  if (!(sum.stableNorm() > 0.0) || !sum.allFinite()) return std::nullopt;
  const Eigen::Vector3d normal = sum / sum.stableNorm();
  const double spread = normal.cwiseAbs().sum();
  Axis nearest = Axis::kZ;
  for (const Axis axis : kAxes) {
    if (std::abs(normal.dot(grid.direction(axis))) > std::abs(normal.dot(grid.direction(nearest)))) nearest = axis;
  }
  Tilt tilt{angle_between_lines(normal, grid.direction(nearest)), {}};
  for (const std::size_t n : closed->contours) {
    at_contour(s.contours[n]);
    if (!is_flat(s.contours[n], extent(s.contours[n], normal).length(), spread)) return std::nullopt;
    tilt.uneven = std::max(tilt.uneven, Length::mm(extent(s.contours[n], grid, nearest).length()));
  }
  return tilt;
}

}  // namespace dosegate
