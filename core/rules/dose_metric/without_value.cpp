#include "core/rules/dose_metric/without_value.h"

#include <utility>

#include "core/text/text.h"

namespace dosegate {
namespace {

bool asks_for_little(const DoseMetricRule& rule) {
  return rule.limit->comparator == Comparator::kLess || rule.limit->comparator == Comparator::kLessOrEqual;
}

std::string limit_of(const DoseMetricRule& rule, const Finding& f) {
  return "limit " + std::string(symbol(rule.limit->comparator)) + " " + fixed(rule.limit->value, 2) + " " + f.unit;
}

// Nothing has a volume of 0 cc, and neither a dose nor a part of itself.
Finding of_nothing(const DoseMetricRule& rule, const RoleState& state, Finding f) {
  const bool in_cc = rule.metric.unit == MetricUnit::kCc;
  if (in_cc) f.value = f.lower = f.upper = 0.0;
  const std::string head = f.structure + ": " + state.empty_text;
  if (!rule.limit) {
    f.status = FindingStatus::kPass;
    f.message = head + (in_cc ? " " + f.metric + " is 0 cc." : " It has no " + f.metric + ".");
    return f;
  }
  const double limit = rule.limit->value;
  const bool met =
      asks_for_little(rule) || (in_cc && limit == 0.0 && rule.limit->comparator == Comparator::kGreaterOrEqual);
  if (met) {
    f.status = FindingStatus::kPass;
    if (in_cc) f.margin_volume = Volume::cc(limit);
    f.message = head + (in_cc ? " " + f.metric + " is 0 cc, " : " ") +
                (in_cc ? "" : f.metric + " has nothing to exceed its ") + limit_of(rule, f) + ".";
    return f;
  }
  if (in_cc) {
    f.status = FindingStatus::kDeviation;
    f.margin_volume = Volume::cc(-limit);
    f.message = head + " " + f.metric + " is 0 cc, " + limit_of(rule, f) + ".";
  } else {
    f.status = FindingStatus::kNotEvaluable;
    f.message = head + " " + f.metric + " cannot be at least anything, " + limit_of(rule, f) + ".";
  }
  f.hint = state.dose_hint;
  return f;
}

// The volume that the metric asks for is more than there is.
Finding of_too_little(const DoseMetricRule& rule, const RoleState& state, Volume asked, Finding f) {
  const Dvh& dvh = *state.dvh;
  const bool hottest = rule.metric.kind == MetricKind::kD;
  const std::string head = f.structure + " has " + fixed(dvh.total().in_cc(), 2) + " cc, less than the " +
                           fixed(asked.in_cc(), 2) + " cc of " + f.metric + ": ";
  const std::string limit = limit_of(rule, f);
  // An upper limit on the hottest part, or a lower one on the coldest, is about what lies beyond it: so much there is
  // not.
  if (hottest == asks_for_little(rule)) {
    f.status = FindingStatus::kWarning;
    f.message = head + "so much of it cannot get " + (hottest ? "more" : "less") + " than the limit allows, " + limit +
                ". Its " + (hottest ? "least" : "largest") + " dose is " +
                fixed((hottest ? dvh.minimum() : dvh.maximum()).dose.in_gy(), 2) + " Gy.";
    f.hint = "Check that " + f.structure + " is drawn completely.";
  } else {
    f.status = FindingStatus::kNotEvaluable;
    f.message = head + "so much of it there is not, " + limit + ".";
    f.hint = "Check that " + f.structure + " is drawn completely; a limit for structures of any size is one in %.";
  }
  if (!state.outside_note.empty()) f.message += " " + state.outside_note;
  return f;
}

}  // namespace

std::optional<Finding> judge_without_value(const DoseMetricRule& rule, const Context& context, const Finding& f) {
  const RoleState& state = context.role(rule.structure);
  if (!state.empty_text.empty() && context.reading().factor) return of_nothing(rule, state, f);
  const Metric& metric = rule.metric;
  const bool of_volume = metric.kind == MetricKind::kD || metric.kind == MetricKind::kDC;
  if (!state.dvh || !rule.limit || !of_volume || !std::holds_alternative<Volume>(metric.volume_level)) return {};
  const Volume asked = std::get<Volume>(metric.volume_level);
  if (asked <= state.dvh->total()) return {};
  if (metric.needs_prescription() && !(context.protocol().prescription.total.in_gy() > 0.0)) return {};
  return of_too_little(rule, state, asked, f);
}

}  // namespace dosegate
