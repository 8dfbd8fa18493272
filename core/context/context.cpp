#include "core/context/context.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/context/margin_task.h"
#include "core/geometry/combine.h"
#include "core/geometry/solid.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

// Mean x of the contour points; none without a point.
std::optional<double> mean_x(const Structure& s, CancelPoint& cancel_point) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const auto& contour : s.contours) {
    cancel_point.step(1 + contour.points.size() / 16);
    for (const auto& p : contour.points) sum += p.x();
    count += contour.points.size();
  }
  if (count == 0) return {};
  return sum / static_cast<double>(count);
}

}  // namespace

Context::Context(const Subject& c, const Protocol& protocol, DvhStore& store, const Host& host,
                 std::set<std::int32_t> otherwise)
    : case_(c),
      protocol_(protocol),
      engine_{c.dose ? std::make_shared<const DoseGrid>(*c.dose) : nullptr, store, host},
      layouts_(c, c.orientation(), store, host.workers),
      otherwise_(std::move(otherwise)) {
  std::vector<RoiName> rois;
  for (const auto& [number, structure] : c.structures) rois.push_back({number, structure.name, is_empty(structure)});
  matches_ = match_structures(protocol, rois, c.options.structure_map, host.workers);
  refuse_swapped_sides();
  refuse_structures();
  measured_.insert(protocol.prescription.target_role);
  for (const Rule& rule : protocol.rules) {
    const RuleNeeds needs = rule.kind->needs();
    measured_.insert(needs.doses.begin(), needs.doses.end());
    if (needs.margin) in_margins_.insert({needs.margin->from, needs.margin->to});
  }
  // What the plan prescribes is told by the structures that its dose references name.
  const Refusal& unknown = c.plan_refused ? c.plan_refused : c.structures_refused;
  prescription_ = unknown ? Prescribed{{}, {}, unknown.problem, unknown.hint, {}}
                          : prescribed_to_target(c, protocol, matches_, host.workers);
  fractions_ = c.plan != nullptr ? planned_fractions(*c.plan, prescription_.dose)
               : c.plan_refused  ? PlannedFractions{{}, c.plan_refused.problem, c.plan_refused.hint, {}}
                                 : PlannedFractions{{}, say<Said::kNoRtPlan>(), say<Said::kGivePlan>(), {}};
  reading_ = read_dose(c);
  refuse_other_frame();
}

// The dose of a plan lies where the plan lies: in another frame of reference it is that of another one, or of another
// patient position, whatever else fits.
void Context::refuse_other_frame() {
  if (!case_.plan || !case_.dose || !reading_.factor) return;
  const std::string& of_plan = case_.plan->frame_of_reference_uid;
  const std::string& of_dose = case_.dose->frame_of_reference_uid();
  if (of_plan.empty() || of_dose.empty() || of_plan == of_dose) return;
  reading_ = {{}, {}, say<Said::kPlanInOtherFrame>(), say<Said::kExportTogether>()};
}

// Structures of a set that is not judged stand for nothing, and neither do those that are not there beside it.
void Context::refuse_structures() {
  if (!case_.structures_refused) return;
  for (RoleMatch& match : matches_) {
    match.roi.reset();
    match.how.clear();
    match.problem = case_.structures_refused.problem;
    match.hint = case_.structures_refused.hint;
  }
}

// A paired organ named for one side but drawn on the other: along the patient's x axis (LPS) the left one of a
// pair lies further on. Roles pair by their TG-263 names, Kidney_L and Kidney_R.
void Context::refuse_swapped_sides() {
  CancelPoint cancel_point(engine_.host.workers);
  for (auto& left : matches_) {
    const Role* role = protocol_.find_role(left.role);
    if (role == nullptr || role->laterality != Laterality::kLeft || !left.roi || !left.role.ends_with("_L")) continue;
    const std::string other = left.role.substr(0, left.role.size() - 1) + "R";
    for (auto& right : matches_) {
      if (right.role != other || !right.roi || !left.roi) continue;
      const auto x_left = mean_x(case_.structures.at(left.roi->number), cancel_point);
      const auto x_right = mean_x(case_.structures.at(right.roi->number), cancel_point);
      if (!x_left || !x_right || *x_left > *x_right) continue;
      const Message problem = say<Said::kSidesSwapped>(left.roi->name, right.roi->name);
      const Message hint = say<Said::kCheckSides>();
      for (auto* match : {&left, &right}) {
        match->roi.reset();
        match->how.clear();
        match->problem = problem;
        match->hint = hint;
      }
    }
  }
}

// What takes time is made in parallel and kept in the store: drawn structures first, then what is computed from them.
// The roles are then built of what is there.
bool Context::build_roles() {
  std::vector<DvhStore::Wanted> wanted;
  for (const auto& match : matches_) {
    if (match.roi) wanted.push_back(wanted_of_roi(match));
    const Role& role = *protocol_.find_role(match.role);
    if (!role.derived) continue;
    if (auto kept = kept_derived(role)) wanted.push_back(*std::move(kept));
  }
  if (!engine_.store.prepare(wanted, engine_.grid, engine_.host)) return false;
  for (const auto& match : matches_) {
    if (!protocol_.find_role(match.role)->derived) built(match.role);
  }
  wanted.clear();
  for (const auto& match : matches_) {
    RoleState state;
    state.role = protocol_.find_role(match.role);
    if (!state.role->derived) continue;
    if (auto of_derived = wanted_of_derived(state)) wanted.push_back(*std::move(of_derived));
  }
  if (cancelled_ || !engine_.store.prepare(wanted, engine_.grid, engine_.host)) return false;
  for (const auto& match : matches_) {
    const RoleState& state = built(match.role);
    if (cancelled_) return false;
    if (!state.role->derived || !match.roi) continue;
    RoleState drawn_version;
    drawn_version.role = state.role;
    drawn_version.match = match;
    build_from_roi(drawn_version);
    if (cancelled_) return false;
    drawn_.emplace(match.role, std::move(drawn_version));
  }
  check_scale();
  return true;
}

bool Context::prepare() {
  if (!build_roles()) return false;
  compare_margins();
  return true;
}

void Context::compare_margins() {
  std::vector<MarginStore::Asked> asked;
  std::vector<const RuleKind*> kinds;
  for (const Rule& rule : protocol_.rules) {
    const auto need = rule.kind->needs().margin;
    if (!need) continue;
    MarginTask task = margin_task(*need, *this);
    if (!task.problem.empty()) continue;
    kinds.push_back(rule.kind.get());
    asked.push_back({std::move(task.question), std::move(task.cropped_by), std::move(task.within)});
  }
  const std::vector<MarginStore::Answer> answers = engine_.store.margins().fit(asked, engine_.host);
  for (std::size_t n = 0; n < kinds.size(); ++n) margins_[kinds[n]] = answers[n];
}

MarginStore::Answer Context::margin(const RuleKind& kind) const {
  const auto found = margins_.find(&kind);
  return found != margins_.end() ? found->second : nullptr;
}

const RoleState* Context::drawn(const std::string& derived_role) const {
  const auto found = drawn_.find(derived_role);
  return found != drawn_.end() ? &found->second : nullptr;
}

}  // namespace dosegate
