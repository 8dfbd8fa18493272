// A volume above a dose, made as narrow as it must be by cutting the boxes that straddle the dose.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/dvh/volume_above_dose.h"
#include "core/parallel/parallel.h"

namespace dosegate {

// A box that straddles the dose: patch x [0, 1] in its own coordinates.
struct Straddler {
  Corners dose;
  std::span<const Piece> patch;  // outlives the call
  bool whole = true;
  double volume = 0.0;  // of the box, mm^3: bounds are multiplied by it
  VolumeBounds bounds;  // mm^3, what is known of it
};

struct Goal {
  double tolerance = 0.0;  // mm^3: narrow enough
  // mm^3, of the straddlers' sum: as soon as it lies outside the bounds, by more than `slack`, nothing more is asked.
  // NaN: none.
  double limit = 0.0, slack = 0.0;
  double open = 0.0;  // mm^3 beside the straddlers of which nobody can say on which side they lie
};

// Halves the boxes with the widest bounds, round by round, until the goal is met, about `max_boxes` were looked at or
// only what level.within leaves open is left.
// The sum of all bounds. Deterministic. Throws Cancelled when the host of the call wants that.
VolumeBounds refine_bounds(const std::vector<Straddler>& straddlers, const Level& level, const Goal& goal,
                           std::size_t max_boxes, Workers* workers);

}  // namespace dosegate
