#include "core/geometry/stack.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/geometry/repeated.h"
#include "core/report/text.h"

namespace dosegate {
namespace {

// A contour is planar when it stays within this of its plane: DS strings carry 0.001 mm or better.
constexpr double kPlanarity = 0.01;  // mm
// Contours nearer than this lie on one plane; no scanner has slices that thin.
constexpr double kSamePlane = 0.1;  // mm
// A gap this many times its neighbours' is a missing slice; over the second, more than one is missing.
constexpr double kOneMissing = 1.5, kMoreMissing = 2.5;

Error not_evaluable(const Structure& s, const std::string& what) {
  return Error{ErrorCode::kNotEvaluable, "", quoted(s.name) + " " + what};
}

bool encloses(const Contour& c) {
  return c.type == ContourType::kClosedPlanar || c.type == ContourType::kClosedPlanarXor;
}

// The axis along which a contour is flat; -1 when it is flat along none. A contour flat along two axes is
// a line and encloses nothing; the caller prefers the axis of the others.
bool is_flat(const Contour& c, int axis) {
  double lo = c.points.front()[axis], hi = lo;
  for (const auto& p : c.points) {
    lo = std::min(lo, p[axis]);
    hi = std::max(hi, p[axis]);
  }
  return hi - lo <= kPlanarity;
}

Ring to_ring(const Contour& c, int u, int v) {
  Ring ring;
  ring.reserve(c.points.size());
  for (const auto& p : c.points) {
    const Eigen::Vector2d q(p[u], p[v]);
    if (ring.empty() || ring.back() != q) ring.push_back(q);
  }
  while (ring.size() > 1 && ring.back() == ring.front()) ring.pop_back();
  return ring;
}

struct Plane {
  double at = 0.0;
  std::vector<Ring> rings;
};

struct Gaps {
  std::vector<bool> one_missing;  // between plane i and i + 1
  std::size_t filled = 0;
  double first_filled_at = 0.0;
  double least = 0.0, most = 0.0;
  std::optional<std::pair<double, double>> too_wide;
};

// Precondition: two planes or more.
Gaps find_gaps(const std::vector<Plane>& planes) {
  const std::size_t count = planes.size() - 1;
  const auto gap = [&](std::size_t i) { return planes[i + 1].at - planes[i].at; };
  Gaps gaps;
  gaps.one_missing.assign(count, false);
  gaps.least = gaps.most = gap(0);
  for (std::size_t i = 0; i < count; ++i) {
    gaps.least = std::min(gaps.least, gap(i));
    gaps.most = std::max(gaps.most, gap(i));
    double beside = 0.0;
    if (i > 0) beside = gap(i - 1);
    if (i + 1 < count) beside = std::max(beside, gap(i + 1));
    if (beside == 0.0 || gap(i) <= kOneMissing * beside) continue;
    if (gap(i) > kMoreMissing * beside) {
      if (!gaps.too_wide) gaps.too_wide = {planes[i].at, planes[i + 1].at};
      continue;
    }
    gaps.one_missing[i] = true;
    if (gaps.filled++ == 0) gaps.first_filled_at = 0.5 * (planes[i].at + planes[i + 1].at);
  }
  return gaps;
}

}  // namespace

Result<SlabStack> make_stack(const Structure& s) {
  if (!s.defect.empty()) return Error{ErrorCode::kNotEvaluable, "", s.defect};
  if (s.contours.empty()) return not_evaluable(s, "has no contours.");
  SlabStack stack;
  std::vector<const Contour*> closed;
  std::size_t points = 0, degenerate = 0;
  for (const auto& c : s.contours) {
    if (c.type == ContourType::kPoint) {
      ++points;
    } else if (!encloses(c)) {
      return not_evaluable(s, "has an open contour; what it encloses is not defined.");
    } else if (c.points.size() < 3) {
      ++degenerate;
    } else {
      closed.push_back(&c);
    }
  }
  if (closed.empty()) return not_evaluable(s, "has no closed contour of three points or more.");

  // z first: planes are nearly always axial. An axis will do when every contour is flat along it.
  stack.axis = -1;
  for (const int axis : {2, 1, 0}) {
    if (std::all_of(closed.begin(), closed.end(), [&](const Contour* c) { return is_flat(*c, axis); })) {
      stack.axis = axis;
      break;
    }
  }
  if (stack.axis < 0) {
    return not_evaluable(s, "has contours that do not all lie in parallel planes normal to one patient axis.");
  }
  std::sort(closed.begin(), closed.end(), [&](const Contour* a, const Contour* b) {
    return a->points.front()[stack.axis] < b->points.front()[stack.axis];
  });
  std::vector<Plane> planes;
  for (const Contour* c : closed) {
    Ring ring = to_ring(*c, stack.u_axis(), stack.v_axis());
    if (ring.size() < 3) {
      ++degenerate;
      continue;
    }
    const double at = c->points.front()[stack.axis];
    if (planes.empty() || at - planes.back().at > kSamePlane) planes.push_back({at, {}});
    planes.back().rings.push_back(std::move(ring));
  }
  std::size_t repeated = 0;
  for (auto& plane : planes) {
    const Result<std::size_t> dropped = drop_repeated(plane.rings);
    if (!dropped) return dropped.error();
    repeated += *dropped;
  }
  if (planes.empty()) return not_evaluable(s, "has no closed contour of three points or more.");
  if (planes.size() == 1) {
    return not_evaluable(s, "is drawn on a single plane; its thickness is unknown.");
  }
  const Gaps gaps = find_gaps(planes);
  if (gaps.too_wide) {
    return not_evaluable(s, "has no contours between " + fixed(gaps.too_wide->first, 1) + " mm and " +
                                fixed(gaps.too_wide->second, 1) + " mm: more than one slice is missing.");
  }
  if (gaps.filled > 0) {
    stack.notes.push_back(quoted(s.name) + ": " + std::to_string(gaps.filled) +
                          " missing slice(s) filled from the neighbours, the first at " +
                          fixed(gaps.first_filled_at, 1) + " mm.");
  }
  if (gaps.filled == 0 && gaps.most > kOneMissing * gaps.least) {
    stack.notes.push_back(quoted(s.name) + ": its slices are unevenly spaced, " + fixed(gaps.least, 1) + " to " +
                          fixed(gaps.most, 1) + " mm; each reaches half-way to its neighbours.");
  }
  if (repeated > 0) {
    stack.notes.push_back(quoted(s.name) + ": " + std::to_string(repeated) + " repeated contour(s) counted once.");
  }
  if (points + degenerate > 0) {
    stack.notes.push_back(quoted(s.name) + ": " + std::to_string(points + degenerate) +
                          " contour(s) of one or two points enclose nothing and were left out.");
  }
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const auto middle = [&](std::size_t n) { return 0.5 * (planes[n].at + planes[n + 1].at); };
    const std::size_t last = planes.size() - 1;
    Slab slab;
    slab.at = planes[i].at;
    // Beyond an end plane half the adjacent spacing; where a slice is missing there, half the next one. Missing it is
    // where nearly all others are evenly spaced.
    const bool is_even = 4 * gaps.filled <= last;
    const bool skip_first = is_even && gaps.one_missing.front(), skip_last = is_even && gaps.one_missing.back();
    slab.lo = i > 0 ? middle(i - 1) : planes[0].at - (skip_first ? middle(1) - planes[1].at : middle(0) - planes[0].at);
    slab.hi = i < last ? middle(i)
                       : planes[last].at +
                             (skip_last ? planes[last - 1].at - middle(last - 2) : planes[last].at - middle(last - 1));
    slab.include = std::make_shared<const std::vector<Ring>>(std::move(planes[i].rings));
    stack.slabs.push_back(std::move(slab));
  }
  return stack;
}

}  // namespace dosegate
