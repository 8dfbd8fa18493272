// The exact region of a slab's cross-section as disjoint trapezoids between horizontal lines.
//
// Edges are cut where they cross, so self-intersecting, touching and nested rings, keyholes and both
// windings are all the even-odd rule and nothing else; a ring's direction plays no part.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// Between v0 and v1, u runs from the line (left0 at v0, left1 at v1) to (right0, right1). mm.
struct Trapezoid {
  double v0, v1;
  double left0, left1, right0, right1;
  std::uint32_t left_edge, right_edge;  // of which edges its sides are: each has a number of its own

  double area() const { return 0.5 * (v1 - v0) * ((right0 - left0) + (right1 - left1)); }
};

// Calls `emit` for each trapezoid of positive height, ascending in v, none of them crossing a value of
// `breaks` (ascending). `budget` is counted down by the work done; when it runs out: kLimitExceeded. `workers`: of the
// present call, asked whether to go on. Throws Cancelled.
Status decompose(const Slab& slab, const std::vector<double>& breaks, std::int64_t& budget,
                 const std::function<void(const Trapezoid&)>& emit, Workers* workers = nullptr);

// Volume of the stack: the sum of the trapezoids' areas times the slabs' heights.
Result<Volume> volume_of(const SlabStack& stack, std::int64_t& budget, Workers* workers = nullptr);

}  // namespace dosegate
