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
  std::string said;           // " 95 % are 42.75 Gy, of 45 Gy." where the structure is another than the prescription's
  std::string problem, hint;  // why it is not clear
};

std::string percent_in_words(const DoseMetricRule& rule, Dose hundred) {
  const auto* level = std::get_if<PercentOfPrescription>(&rule.metric.dose_level);
  const double percent = rule.metric.yields_volume() && level != nullptr ? level->in_percent()
                         : rule.limit                                    ? rule.limit->value
                                                                         : 100.0;
  return fixed(percent, 2) + " % are " + fixed(of(PercentOfPrescription::percent(percent), hundred).in_gy(), 3) +
         " Gy, of " + fixed(hundred.in_gy(), 3) + " Gy";
}

// Where the plan prescribes another dose to the structure than the protocol's, a percentage has two meanings.
Reference hundred_percent(const DoseMetricRule& rule, const Context& context) {
  const Prescription& prescription = context.protocol().prescription;
  Reference out{rule.percent_of.value_or(prescription.total), {}, {}, {}};
  const Role* role = context.protocol().find_role(rule.structure);
  const bool another = rule.metric.needs_prescription() && role != nullptr && role->kind == RoleKind::kTarget &&
                       rule.structure != prescription.target_role;
  if (!another) return out;
  const auto& stated = context.input().options.prescriptions;
  if (!rule.percent_of) {
    const Prescribed plan = prescribed_to(rule.structure, context.input(), context.protocol(), context.matches());
    std::vector<Dose> others;
    if (plan.dose) {
      others = {*plan.dose};
    } else {
      others = prescribed_to_no_roi(context.input(), context.protocol(), context.matches());
    }
    const auto other =
        std::find_if(others.begin(), others.end(), [&](Dose d) { return !same_prescription(d, out.dose); });
    if (stated.count(rule.structure) > 0 && plan.dose) {
      out.dose = *plan.dose;
    } else if (other != others.end() || !plan.problem.empty()) {
      const std::string gy = other != others.end() ? fixed(other->in_gy(), 3) + "Gy" : "DOSE";
      out.problem =
          "In the protocol " + percent_in_words(rule, out.dose) + ", the prescription of the " +
          prescription.target_role + "; " +
          (plan.dose ? "the plan prescribes " + fixed(plan.dose->in_gy(), 3) + " Gy to the " + rule.structure + "."
           : plan.problem.empty() ? "which dose the plan prescribes to the " + rule.structure + " is not clear."
                                  : plan.problem);
      out.hint =
          "State in the protocol what the per cent are of (percentOfGy), or say it for this plan: --prescription " +
          rule.structure + "=" + gy + " or --prescription " + rule.structure + "=" + fixed(out.dose.in_gy(), 3) + "Gy.";
    }
  }
  out.said = " " + percent_in_words(rule, out.dose) + ".";
  return out;
}

std::string with_unit(std::string number, const std::string& unit) {
  return std::move(number) + (unit.empty() ? "" : " " + unit);
}

std::string sentence(const DoseMetricRule& rule, const Finding& f, Volume total) {
  constexpr int kShown = 2, kOfInterval = 4, kOfLimit = 6;
  std::string text = f.structure + ": " + f.metric + " is ";
  if (!rule.limit) return text + with_unit(fixed(*f.value, kShown), f.unit) + ".";
  const Limit& limit = *rule.limit;
  text += with_unit(beside(*f.value, limit.value, kShown), f.unit) + ", limit " +
          std::string(symbol(limit.comparator)) + " " + with_unit(fixed(limit.value, kOfLimit), f.unit);
  switch (f.status) {
    case FindingStatus::kPass:
      return text + ".";
    case FindingStatus::kWarning:
      return text + ": met, but near the limit.";
    case FindingStatus::kIndeterminate:
      return text + ": the limit lies inside the numerical uncertainty, " +
             with_unit(outwards(*f.lower, *f.upper, kOfInterval), f.unit) + ".";
    default:
      break;
  }
  std::string excess;
  if (f.margin_dose && f.margin_dose->in_gy() < 0) {
    const bool from_above = bounds_dose(rule.metric, limit.comparator) == BoundsDose::kFromAbove;
    excess = amount(-f.margin_dose->in_gy(), kShown) + " Gy " + (from_above ? "too much" : "too little");
  }
  if (f.margin_volume && f.margin_volume->in_cc() < 0) {
    const bool none_allowed = rule.metric.kind == MetricKind::kMax || rule.metric.kind == MetricKind::kMin;
    excess += (excess.empty() ? "" : ", ") + amount(-f.margin_volume->in_cc(), kShown) + " cc (" +
              amount(-100.0 * (*f.margin_volume / total), kShown) + " %) of the structure " +
              (none_allowed ? "" : "too much ") + "on the wrong side";
  }
  return text + (excess.empty() ? "." : ": " + excess + ".");
}

std::string advice(const DoseMetricRule& rule, const Finding& f) {
  if (f.status == FindingStatus::kDeviation) {
    if (!f.margin_dose) return "No dose of " + f.structure + " meets this limit: check the protocol.";
    const bool from_above = bounds_dose(rule.metric, rule.limit->comparator) == BoundsDose::kFromAbove;
    return (from_above ? "Lower the dose to " : "Raise the dose in ") + f.structure +
           (f.location_mm ? ", first at the place named." : ".");
  }
  if (f.status == FindingStatus::kIndeterminate) return "Plan a little further from the limit.";
  return {};
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
  if (!state.dvh) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = structure + ": " + metric.text + " cannot be evaluated. " + state.dose_problem;
    f.hint = state.dose_hint;
    return f;
  }
  const Dvh& dvh = *state.dvh;
  const Reference hundred = hundred_percent(*this, context);
  if (!hundred.problem.empty()) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = structure + ": " + metric.text + " cannot be evaluated. " + hundred.problem;
    f.hint = hundred.hint;
    return f;
  }
  const Dose prescription = hundred.dose;
  const Result<MetricValue> measured =
      measure(metric, dvh, prescription, strictly_above ? Plateau::kDoesNotCount : Plateau::kCounts, f.limit,
              limit ? Tolerance{} : kReportedOnly);
  if (!measured) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = structure + ": " + metric.text + " cannot be evaluated. " + measured.error().message;
    f.hint = "Check the structure.";
    return f;
  }
  f.value = measured->value;
  f.lower = measured->lower;
  f.upper = measured->upper;
  f.status = limit ? judge(*measured, *limit) : FindingStatus::kPass;
  if (limit) {
    set_room(*this, dvh, prescription, f);
    if (f.margin_dose || f.status != FindingStatus::kDeviation) set_place(*this, dvh, f);
    if (state.all_outside) f.location_mm.reset();  // the grid knows no place in it
  }
  f.message = sentence(*this, f, dvh.total()) + hundred.said;
  if (limit) f.hint = advice(*this, f);
  if (!state.outside_note.empty()) {
    if (f.status == FindingStatus::kPass) f.status = FindingStatus::kWarning;
    f.message += " " + state.outside_note;
  }
  return f;
}

}  // namespace dosegate
