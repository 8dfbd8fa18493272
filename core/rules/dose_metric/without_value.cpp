#include "core/rules/dose_metric/without_value.h"

#include <utility>

#include "core/text/text.h"

namespace dosegate {
namespace {

bool asks_for_little(const DoseMetricRule& rule) {
  return rule.limit->comparator == Comparator::kLess || rule.limit->comparator == Comparator::kLessOrEqual;
}

Number limit_of(const DoseMetricRule& rule, const Finding& f) { return number(rule.limit->value, 2, f.unit); }

// Nothing has a volume of 0 cc, and neither a dose nor a part of itself.
Finding of_nothing(const DoseMetricRule& rule, const RoleState& state, Finding f) {
  const bool in_cc = rule.metric.unit == MetricUnit::kCc;
  if (in_cc) f.value = f.lower = f.upper = 0.0;
  const Prose nothing = state.empty_text;
  if (!rule.limit) {
    f.status = FindingStatus::kPass;
    f.message = in_cc ? say<Said::kOfNothingIsZero>(f.structure, nothing, f.metric)
                      : say<Said::kOfNothingHasNone>(f.structure, nothing, f.metric);
    return f;
  }
  const std::string_view comparator = symbol(rule.limit->comparator);
  const double limit = rule.limit->value;
  const bool met =
      asks_for_little(rule) || (in_cc && limit == 0.0 && rule.limit->comparator == Comparator::kGreaterOrEqual);
  if (met) {
    f.status = FindingStatus::kPass;
    if (in_cc) f.margin_volume = Volume::cc(limit);
    f.message = in_cc
                    ? say<Said::kOfNothingZeroOfLimit>(f.structure, nothing, f.metric, comparator, limit_of(rule, f))
                    : say<Said::kOfNothingCannotExceed>(f.structure, nothing, f.metric, comparator, limit_of(rule, f));
    return f;
  }
  if (in_cc) {
    f.status = FindingStatus::kDeviation;
    f.margin_volume = Volume::cc(-limit);
    f.message = say<Said::kOfNothingZeroOfLimit>(f.structure, nothing, f.metric, comparator, limit_of(rule, f));
  } else {
    f.status = FindingStatus::kNotEvaluable;
    f.message = say<Said::kOfNothingCannotReach>(f.structure, nothing, f.metric, comparator, limit_of(rule, f));
  }
  f.hint = state.dose_hint;
  return f;
}

// The volume that the metric asks for is more than there is.
Finding of_too_little(const DoseMetricRule& rule, const RoleState& state, Volume asked, Finding f) {
  const Dvh& dvh = *state.dvh;
  const bool hottest = rule.metric.kind == MetricKind::kD;
  const Number volume = number(dvh.total().in_cc(), 2, "cc"), wanted = number(asked.in_cc(), 2, "cc");
  const Number limit = limit_of(rule, f);
  const std::string_view comparator = symbol(rule.limit->comparator);
  // An upper limit on the hottest part, or a lower one on the coldest, is about what lies beyond it: so much there is
  // not.
  if (hottest == asks_for_little(rule)) {
    f.status = FindingStatus::kWarning;
    const Number dose = number((hottest ? dvh.minimum() : dvh.maximum()).dose.in_gy(), 2, "Gy");
    f.message =
        hottest ? say<Said::kTooLittleCannotGetMore>(f.structure, volume, wanted, f.metric, comparator, limit, dose)
                : say<Said::kTooLittleCannotGetLess>(f.structure, volume, wanted, f.metric, comparator, limit, dose);
    f.hint = say<Said::kCheckDrawnCompletely>(f.structure);
  } else {
    f.status = FindingStatus::kNotEvaluable;
    f.message = say<Said::kTooLittleThereIsNot>(f.structure, volume, wanted, f.metric, comparator, limit);
    f.hint = say<Said::kCheckDrawnOrPercent>(f.structure);
  }
  f.message += state.outside_note;
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
