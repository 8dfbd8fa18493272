// A structure as a solid: slabs of constant cross-section along one axis of a frame. All models of what lies between
// slices end in one of these, and DVH and margins are computed from it.
//
// Model "slab": the contours of a plane bound a region by the even-odd rule; the region reaches as far up and down as
// plane_layout.h says: half-way to the neighbouring planes, and at the end of a piece half a slice.
#pragma once

#include <Eigen/Core>
#include <memory>
#include <string>
#include <vector>

#include "core/geometry/plane_layout.h"
#include "core/geometry/planes.h"
#include "core/geometry/structure.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

// A closed polygon in a plane; the last point joins the first, no point repeats its predecessor.
using Ring = std::vector<Eigen::Vector2d>;
// All rings of one plane, combined by the even-odd rule.
using Section = std::shared_ptr<const std::vector<Ring>>;

// The region from lo to hi along the stack's axis whose cross-section is inside `include` or any of `also`, inside
// every one of `within`, and outside every one of `exclude`. A slab as drawn has `include` alone. Precondition: lo <
// hi, and no section is null.
struct Slab {
  double lo = 0.0, hi = 0.0;  // mm
  Section include;
  std::vector<Section> exclude;
  double at = 0.0;  // where the plane lies that `include` was drawn on or computed for, mm
  std::vector<Section> also, within;
};

struct SlabStack {
  Orientation frame;         // that coordinates of rings and slabs are in
  Axis axis = Axis::kZ;      // of the frame, that the planes are normal to
  Length off;                // across the planes, by which a point may lie elsewhere (planes.h)
  std::vector<Slab> slabs;   // ascending, disjoint; two are of one piece where one's hi is the next one's lo
  std::vector<Prose> notes;  // what a user should know: repeated contours, a slice filled in

  // The axes of the frame of a ring's two coordinates, u and v.
  Axis u_axis() const { return across(axis)[0]; }
  Axis v_axis() const { return across(axis)[1]; }
};

// Between the planes of a stack and the nearest that are normal to an axis of a grid in that frame.
Angle angle_to_grid(const SlabStack& stack, const Orientation& grid);

// The structure as one slab for each of its planes, which reaches as far as the entry of `reach` beside it says.
// `notes` come first among the stack's. Contours that repeat another one of their plane (repeated.h) count once and are
// noted; what find_planes() left out is noted, too. Errors: those of drop_repeated(). `workers` is of the present call
// and is asked whether to go on; throws Cancelled.
Result<SlabStack> make_stack(const Structure& structure, const DrawnPlanes& drawn, const std::vector<PlaneReach>& reach,
                             std::vector<Prose> notes, Workers* workers = nullptr);

// The stack of a structure of which nothing is known but itself: no other structures, no images. Errors: those above,
// those of find_planes(), and kNotEvaluable where lay_out() has a problem.
Result<SlabStack> make_stack(const Structure& structure, Workers* workers = nullptr);
// The same for a dose grid of that frame.
Result<SlabStack> make_stack(const Structure& structure, const Orientation& grid, Workers* workers = nullptr);

}  // namespace dosegate
