#include "core/context/margin_task.h"

#include <algorithm>

#include "core/margin/pixels.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

const Structure& drawn(const RoleState& state, const Context& context) {
  return context.input().structures.at(state.match.roi->number);
}

std::string frame_of(const RoleState& state, const Context& context) {
  if (state.role != nullptr && state.role->derived) return state.frame_of_reference_uid;
  return state.match.roi ? drawn(state, context).frame_of_reference_uid : "";
}

// The usual thickness of the slices of a structure as drawn, mm.
double thickness_of(const SlabStack& planes) {
  std::vector<double> all;
  for (const Slab& slab : planes.slabs) all.push_back(slab.hi - slab.lo);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

// The two structures, or why they cannot be compared.
MarginTask pair(const std::string& from, const std::string& to, const Context& context) {
  MarginTask task;
  const RoleState& a = context.role(from);
  const RoleState& b = context.role(to);
  for (const auto& [name, state] : {std::pair(&from, &a), std::pair(&to, &b)}) {
    if (state->stack && state->planes && state->volume && !state->stack->slabs.empty()) continue;
    task.problem =
        say<Said::kOfRole>(*name, state->problem.empty() ? Prose(say<Said::kNoUsableStructure>()) : state->problem);
    task.hint = state->hint.empty() ? Prose(say<Said::kDrawAndExport>()) : state->hint;
    return task;
  }
  const std::string frame = frame_of(a, context);
  if (frame.empty() || frame_of(b, context).empty()) {
    task.problem = say<Said::kFrameOfRoleNotStated>(frame.empty() ? from : to);
    task.hint = say<Said::kExportStructuresWithFrame>();
  } else if (frame != frame_of(b, context)) {
    task.problem = say<Said::kRolesInOtherFrames>(from, to);
    task.hint = say<Said::kExportFromOneSet>();
  } else if (a.stack->axis != b.stack->axis || !(a.stack->frame == b.stack->frame)) {
    task.problem = say<Said::kRolesOnOtherPlanes>(from, to);
    task.hint = say<Said::kDrawBothOnSeries>();
  }
  if (!task.problem.empty()) return task;
  task.question.from = {a.stack, a.planes};
  task.question.to = {b.stack, b.planes};
  // Half of either (margin_fit.h).
  task.by_slices = Length::mm(0.5 * (thickness_of(*a.planes) + thickness_of(*b.planes)));
  task.by_pixels = 0.5 * (pixel_of(*a.planes) + pixel_of(*b.planes));
  return task;
}

}  // namespace

MarginTask margin_task(const MarginNeed& need, const Context& context) {
  MarginTask task = pair(need.from, need.to, context);
  if (!task.problem.empty()) return task;
  MarginQuestion& q = task.question;
  q.margins = need.margins;
  if (!is_same_in(q.from.solid->frame, need.margins)) {
    const Angle angle = angle_between(q.from.solid->frame, Orientation());
    task.problem = say<Said::kMarginTurned>(need.from, amount_number(angle.in_degrees(), 2, "°"));
    task.hint = say<Said::kDrawAlongPatient>();
    return task;
  }
  q.tolerance = need.tolerance + task.by_pixels;
  const std::string frame = frame_of(context.role(need.from), context);
  const auto add = [&](const std::vector<std::string>& roles, Stacks& stacks) {
    for (const std::string& name : roles) {
      const RoleState& state = context.role(name);
      if (!state.stack || !state.volume || frame_of(state, context) != frame ||
          state.stack->axis != q.from.solid->axis || !(state.stack->frame == q.from.solid->frame)) {
        task.not_considered.push_back(name);
        continue;
      }
      stacks.push_back(state.stack);
    }
  };
  add(need.cropped_by, task.cropped_by);
  add(need.within, task.within);
  return task;
}

}  // namespace dosegate
