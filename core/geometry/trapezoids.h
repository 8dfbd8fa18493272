// The region of a slab's cross-section (stack.h), exactly, as disjoint trapezoids between lines of constant v.
//
// Edges are cut where they cross, so self-intersecting, touching and nested rings, keyholes and rings of either
// direction need nothing but the even-odd rule.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// At v0 it reaches from left0 to right0 in u, at v1 from left1 to right1, and its sides are straight between them; mm.
struct Trapezoid {
  double v0, v1;
  double left0, left1, right0, right1;
  std::uint32_t left_edge, right_edge;  // the numbers of the edges that its sides are part of

  double area() const { return 0.5 * (v1 - v0) * ((right0 - left0) + (right1 - left1)); }
};

// Calls `emit` for each trapezoid of positive height, ascending in v, none of which crosses a value of `breaks`
// (ascending). A section without area has none. `budget` is counted down by the work done; kLimitExceeded when it runs
// out. `workers` is of the present call and is asked whether to go on; throws Cancelled.
Status decompose(const Slab& slab, const std::vector<double>& breaks, std::int64_t& budget,
                 const std::function<void(const Trapezoid&)>& emit, Workers* workers = nullptr);

// The volume of a stack: the sum of the trapezoids' areas times the slabs' heights; 0 without slabs. Budget, errors and
// `workers` as above.
Result<Volume> volume_of(const SlabStack& stack, std::int64_t& budget, Workers* workers = nullptr);

}  // namespace dosegate
