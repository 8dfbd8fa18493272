// Bounds on the volume that receives at least a dose, made as narrow as they must be by halving the boxes that straddle
// the dose (some of their doses are above it and some below).
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/dvh/volume_above_dose.h"
#include "core/parallel/parallel.h"

namespace dosegate {

// A box that straddles the dose. What of it belongs to the structure is patch x [0, 1], in the box's own coordinates.
struct Straddler {
  Corners dose;                  // Gy
  std::span<const Piece> patch;  // its pieces must outlive the call
  bool whole = true;             // the patch is kWholeCell
  double volume = 0.0;           // of the whole box, mm^3
  VolumeBounds bounds;           // what is known so far of its volume above the dose, mm^3
};

// When the sum of the straddlers' bounds is narrow enough. All in mm^3.
struct Goal {
  double tolerance = 0.0;  // the bounds are no further apart than this
  // Or `limit` lies outside the bounds of the sum by more than `slack`. NaN when there is no limit.
  double limit = 0.0, slack = 0.0;
  // Volume beside the straddlers of which nobody can tell whether it is above the dose: it adds to the upper bound.
  double open = 0.0;
};

// The sum of the straddlers' bounds after halving the boxes with the widest ones, round by round, until the goal is
// met, about `max_boxes` halves were looked at, or nothing is open but what level.within leaves open. The bounds hold
// wherever it stops. Without straddlers the sum is 0. Deterministic. `workers` is of the present call; throws Cancelled
// when its host wants the call to end.
VolumeBounds refine_bounds(const std::vector<Straddler>& straddlers, const Level& level, const Goal& goal,
                           std::size_t max_boxes, Workers* workers);

}  // namespace dosegate
