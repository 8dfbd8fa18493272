#include <algorithm>
#include <cmath>
#include <utility>

#include "core/context/tolerances.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "core/rules/dose_metric/room.h"
#include "core/rules/dose_metric/without_value.h"
#include "core/rules/measure.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

// Nothing is decided by it, and a planning system waits for the answer. The value itself is within 0.01 Gy even so,
// unless the dose jumps from voxel to voxel.
const Tolerance kReportedOnly{1e-3, Dose::gy(0.05)};

FindingStatus judge(const MetricValue& m, const Limit& limit) {
  const double l = limit.value;
  bool passes = false, fails = false;
  switch (limit.comparator) {
    case Comparator::kLess:
      passes = m.upper < l, fails = m.lower >= l;
      break;
    case Comparator::kLessOrEqual:
      passes = m.upper <= l, fails = m.lower > l;
      break;
    case Comparator::kGreater:
      passes = m.lower > l, fails = m.upper <= l;
      break;
    case Comparator::kGreaterOrEqual:
      passes = m.lower >= l, fails = m.upper < l;
      break;
  }
  if (fails) return FindingStatus::kDeviation;
  if (!passes) return FindingStatus::kIndeterminate;
  return std::abs(m.value - l) < limit.warning_within ? FindingStatus::kWarning : FindingStatus::kPass;
}

// What 100 % of a prescribed dose stand for in a rule.
struct Reference {
  Dose dose;
  Prose said;           // "95 % are 42.75 Gy, of 45 Gy." where the structure is another than the prescription's
  Prose problem, hint;  // why it is not clear
};

// A percentage of the rule.
PercentOfPrescription shown_percent(const DoseMetricRule& rule) {
  const auto* level = std::get_if<PercentOfPrescription>(&rule.metric.dose_level);
  if (rule.metric.yields_volume() && level != nullptr) return *level;
  return PercentOfPrescription::percent(rule.limit ? rule.limit->value : 100.0);
}

Number gy(Dose dose) { return number(dose.in_gy(), 3, "Gy"); }

// Where the plan prescribes another dose to the structure than the protocol's, a percentage has two meanings.
Reference hundred_percent(const DoseMetricRule& rule, const Context& context) {
  const Prescription& prescription = context.protocol().prescription;
  Reference out{rule.percent_of.value_or(prescription.total), {}, {}, {}};
  const PercentOfPrescription percent = shown_percent(rule);
  const Number shown = number(percent.in_percent(), 2, "%");
  const Role* role = context.protocol().find_role(rule.structure);
  const bool another = rule.metric.needs_prescription() && role != nullptr && role->kind == RoleKind::kTarget &&
                       rule.structure != prescription.target_role;
  if (!another) return out;
  const auto& stated = context.input().options.prescriptions;
  if (!rule.percent_of) {
    const Prescribed plan =
        prescribed_to(rule.structure, context.input(), context.protocol(), context.matches(), context.workers());
    std::vector<Dose> others;
    if (plan.dose) {
      others = {*plan.dose};
    } else {
      others = prescribed_to_no_roi(context.input(), context.protocol(), context.matches(), context.workers());
    }
    const auto other =
        std::find_if(others.begin(), others.end(), [&](Dose d) { return !same_prescription(d, out.dose); });
    if (stated.count(rule.structure) > 0 && plan.dose) {
      out.dose = *plan.dose;
    } else if (other != others.end() || !plan.problem.empty()) {
      const Prose prescribed = plan.dose              ? say<Said::kPlanPrescribesTo>(gy(*plan.dose), rule.structure)
                               : plan.problem.empty() ? say<Said::kNotClearWhatPlanPrescribes>(rule.structure)
                                                      : plan.problem;
      out.problem = say<Said::kPercentOfProtocol>(shown, gy(of(percent, out.dose)), gy(out.dose),
                                                  prescription.target_role, prescribed);
      out.hint =
          say<Said::kStatePercentOf>(rule.structure, other != others.end() ? fixed(other->in_gy(), 3) + "Gy" : "DOSE",
                                     fixed(out.dose.in_gy(), 3) + "Gy");
    }
  }
  out.said = say<Said::kPercentAre>(shown, gy(of(percent, out.dose)), gy(out.dose));
  return out;
}

// How much of a broken limit is too much, in Gy and in cc.
Listing excess_of(const DoseMetricRule& rule, const Finding& f, Volume total) {
  constexpr int kShown = 2;
  Listing excess;
  excess.join = Join::kComma;
  if (f.margin_dose && f.margin_dose->in_gy() < 0) {
    const bool from_above = bounds_dose(rule.metric, rule.limit->comparator) == BoundsDose::kFromAbove;
    const Number dose = amount_number(-f.margin_dose->in_gy(), kShown, "Gy");
    excess.items.emplace_back(from_above ? say<Said::kDoseTooMuch>(dose) : say<Said::kDoseTooLittle>(dose));
  }
  if (f.margin_volume && f.margin_volume->in_cc() < 0) {
    const bool none_allowed = rule.metric.kind == MetricKind::kMax || rule.metric.kind == MetricKind::kMin;
    const Number volume = amount_number(-f.margin_volume->in_cc(), kShown, "cc");
    const Number share = amount_number(-100.0 * (*f.margin_volume / total), kShown, "%");
    excess.items.emplace_back(none_allowed ? say<Said::kVolumeOnWrongSide>(volume, share)
                                           : say<Said::kVolumeTooMuch>(volume, share));
  }
  return excess;
}

Message sentence(const DoseMetricRule& rule, const Finding& f, Volume total) {
  constexpr int kShown = 2, kOfInterval = 4, kOfLimit = 6;
  if (!rule.limit) return say<Said::kDoseReported>(f.structure, f.metric, number(*f.value, kShown, f.unit));
  const Limit& limit = *rule.limit;
  const Number value = beside_number(*f.value, limit.value, kShown, f.unit);
  const Number bound = number(limit.value, kOfLimit, f.unit);
  const std::string_view comparator = symbol(limit.comparator);
  switch (f.status) {
    case FindingStatus::kPass:
      break;
    case FindingStatus::kWarning:
      return say<Said::kDoseNearLimit>(f.structure, f.metric, value, comparator, bound);
    case FindingStatus::kIndeterminate:
      return say<Said::kDoseUndecided>(f.structure, f.metric, value, comparator, bound,
                                       number(down_to(*f.lower, kOfInterval), kOfInterval),
                                       number(up_to(*f.upper, kOfInterval), kOfInterval, f.unit));
    default:
      Listing excess = excess_of(rule, f, total);
      if (excess.items.empty()) break;
      return say<Said::kDoseBroken>(f.structure, f.metric, value, comparator, bound, std::move(excess));
  }
  return say<Said::kDoseMet>(f.structure, f.metric, value, comparator, bound);
}

Prose advice(const DoseMetricRule& rule, const Finding& f) {
  if (f.status == FindingStatus::kDeviation) {
    if (!f.margin_dose) return say<Said::kNoDoseMeets>(f.structure);
    if (bounds_dose(rule.metric, rule.limit->comparator) == BoundsDose::kFromAbove) {
      return f.location_mm ? say<Said::kLowerDoseAtPlace>(f.structure) : say<Said::kLowerDose>(f.structure);
    }
    return f.location_mm ? say<Said::kRaiseDoseAtPlace>(f.structure) : say<Said::kRaiseDose>(f.structure);
  }
  if (f.status == FindingStatus::kIndeterminate) return say<Said::kPlanFurther>();
  return {};
}

Finding not_evaluable(Finding f, Prose why, Prose hint) {
  f.status = FindingStatus::kNotEvaluable;
  f.message = say<Said::kCannotBeEvaluated>(f.structure, f.metric);
  f.message += std::move(why);
  f.hint = std::move(hint);
  return f;
}

}  // namespace

Finding DoseMetricRule::evaluate(const Context& context) const {
  Finding f;
  const RoleState& state = context.role(structure);
  f.structure = structure;
  if (state.match.roi && !(state.role != nullptr && state.role->derived)) f.roi = state.match.roi->name;
  f.metric = metric.text;
  f.unit = std::string(unit_text(metric.unit));
  if (limit) {
    f.comparator = limit->comparator;
    f.limit = limit->value;
  }
  if (std::optional<Finding> without = judge_without_value(*this, context, f)) return *std::move(without);
  if (!state.dvh) return not_evaluable(std::move(f), state.dose_problem, state.dose_hint);
  const Dvh& dvh = *state.dvh;
  const Reference hundred = hundred_percent(*this, context);
  if (!hundred.problem.empty()) return not_evaluable(std::move(f), hundred.problem, hundred.hint);
  const Dose prescription = hundred.dose;
  const Measured measured =
      measure(metric, dvh, prescription, strictly_above ? Plateau::kDoesNotCount : Plateau::kCounts, f.limit,
              limit ? Tolerance{} : kReportedOnly);
  if (!measured.value) return not_evaluable(std::move(f), measured.problem, say<Said::kCheckStructure>());
  f.value = measured.value->value;
  f.lower = measured.value->lower;
  f.upper = measured.value->upper;
  f.status = limit ? judge(*measured.value, *limit) : FindingStatus::kPass;
  if (limit) {
    set_room(*this, dvh, prescription, f);
    if (f.margin_dose || f.status != FindingStatus::kDeviation) set_place(*this, dvh, f);
    if (state.all_outside) f.location_mm.reset();  // the grid knows no place in it
  }
  f.message = sentence(*this, f, dvh.total());
  f.message += hundred.said;
  if (limit) f.hint = advice(*this, f);
  if (!state.outside_note.empty()) {
    if (f.status == FindingStatus::kPass) f.status = FindingStatus::kWarning;
    f.message += state.outside_note;
  }
  return f;
}

}  // namespace dosegate
