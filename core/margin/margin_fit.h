// A drawn margin against the one that was asked for: the expected expansion of one structure (expansion.h) compared
// with another as drawn, both as slabs.
//
// Volumes: the length of every row is exact; rows and planes are integrated by Gauss-Legendre between the places where
// sections change abruptly (the slabs' ends, the extremes of outlines). The error stated is the difference from the
// same integral at twice the pitch; it is an estimate from above where rows change smoothly.
// Shortfall of a point of the expected expansion: its distance to the drawn structure, mm (0 inside it); the worst is
// the one-sided Hausdorff distance. It is searched along rows and then refined round the worst place, down to 1/64 of
// the pitch: what is given was found at a real place, so it is never too large. Excess of a point of the drawn
// structure: by how much it lies beyond the expansion along the line from the nearest point of the inner structure
// (nearest in the margin's own measure), mm.
//
// A shortfall may be an artefact of slices. A surface that is drawn on planes is known along their axis to within
// half their spacing, so a place is beyond tolerance when its shortfall exceeds
//   tolerance + spacing_tolerance * |n|,  n the part along the axis of the direction in which the margin is added
//   there.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "core/geometry/stack.h"
#include "core/margin/expansion.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

struct MarginQuestion {
  const SlabStack* from = nullptr;  // as drawn
  const SlabStack* to = nullptr;    // as drawn
  Margins margins;                  // all zero: `from` itself has to be inside `to`
  Length tolerance, spacing_tolerance;
  // Where a shortfall is explained: inside any of these, or outside any of those. May be computed structures.
  std::vector<const SlabStack*> cropped_by, within;
};

// A place and how far it is off. Direction: towards which side of the patient it is off, unit vector, LPS.
struct Place {
  Length off;
  Eigen::Vector3d at_mm{0, 0, 0}, direction{0, 0, 0};
};

// Further off than tolerance: by `excess`, which may be as little as -kShortfallResolution.
inline constexpr double kShortfallResolution = 0.05;  // mm
struct Beyond {
  Place place;
  Length excess;
};

struct MarginFit {
  Volume expected, missing, unexplained, excess;
  Volume missing_error;            // of missing, either way
  std::optional<Place> shortfall;  // the worst; none: nothing is missing
  std::optional<Beyond> beyond;    // the worst beyond tolerance, explained or not; none: all within
  std::optional<Beyond> beyond_unexplained;
  std::optional<Place> furthest_excess;
};

// Precondition: both stacks hold slabs and have one axis. kLimitExceeded: too complex. Throws Cancelled. Deterministic,
// whatever the number of threads.
Result<MarginFit> fit_margin(const MarginQuestion& question, const Host& host);

}  // namespace dosegate
