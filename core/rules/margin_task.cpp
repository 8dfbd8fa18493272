#include "core/rules/margin_task.h"

#include <algorithm>

#include "core/json/writer.h"
#include "core/report/text.h"

namespace dosegate {
namespace {

const Structure& drawn(const RoleState& state, const Context& context) {
  return context.input().structures.at(state.match.roi->number);
}

std::string frame_of(const RoleState& state, const Context& context) {
  if (state.role != nullptr && state.role->derived) return state.frame_of_reference_uid;
  return state.match.roi ? drawn(state, context).frame_of_reference_uid : "";
}

// The usual distance of the planes that a structure is drawn on, mm.
double spacing_of(const RoleState& state, const Context& context) {
  constexpr double kOnePlane = 0.01;  // mm
  std::vector<double> at, steps;
  for (const Contour& c : drawn(state, context).contours) {
    if (!c.points.empty()) at.push_back(c.points.front()[state.stack->axis]);
  }
  std::sort(at.begin(), at.end());
  for (std::size_t n = 0; n + 1 < at.size(); ++n) {
    if (at[n + 1] - at[n] > kOnePlane) steps.push_back(at[n + 1] - at[n]);
  }
  if (steps.empty()) return 0.0;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

// The two structures, or why they cannot be compared.
MarginTask pair(const std::string& from, const std::string& to, const Context& context) {
  MarginTask task;
  const RoleState& a = context.role(from);
  const RoleState& b = context.role(to);
  for (const auto& [name, state] : {std::pair(&from, &a), std::pair(&to, &b)}) {
    if (state->stack && state->volume && !state->stack->slabs.empty()) continue;
    task.problem = *name + ": " + (state->problem.empty() ? "There is no usable structure." : state->problem);
    task.hint = state->hint.empty() ? "Draw it and export the structure set again." : state->hint;
    return task;
  }
  const std::string frame = frame_of(a, context);
  if (frame.empty() || frame_of(b, context).empty()) {
    task.problem = "The frame of reference of " + (frame.empty() ? from : to) + " is not stated.";
    task.hint = "Export the structures with their Frame of Reference UID (3006,0024).";
  } else if (frame != frame_of(b, context)) {
    task.problem = from + " and " + to + " lie in different frames of reference.";
    task.hint = "Export them from one structure set.";
  } else if (a.stack->axis != b.stack->axis) {
    task.problem = from + " and " + to + " are drawn on planes of different directions.";
    task.hint = "Draw both on the same image series.";
  }
  if (!task.problem.empty()) return task;
  task.question.from = a.stack.get();
  task.question.to = b.stack.get();
  task.key.rois = {a.match.roi->number, b.match.roi->number};
  task.key.operation = context.between_slices() == BetweenSlices::kSlab ? "margin slab" : "margin interpolate";
  return task;
}

void add_to_key(MarginTask& task, const std::string& text) { task.key.operation += " " + text; }

// Which way round structures with gaps in doubt were taken (Context).
void add_doubts_to_key(MarginTask& task, const Context& context) {
  if (const std::string text = context.taken_otherwise(task.key.rois); !text.empty()) add_to_key(task, text);
}

}  // namespace

MarginTask margin_task(const MarginRule& rule, const Context& context) {
  MarginTask task = pair(rule.from, rule.to, context);
  if (!task.problem.empty()) return task;
  MarginQuestion& q = task.question;
  q.margins = rule.margins;
  q.tolerance = rule.tolerance;
  q.spacing_tolerance = Length::mm(
      0.5 * std::max(spacing_of(context.role(rule.from), context), spacing_of(context.role(rule.to), context)));
  const Margins& m = rule.margins;
  for (const Length length :
       {m.left, m.right, m.anterior, m.posterior, m.cranial, m.caudal, q.tolerance, q.spacing_tolerance}) {
    add_to_key(task, number_text(length.in_mm()));
  }
  const std::string frame = frame_of(context.role(rule.from), context);
  const auto add = [&](const std::vector<std::string>& roles, const char* how, std::vector<const SlabStack*>& stacks) {
    for (const std::string& name : roles) {
      const RoleState& state = context.role(name);
      if (!state.stack || !state.volume || frame_of(state, context) != frame || state.stack->axis != q.from->axis) {
        task.not_considered.push_back(name);
        continue;
      }
      stacks.push_back(state.stack.get());
      add_to_key(task, how + name);
      task.key.rois.insert(task.key.rois.end(), state.key.rois.begin(), state.key.rois.end());
    }
  };
  add(rule.cropped_by, "cropped by ", q.cropped_by);
  add(rule.within, "within ", q.within);
  add_doubts_to_key(task, context);
  return task;
}

MarginTask margin_task(const ContainmentRule& rule, const Context& context) {
  MarginTask task = pair(rule.inner, rule.outer, context);
  if (!task.problem.empty()) return task;
  task.question.tolerance = rule.tolerance;
  add_to_key(task, "containment " + number_text(rule.tolerance.in_mm()));
  add_doubts_to_key(task, context);
  return task;
}

}  // namespace dosegate
