// A drawn margin against the one that was asked for: the expected expansion of one structure (expansion.h) compared
// with another as drawn.
//
// Volumes are those of the solids, with what the model takes to lie between slices. The length of every row is exact;
// rows and planes are integrated by Gauss-Legendre between the places where sections change abruptly (the slabs' ends,
// the extremes of outlines). The error that is stated is the difference from rows at twice the pitch, on every fourth
// plane; it is an estimate from above where rows change smoothly. The shortfall of a point of the expected expansion is
// its distance to the drawn solid, mm (0 inside it); the worst one is the one-sided Hausdorff distance. It is searched
// along rows and then refined round the worst place, down to 1/256 mm: what is given was found at a real place, so it
// is never too large.
//
// Only what is certain decides, because slices hide things. Of the true solid they show the sections on their planes
// and nothing between: a surface that slopes by the angle a against the slices' axis is known to half their spacing
// along the axis, that is to s / 2 * sin a along its normal; all of it on a cap, nothing on a wall. This goes for the
// inner structure and for the outer one, so what slices can hide is the sum of both halves. Hence
//   beyond tolerance is a point of the inner structure's planes (not its slabs) plus the margin that is further than
//   the tolerance from every place that the outer one may reach: each of its sections, up to the next planes.
// It is asked on the planes of the outer structure, on which nothing of it is hidden (between them, its wall may bulge
// beyond either section), and further out than it may reach. So a margin that is drawn within tolerance, as the
// slices cut it, passes at any spacing, and what is short across the slices is found at any spacing.
// Excess is found likewise: it is by how much a point of the outer structure's planes lies beyond the inner one's
// sections up to the next planes plus the margin, along that axis of the slices' frame along which it does most, from
// the nearest point (nearest in the margin's own measure), mm. So a margin that was added along each axis, as a box, is
// none too large, though its corners lie further out than the ellipsoid.
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

// Whether `from` plus the margins is covered by `to`.
struct MarginQuestion {
  MarginStructure from, to;
  Margins margins;   // with all of them zero, `from` itself has to be inside `to`
  Length tolerance;  // not negative
};

// A place, how far it is off, and towards which side of the patient it is off (a unit vector). Patient coordinates,
// LPS.
struct Place {
  Length off;
  Eigen::Vector3d at_mm{0, 0, 0}, direction{0, 0, 0};
};

// A place that is further off than tolerance, and by how much; by as little as -kShortfallResolution, for safety.
inline constexpr double kShortfallResolution = 0.01;  // mm
struct Beyond {
  Place place;
  Length excess;
};

// A margin that is larger than asked for by less than this is not worth a word.
inline constexpr Length kSlightExcess = Length::mm(0.5);

struct MarginFit {
  Volume expected, missing, excess;  // of the expansion, of what `to` lacks of it, and of what `to` has beyond it
  Volume unexplained;    // how much of `missing` nothing explains; all of it when nothing is beyond tolerance
  Volume missing_error;  // by how much `missing` may be wrong either way
  // The worst place of the solids; none when nothing is missing.
  std::optional<Place> shortfall;
  // The worst place beyond tolerance, whether it is explained or not, and the worst that is not explained; none when
  // there is none.
  std::optional<Beyond> beyond;
  std::optional<Beyond> beyond_unexplained;
  // The worst excess that slices cannot hide, where it is more than kSlightExcess; none where no margin is asked for.
  std::optional<Place> furthest_excess;
};

// All of the answer that does not depend on what may explain a shortfall. Immutable once made.
class MarginComparison {
 public:
  // Preconditions: all stacks have slabs, as drawn (no `also`, `within` or `exclude`), one frame and one axis, and the
  // margins are the same in that frame (is_same_in); `rows` is that of question.from with its margins, `of_to` are the
  // sections of question.to. kLimitExceeded when the contours are too complex. Throws Cancelled. The answer does not
  // depend on the number of threads or on what `rows` knows already.
  static Result<std::shared_ptr<const MarginComparison>> make(const MarginQuestion& question,
                                                              const std::shared_ptr<ExpandedRows>& rows,
                                                              const MarginSections& of_to, const Host& host);
  ~MarginComparison();

  // Whether nothing is beyond tolerance, so that what may explain a shortfall does not matter.
  bool is_within_tolerance() const;
  // Whether some of a stack may lie where something is missing.
  bool meets(const SlabStack& stack) const;
  // A shortfall is explained inside any of `cropped_by`, or outside any of `within`; these may be combined structures.
  // Errors: those of make().
  Result<MarginFit> fit(const Stacks& cropped_by, const Stacks& within, const Host& host) const;

 private:
  struct State;
  explicit MarginComparison(std::unique_ptr<const State> state);
  const std::unique_ptr<const State> state_;
};

// make() and fit() at once.
Result<MarginFit> fit_margin(const MarginQuestion& question, const Stacks& cropped_by, const Stacks& within,
                             const Host& host);

}  // namespace dosegate
