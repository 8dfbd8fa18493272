// A structure as the DVH sees it: slabs of constant cross-section along one axis of a frame.
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
// All rings of one plane, combined by even-odd.
using Section = std::shared_ptr<const std::vector<Ring>>;

// The region inside `include` or any of `also`, inside every one of `within`, outside every one of `exclude`, from lo
// to hi along the stack's axis.
struct Slab {
  double lo = 0.0, hi = 0.0;  // mm
  Section include;
  std::vector<Section> exclude;
  double at = 0.0;  // mm, the plane that the rings were drawn on
  std::vector<Section> also, within;
};

struct SlabStack {
  Orientation frame;               // that coordinates of rings and slabs are in
  Axis axis = Axis::kZ;            // of the frame, that the planes are normal to
  Length off;                      // across the planes, by which a point may lie elsewhere (planes.h)
  std::vector<Slab> slabs;         // ascending, disjoint; of one piece where one's hi is the next one's lo
  std::vector<std::string> notes;  // what a user should know: repeated contours, a slice filled in

  // The axes of a ring's two coordinates.
  Axis u_axis() const { return across(axis)[0]; }
  Axis v_axis() const { return across(axis)[1]; }
};

// Between the planes of a stack and the nearest that are normal to an axis of a grid in that frame.
Angle angle_to_grid(const SlabStack& stack, const Orientation& grid);

// The structure on its planes, of which each reaches as far as `reach` says: one of each plane. `notes` come first
// among the stack's. Contours that repeat another of their plane, point for point, count once and are noted; what
// find_planes() left out is noted, too.
// Errors: those of drop_repeated(). `workers`: of the present call, asked whether to go on. Throws Cancelled.
Result<SlabStack> make_stack(const Structure& structure, const DrawnPlanes& drawn, const std::vector<PlaneReach>& reach,
                             std::vector<std::string> notes, Workers* workers = nullptr);

// A structure of which nothing is known but itself. Errors: those of find_planes(), and kNotEvaluable where lay_out()
// has a problem.
Result<SlabStack> make_stack(const Structure& structure, Workers* workers = nullptr);
// The same for a dose grid of that frame.
Result<SlabStack> make_stack(const Structure& structure, const Orientation& grid, Workers* workers = nullptr);

}  // namespace dosegate
