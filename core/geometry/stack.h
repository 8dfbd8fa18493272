// A structure as the DVH sees it: slabs of constant cross-section along one patient axis.
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
  int axis = 2;                    // patient axis that the planes are normal to: 0 x, 1 y, 2 z
  std::vector<Slab> slabs;         // ascending, disjoint; of one piece where one's hi is the next one's lo
  std::vector<std::string> notes;  // what a user should know: repeated contours, a slice filled in

  // The patient axes of a ring's two coordinates.
  int u_axis() const { return axis == 0 ? 1 : 0; }
  int v_axis() const { return axis == 2 ? 1 : 2; }
};

// The structure on its planes, of which each reaches as far as `reach` says: one of each plane. `notes` come first
// among the stack's. Contours that repeat another of their plane, point for point, count once and are noted; what
// find_planes() left out is noted, too.
// Errors: those of drop_repeated(). `workers`: of the present call, asked whether to go on. Throws Cancelled.
Result<SlabStack> make_stack(const Structure& structure, const DrawnPlanes& drawn, const std::vector<PlaneReach>& reach,
                             std::vector<std::string> notes, Workers* workers = nullptr);

// A structure of which nothing is known but itself. Errors: those of find_planes(), and kNotEvaluable where lay_out()
// has a problem.
Result<SlabStack> make_stack(const Structure& structure, Workers* workers = nullptr);

}  // namespace dosegate
