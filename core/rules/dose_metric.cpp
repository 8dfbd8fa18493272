#include <algorithm>
#include <cmath>

#include "core/report/text.h"
#include "core/rules/rules.h"
#include "core/rules/without_value.h"

namespace dosegate {
namespace {

// Nothing is decided by it, and a planning system waits for the answer. The value itself is within 0.01 Gy even so.
const Tolerance kReportedOnly{1e-3, Dose::gy(0.05)};

bool is_upper_limit(Comparator c) { return c == Comparator::kLess || c == Comparator::kLessOrEqual; }

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

// Room to the limit in dose and in volume; negative is excess.
void set_margins(const DoseMetricRule& rule, const Dvh& dvh, Dose prescription, Finding& f) {
  const Metric& metric = rule.metric;
  const double sign = is_upper_limit(rule.limit->comparator) ? 1.0 : -1.0;
  const double room = sign * (rule.limit->value - *f.value);
  const Volume total = dvh.total();
  const auto level_of_limit = [&] {
    switch (metric.unit) {
      case MetricUnit::kCgy:
        return Dose::cgy(rule.limit->value);
      case MetricUnit::kPercentOfPrescription:
        return of(PercentOfPrescription::percent(rule.limit->value), prescription);
      default:
        return Dose::gy(rule.limit->value);
    }
  };
  if (!metric.yields_volume()) {
    const Dose level = level_of_limit();
    const double of_limit = rule.limit->value;
    f.margin_dose = of_limit != 0.0 ? (room / of_limit) * level : Dose::gy(0.0);
    if (metric.kind == MetricKind::kMean || room >= 0.0) return;
    // How much of the structure is on the wrong side of the limit.
    const Volume above = dvh.volume_above(level).value;
    f.margin_volume = -1.0 * (sign > 0 ? above : total - above);
    return;
  }
  f.margin_volume = metric.unit == MetricUnit::kCc ? Volume::cc(room) : of(PercentOfVolume::percent(room), total);
  const Dose level = std::holds_alternative<Dose>(metric.dose_level)
                         ? std::get<Dose>(metric.dose_level)
                         : of(std::get<PercentOfPrescription>(metric.dose_level), prescription);
  Volume allowed = metric.unit == MetricUnit::kCc ? Volume::cc(rule.limit->value)
                                                  : of(PercentOfVolume::percent(rule.limit->value), total);
  if (metric.kind == MetricKind::kCV) allowed = total - allowed;
  if (allowed.in_cc() < 0.0 || allowed > total) return;
  const Dose reached = allowed.in_cc() == 0.0 ? dvh.maximum().dose : dvh.estimate_dose_of_hottest(allowed);
  const double v_sign = metric.kind == MetricKind::kCV ? -sign : sign;
  f.margin_dose = v_sign * (level - reached);
}

std::string with_unit(double value, const std::string& unit) {
  return fixed(value, 2) + (unit.empty() ? "" : " " + unit);
}

std::string sentence(const DoseMetricRule& rule, const Finding& f, Volume total) {
  std::string text = f.structure + ": " + f.metric + " is " + with_unit(*f.value, f.unit);
  if (!rule.limit) return text + ".";
  text += ", limit " + std::string(symbol(rule.limit->comparator)) + " " + with_unit(rule.limit->value, f.unit);
  switch (f.status) {
    case FindingStatus::kPass:
      return text + ".";
    case FindingStatus::kWarning:
      return text + ": met, but near the limit.";
    case FindingStatus::kIndeterminate:
      return text + ": the limit lies inside the numerical uncertainty, " + fixed(*f.lower, 4) + " to " +
             fixed(*f.upper, 4) + " " + f.unit + ".";
    default:
      break;
  }
  std::string excess;
  if (f.margin_dose && f.margin_dose->in_gy() < 0) {
    excess = fixed(-f.margin_dose->in_gy(), 2) + " Gy " +
             (is_upper_limit(rule.limit->comparator) ? "too much" : "too little");
  }
  if (f.margin_volume && f.margin_volume->in_cc() < 0) {
    excess += (excess.empty() ? "" : ", ") + fixed(-f.margin_volume->in_cc(), 2) + " cc (" +
              fixed(-100.0 * (*f.margin_volume / total), 2) + " %) of the structure on the wrong side";
  }
  return text + (excess.empty() ? "." : ": " + excess + ".");
}

std::string advice(const Finding& f, const Limit& limit) {
  const bool upper = is_upper_limit(limit.comparator);
  if (f.status == FindingStatus::kDeviation) {
    return upper ? "Lower the dose to " + f.structure + ", first at the place named."
                 : "Raise the dose in " + f.structure + ", first at the place named.";
  }
  if (f.status == FindingStatus::kIndeterminate) return "Plan a little further from the limit.";
  return {};
}

}  // namespace

Finding evaluate(const DoseMetricRule& rule, const Context& context) {
  Finding f;
  const RoleState& state = context.role(rule.structure);
  f.structure = rule.structure;
  if (state.match.roi && !(state.role != nullptr && state.role->derived)) f.roi = state.match.roi->name;
  f.metric = rule.metric.text;
  f.unit = std::string(unit_text(rule.metric.unit));
  if (rule.limit) {
    f.comparator = rule.limit->comparator;
    f.limit = rule.limit->value;
  }
  if (std::optional<Finding> without = judge_without_value(rule, context, f)) return *std::move(without);
  if (!state.dvh) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = rule.structure + ": " + rule.metric.text + " cannot be evaluated. " + state.dose_problem;
    f.hint = state.dose_hint;
    return f;
  }
  const Dvh& dvh = *state.dvh;
  const Dose prescription = context.protocol().prescription.total;
  const Result<MetricValue> measured =
      measure(rule.metric, dvh, prescription, rule.strictly_above ? Plateau::kDoesNotCount : Plateau::kCounts, f.limit,
              rule.limit ? Tolerance{} : kReportedOnly);
  if (!measured) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = rule.structure + ": " + rule.metric.text + " cannot be evaluated. " + measured.error().message;
    f.hint = "Check the structure.";
    return f;
  }
  f.value = measured->value;
  f.lower = measured->lower;
  f.upper = measured->upper;
  f.status = rule.limit ? judge(*measured, *rule.limit) : FindingStatus::kPass;
  if (rule.limit) {
    set_margins(rule, dvh, prescription, f);
    f.location_mm = is_upper_limit(rule.limit->comparator) ? dvh.maximum().at_mm : dvh.minimum().at_mm;
    if (state.all_outside) f.location_mm.reset();  // the grid knows no place in it
  }
  f.message = sentence(rule, f, dvh.total());
  if (rule.limit) f.hint = advice(f, *rule.limit);
  if (!state.outside_note.empty()) {
    if (f.status == FindingStatus::kPass) f.status = FindingStatus::kWarning;
    f.message += " " + state.outside_note;
  }
  return f;
}

}  // namespace dosegate
