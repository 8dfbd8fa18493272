#include "core/geometry/repeated.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "core/geometry/trapezoids.h"

namespace dosegate {
namespace {

constexpr double kSameOutline = 0.02;  // mm
constexpr std::size_t kMaxPairs = 100'000;
constexpr std::int64_t kWork = 100'000'000;

bool before(const Eigen::Vector2d& a, const Eigen::Vector2d& b) {
  return a.x() != b.x() ? a.x() < b.x() : a.y() < b.y();
}

// The same ring from its least point, in the direction whose second point is least: equal for every
// starting point and both windings.
Ring canonical(const Ring& ring) {
  const auto least = std::min_element(ring.begin(), ring.end(), before);
  Ring forward(least, ring.end());
  forward.insert(forward.end(), ring.begin(), least);
  Ring backward = forward;
  std::reverse(backward.begin() + 1, backward.end());
  return std::lexicographical_compare(backward.begin(), backward.end(), forward.begin(), forward.end(), before)
             ? backward
             : forward;
}

struct Outline {
  std::size_t ring = 0;
  Eigen::Vector2d lo, hi;
  double perimeter = 0.0;
};

Outline outline_of(const std::vector<Ring>& rings, std::size_t n) {
  const Ring& ring = rings[n];
  Outline o{n, ring.front(), ring.front(), 0.0};
  for (std::size_t i = 0; i < ring.size(); ++i) {
    o.lo = o.lo.cwiseMin(ring[i]);
    o.hi = o.hi.cwiseMax(ring[i]);
    o.perimeter += (ring[(i + 1) % ring.size()] - ring[i]).norm();
  }
  return o;
}

// What lies in one of both but not in the other, over their length: how far apart they are on average.
Result<bool> is_same(const Ring& a, const Ring& b, double perimeter, std::int64_t& budget, Workers* workers) {
  Slab both;
  both.include = std::make_shared<const std::vector<Ring>>(std::vector<Ring>{a, b});
  double area = 0.0;
  const auto add = [&](const Trapezoid& t) { area += t.area(); };
  const Status done = decompose(both, {}, budget, add, workers);
  if (!done) return done.error();
  return area <= kSameOutline * perimeter;
}

}  // namespace

Result<std::size_t> drop_repeated(std::vector<Ring>& rings, Workers* workers) {
  if (rings.size() < 2) return std::size_t{0};
  const auto less = [](const Ring& a, const Ring& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), before);
  };
  std::set<Ring, decltype(less)> seen(less);
  std::vector<bool> repeats(rings.size(), false);
  CancelPoint cancel_point(workers);
  for (std::size_t n = 0; n < rings.size(); ++n) {
    cancel_point.step(8 + rings[n].size() / 8);  // also for its place among the others
    repeats[n] = !seen.insert(canonical(rings[n])).second;
  }
  seen.clear();

  std::vector<Outline> outlines;
  for (std::size_t n = 0; n < rings.size(); ++n) {
    cancel_point.step(1 + rings[n].size() / 16);
    if (!repeats[n]) outlines.push_back(outline_of(rings, n));
  }
  std::stable_sort(outlines.begin(), outlines.end(), [&](const Outline& a, const Outline& b) {
    cancel_point.step();
    return a.lo.x() < b.lo.x();
  });
  // Rounding moves a corner by little; an outline that is the same on average may differ more at one point.
  const double reach = 10.0 * kSameOutline;
  std::size_t pairs = 0;
  std::int64_t budget = kWork;
  for (std::size_t i = 0; i < outlines.size(); ++i) {
    for (std::size_t j = i + 1; j < outlines.size() && outlines[j].lo.x() - outlines[i].lo.x() <= reach; ++j) {
      cancel_point.step();
      const Outline &a = outlines[i], &b = outlines[j];
      if (++pairs > kMaxPairs) {
        return Error{ErrorCode::kLimitExceeded, "", "A slice has more than 100000 pairs of contours that begin alike."};
      }
      if (repeats[a.ring] || repeats[b.ring]) continue;
      if ((a.lo - b.lo).cwiseAbs().maxCoeff() > reach || (a.hi - b.hi).cwiseAbs().maxCoeff() > reach) continue;
      const Result<bool> same =
          is_same(rings[a.ring], rings[b.ring], 0.5 * (a.perimeter + b.perimeter), budget, workers);
      if (!same) return same.error();
      if (*same) repeats[std::max(a.ring, b.ring)] = true;
    }
  }
  std::vector<Ring> kept;
  for (std::size_t n = 0; n < rings.size(); ++n) {
    if (!repeats[n]) kept.push_back(std::move(rings[n]));
  }
  const std::size_t dropped = rings.size() - kept.size();
  rings = std::move(kept);
  return dropped;
}

}  // namespace dosegate
