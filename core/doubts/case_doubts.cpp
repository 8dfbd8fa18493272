#include "core/doubts/case_doubts.h"

#include <algorithm>
#include <set>

#include "core/context/tolerances.h"
#include "core/geometry/inside.h"
#include "core/protocol/target_name.h"
#include "core/rules/on_record.h"
#include "core/rules/tally.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

Finding doubt(const std::string& id, FindingStatus status, Prose message, Prose hint) {
  Finding f = finding(status, std::move(message), std::move(hint));
  f.rule_id = std::string(kEngineRulePrefix) + id;
  f.mandatory = true;
  return f;
}

// Whatever the rules of the protocol need: a case with something that is not judged does not pass.
void refuse(const std::string& id, const Refusal& refused, std::vector<Finding>& out) {
  if (refused) out.push_back(doubt(id, FindingStatus::kNotEvaluable, refused.problem, refused.hint));
}

bool is_one_of(const std::string& text, std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

bool is_no_treatment(const std::string& intent) { return is_one_of(intent, {"VERIFICATION", "MACHINE_QA", "SERVICE"}); }

void look_at_plan(const Plan& plan, std::vector<Finding>& out) {
  if (plan.approval_status == "REJECTED") {
    out.push_back(
        doubt("approval", FindingStatus::kNotEvaluable, say<Said::kPlanRejected>(), say<Said::kGivePlanToTreat>()));
  }
  if (is_no_treatment(plan.intent)) {
    out.push_back(doubt("intent", FindingStatus::kNotEvaluable, say<Said::kPlanNotForPatient>(plan.intent),
                        say<Said::kGivePlanOfPatient>()));
  }
}

Message label(const RoiName& roi) { return say<Said::kRoiLabel>(roi.name, roi.number); }

Listing labels(const std::vector<RoiName>& rois) {
  std::vector<Argument> out;
  for (const RoiName& roi : rois) out.emplace_back(label(roi));
  return listing(std::move(out));
}

// Structures beside the one that stands for a role.
class Beside {
 public:
  explicit Beside(const Context& context)
      : context_(context),
        grid_(context.input().orientation()),
        matches_(context.matches()),
        cancel_point_(context.workers()) {
    looking_.workers = context.workers();
    for (const RoleMatch& m : matches_) {
      if (m.roi) used_.insert(m.roi->number);
      named_.insert(m.others.begin(), m.others.end());
    }
  }

  void look(std::vector<Finding>& out) {
    for (const RoleMatch& match : matches_) {
      const Role& role = *context_.protocol().find_role(match.role);
      if (!match.roi || role.derived || context_.input().options.structure_map.count(role.id) > 0) continue;
      look_at(role, match, out);
    }
  }

 private:
  struct ByNumber {
    bool operator()(const RoiName& a, const RoiName& b) const { return a.number < b.number; }
  };

  const Structure& drawn(const RoiName& roi) const { return context_.input().structures.at(roi.number); }

  static TargetKind kind_of(const Role& role) {
    return role.kind == RoleKind::kTarget ? target_kind_of(role.id, "") : TargetKind::kNone;
  }

  // Empty structures stand for nothing.
  static bool encloses(const Structure& s) {
    return std::any_of(s.contours.begin(), s.contours.end(), [](const Contour& c) { return c.points.size() >= 3; });
  }

  void look_at(const Role& role, const RoleMatch& match, std::vector<Finding>& out) {
    const Structure& own = drawn(*match.roi);
    std::vector<RoiName> same_name;
    for (const RoiName& other : match.others) {
      if (encloses(drawn(other)) && !is_drawn_alike(drawn(other), own, grid_, looking_)) same_name.push_back(other);
    }
    const std::vector<RoiName> further = further_targets(role);
    if (same_name.empty() && further.empty()) return;
    Prose text = say<Said::kStandsFor>(label(*match.roi), role.id, match.how);
    if (!same_name.empty()) text += say<Said::kCarriesName>(labels(same_name), same_name.size());
    if (!further.empty()) text += say<Said::kLooksLikeTarget>(labels(further), further.size());
    std::vector<RoiName> all = same_name;
    all.insert(all.end(), further.begin(), further.end());
    const Prose elsewhere = prescribed_instead(role, *match.roi, all);
    text += elsewhere.empty() ? Prose(say<Said::kNoRuleLooks>(role.id, match.roi->name)) : elsewhere;
    Prose hint = say<Said::kIfAllOfRole>(match.roi->name, role.id, map_option(role.id, match.roi->name));
    if (!same_name.empty()) hint += say<Said::kOtherwise>(map_option(role.id, same_name.front().name));
    if (!further.empty()) hint += say<Said::kOtherwiseDrawOne>();
    Finding f = doubt("match." + role.id, elsewhere.empty() ? FindingStatus::kWarning : FindingStatus::kNotEvaluable,
                      std::move(text), std::move(hint));
    f.structure = role.id;
    f.roi = match.roi->name;
    out.push_back(std::move(f));
  }

  // Targets of the role's kind that no role and no name of one has, and that lie in no target of the kind. Told of the
  // first role of the kind that is not pinned.
  std::vector<RoiName> further_targets(const Role& role) {
    const TargetKind kind = kind_of(role);
    if (kind == TargetKind::kNone) return {};
    std::vector<const Structure*> of_kind;
    const Role* teller = nullptr;
    for (const RoleMatch& m : matches_) {
      const Role& r = *context_.protocol().find_role(m.role);
      if (!m.roi || r.derived || kind_of(r) != kind) continue;
      if (teller == nullptr && context_.input().options.structure_map.count(r.id) == 0) teller = &r;
      of_kind.push_back(&drawn(*m.roi));
    }
    if (teller != &role) return {};
    std::vector<RoiName> out;
    for (const auto& item : context_.input().structures) {
      const std::int32_t number = item.first;
      const Structure& s = item.second;
      const RoiName roi{number, s.name};
      cancel_point_.step(1 + s.name.size());  // each byte is looked at often
      if (used_.count(number) > 0 || named_.count(roi) > 0) continue;
      if (target_kind_of(s.name, s.interpreted_type) != kind || !encloses(s)) continue;
      const bool inside = std::any_of(of_kind.begin(), of_kind.end(), [&](const Structure* own) {
        return lies_inside(s, *own, grid_, looking_) == Inside::kYes;
      });
      if (!inside) out.push_back(roi);
    }
    return out;
  }

  Prose prescribed_instead(const Role& role, const RoiName& own, const std::vector<RoiName>& others) const {
    const bool is_target = role.id == context_.protocol().prescription.target_role;
    const Subject& c = context_.input();
    const std::optional<Dose> own_dose =
        is_target ? context_.prescription().dose
                  : prescribed_to(role.id, c, context_.protocol(), matches_, context_.workers()).dose;
    if (own_dose) return {};
    const std::set<RoiName, ByNumber> to(others.begin(), others.end());
    for (const PrescribedElsewhere& p : prescribed_elsewhere(c, context_.protocol(), matches_, context_.workers())) {
      const auto other = to.find({p.roi_number, p.roi});
      if (other == to.end()) continue;
      return say<Said::kPrescribesToOther>(number(p.dose.in_gy(), 3, "Gy"), other->name, own.name);
    }
    return {};
  }

  const Context& context_;
  const Orientation grid_;
  const std::vector<RoleMatch>& matches_;
  std::set<std::int32_t> used_;
  std::set<RoiName, ByNumber> named_;
  CancelPoint cancel_point_;
  Looking looking_;  // of all pairs together; what is not looked at any more stays in doubt
};

}  // namespace

std::vector<Finding> case_doubts(const Context& context) {
  std::vector<Finding> out;
  const Subject& held = context.input();
  refuse("plans", held.plan_refused, out);
  refuse("structure_sets", held.structures_refused, out);
  if (held.dose_refused.problem != held.plan_refused.problem) refuse("doses", held.dose_refused, out);
  if (context.input().plan) look_at_plan(*context.input().plan, out);
  if (const ScaleDoubt& doubted = context.overruled(); doubted.kind != ScaleDoubt::Kind::kNone) {
    Prose text = doubted.problem;
    text += say<Said::kReadAsStated>(context.reading().reading);
    out.push_back(doubt("scale", FindingStatus::kWarning, std::move(text), say<Said::kCheckDoseOfPlan>()));
  }
  Beside(context).look(out);
  return out;
}

std::vector<Prose> case_notes(const Context& context) {
  std::vector<Prose> notes;
  if (!context.input().plan) return notes;
  const Plan& plan = *context.input().plan;
  if (!is_one_of(plan.approval_status, {"", "APPROVED", "UNAPPROVED", "REJECTED"})) {
    notes.push_back(say<Said::kApprovalNotOfStandard>(plan.approval_status));
  }
  if (plan.intent == "RESEARCH") {
    notes.push_back(say<Said::kPlanOfResearch>());
  } else if (!is_no_treatment(plan.intent) && !is_one_of(plan.intent, {"", "CURATIVE", "PALLIATIVE", "PROPHYLACTIC"})) {
    notes.push_back(say<Said::kIntentNotOfStandard>(plan.intent));
  }
  const std::optional<Dose>& total = context.prescription().dose;
  for (const PrescribedElsewhere& p :
       prescribed_elsewhere(context.input(), context.protocol(), context.matches(), context.workers())) {
    if (total && same_prescription(p.dose, *total)) continue;
    notes.push_back(say<Said::kPrescribesElsewhere>(number(p.dose.in_gy(), 3, "Gy"), label({p.roi_number, p.roi})));
  }
  for (const auto& [role, dose] : context.input().options.prescriptions) {
    if (role.empty() || context.protocol().find_role(role) != nullptr) continue;
    notes.push_back(say<Said::kPrescriptionOfUnknownRole>(role));
  }
  return notes;
}

}  // namespace dosegate
