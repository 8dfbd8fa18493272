// A drawn margin against the one that was asked for: the expected expansion of one structure (expansion.h) compared
// with another as drawn.
//
// Volumes: of the solids, with what is taken to lie between slices. The length of every row is exact; rows and planes
// are integrated by Gauss-Legendre between the places where sections change abruptly (the slabs' ends, the extremes of
// outlines). The error stated is the difference from rows at twice the pitch, on every fourth plane; it is an estimate
// from above where rows change smoothly.
// Shortfall of a point of the expected expansion: its distance to the drawn solid, mm (0 inside it); the worst is the
// one-sided Hausdorff distance. It is searched along rows and then refined round the worst place, down to 1/256 mm:
// what is given was found at a real place, so it is never too large.
//
// What decides is only what is certain, because slices hide. Of the true solid they show the sections on their planes
// and nothing between: a surface that slopes by the angle a against the slices' axis is known to half their spacing
// along the axis, that is to s / 2 * sin a along its normal; all of it on a cap, nothing on a wall. This goes for the
// inner structure and for the outer one, so what slices can hide is the sum of both halves. Hence
//   beyond tolerance is a point of the inner structure's planes (not its slabs) plus the margin that is further than
//   the tolerance from every place that the outer one may reach: each of its sections, up to the next planes.
// It is asked on the planes of the outer structure, on which nothing of it is hidden (between them, its wall may bulge
// beyond either section), and further out than it may reach. So a margin that is drawn within tolerance, as the
// slices cut it, passes at any spacing, and what is short across the slices is found at any spacing.
// Excess likewise: by how much a point of the outer structure's planes lies beyond the inner one's sections up to the
// next planes plus the margin, along that axis of the slices' frame along which it does most, from the nearest point
// (nearest in the margin's own measure), mm. So a margin that was added along each axis, as a box, is none too large,
// though its corners lie further out than the ellipsoid.
#pragma once

#include <Eigen/Core>
#include <memory>
#include <optional>
#include <vector>

#include "core/geometry/stack.h"
#include "core/margin/expanded_rows.h"
#include "core/margin/expansion.h"
#include "core/margin/lack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

struct MarginQuestion {
  MarginStructure from, to;
  Margins margins;  // all zero: `from` itself has to be inside `to`
  Length tolerance;
};

// A place and how far it is off. Direction: towards which side of the patient it is off, unit vector, LPS.
struct Place {
  Length off;
  Eigen::Vector3d at_mm{0, 0, 0}, direction{0, 0, 0};
};

// Further off than tolerance: by `excess`, which may be as little as -kShortfallResolution.
inline constexpr double kShortfallResolution = 0.01;  // mm
struct Beyond {
  Place place;
  Length excess;
};

inline constexpr Length kSlightExcess = Length::mm(0.5);

struct MarginFit {
  Volume expected, missing, excess;
  Volume unexplained;              // of missing; looked at only when something is beyond tolerance, else all of it
  Volume missing_error;            // of missing, either way
  std::optional<Place> shortfall;  // the worst of the solids; none: nothing is missing
  std::optional<Beyond> beyond;    // the worst beyond tolerance, explained or not; none: all within
  std::optional<Beyond> beyond_unexplained;
  // That slices cannot hide, where it is more than kSlightExcess; never without a margin.
  std::optional<Place> furthest_excess;
};

// All that does not depend on what may explain a shortfall.
class MarginComparison {
 public:
  // Precondition: all stacks hold slabs and have one frame and one axis, and the margins are the same in that frame
  // (is_same_in); those drawn have nothing also, within or excluded. `rows`:
  // of question.from with its margins. kLimitExceeded: too complex. Throws Cancelled. Deterministic, whatever the
  // number of threads and whatever `rows` knows.
  static Result<std::shared_ptr<const MarginComparison>> make(const MarginQuestion& question,
                                                              const std::shared_ptr<ExpandedRows>& rows,
                                                              const Host& host);
  ~MarginComparison();

  // Nothing is beyond tolerance: what may explain it does not matter.
  bool is_within_tolerance() const;
  // Whether some of a stack lies where something is missing.
  bool meets(const SlabStack& stack) const;
  // A shortfall is explained inside any of `cropped_by`, or outside any of `within`; these may be computed structures.
  // The same errors as make().
  Result<MarginFit> fit(const Stacks& cropped_by, const Stacks& within, const Host& host) const;

 private:
  struct State;
  explicit MarginComparison(std::unique_ptr<const State> state);
  const std::unique_ptr<const State> state_;
};

// Both steps at once.
Result<MarginFit> fit_margin(const MarginQuestion& question, const Stacks& cropped_by, const Stacks& within,
                             const Host& host);

}  // namespace dosegate
