#include "core/geometry/stack.h"

#include <algorithm>
#include <utility>

#include "core/geometry/repeated.h"

namespace dosegate {
namespace {

Ring to_ring(const Contour& c, const SlabStack& stack) {
  const int u = number_of(stack.u_axis()), v = number_of(stack.v_axis());
  Ring ring;
  ring.reserve(c.points.size());
  for (const auto& point : c.points) {
    const Eigen::Vector3d p = stack.frame.to_grid(point);
    const Eigen::Vector2d q(p[u], p[v]);
    if (ring.empty() || ring.back() != q) ring.push_back(q);
  }
  while (ring.size() > 1 && ring.back() == ring.front()) ring.pop_back();
  return ring;
}

}  // namespace

Angle angle_to_grid(const SlabStack& stack, const Orientation& grid) {
  Angle least = Angle::degrees(90.0);
  for (const Axis axis : kAxes) {
    least = std::min(least, angle_between_lines(stack.frame.direction(stack.axis), grid.direction(axis)));
  }
  return least;
}

Result<SlabStack> make_stack(const Structure& s, const DrawnPlanes& drawn, const std::vector<PlaneReach>& reach,
                             std::vector<Prose> notes, Workers* workers) {
  SlabStack stack;
  stack.frame = drawn.frame;
  stack.axis = drawn.axis;
  stack.off = drawn.off;
  stack.notes = std::move(notes);
  std::size_t repeated = 0;
  CancelPoint cancel_point(workers);
  for (std::size_t i = 0; i < drawn.planes.size(); ++i) {
    std::vector<Ring> rings;
    for (const std::size_t n : drawn.planes[i].contours) {
      cancel_point.step(1 + s.contours[n].points.size() / 16);
      rings.push_back(to_ring(s.contours[n], stack));
    }
    const Result<std::size_t> dropped = drop_repeated(rings, workers);
    if (!dropped) return dropped.error();
    repeated += *dropped;
    Slab slab;
    slab.at = drawn.planes[i].at;
    slab.lo = reach[i].lo;
    slab.hi = reach[i].hi;
    slab.include = std::make_shared<const std::vector<Ring>>(std::move(rings));
    stack.slabs.push_back(std::move(slab));
  }
  if (repeated > 0) stack.notes.push_back(say<Said::kContoursRepeated>(s.name, repeated));
  if (drawn.left_out > 0) stack.notes.push_back(say<Said::kContoursEncloseNothing>(s.name, drawn.left_out));
  return stack;
}

Result<SlabStack> make_stack(const Structure& s, Workers* workers) { return make_stack(s, Orientation(), workers); }

Result<SlabStack> make_stack(const Structure& s, const Orientation& frame, Workers* workers) {
  const Result<DrawnPlanes> drawn = find_planes(s, frame, workers);
  if (!drawn) return drawn.error();
  LayoutQuestion question{s.name, drawn->positions(), s.slab_thickness, false};
  SliceGrid grid;
  grid.add(question.at);
  grid.finish();
  PlaneLayout layout = lay_out(question, grid);
  if (!layout.problem.empty()) return Error{ErrorCode::kNotEvaluable, "", english(layout.problem)};
  return make_stack(s, *drawn, layout.planes, std::move(layout.notes), workers);
}

}  // namespace dosegate
