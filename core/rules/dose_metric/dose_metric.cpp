#include "core/rules/dose_metric/dose_metric.h"

#include "core/json/writer.h"
#include "core/protocol/protocol.h"
#include "core/rules/reading.h"
#include "core/rules/requirement_words.h"

namespace dosegate {
namespace {

constexpr Range kDoseGy{0.0, 1000.0};
constexpr Range kPercent{0.0, 100.0};

constexpr EnumName kComparators[] = {{"LT", 1}, {"LE", 2}, {"GT", 3}, {"GE", 4}};

// What a limit in this unit may be.
Range limit_range(MetricUnit unit) {
  switch (unit) {
    case MetricUnit::kGy:
      return kDoseGy;
    case MetricUnit::kCgy:
      return {0.0, 1e5};
    case MetricUnit::kPercentOfPrescription:
      return {0.0, 1000.0};
    case MetricUnit::kCc:
      return {0.0, 1e6};
    case MetricUnit::kPercentOfVolume:
      return kPercent;
  }
  return {0.0, 0.0};
}

void check_satisfiable(ObjectReader& o, const Metric& metric, const Limit& limit) {
  const bool below_nothing = limit.comparator == Comparator::kLess && limit.value == 0.0;
  const bool above_all =
      limit.comparator == Comparator::kGreater && metric.unit == MetricUnit::kPercentOfVolume && limit.value == 100.0;
  if (below_nothing || above_all) {
    o.fail("limit", "no value of " + metric.text + " is " + std::string(symbol(limit.comparator)) + " " +
                        number_text(limit.value) + ": the rule can never be met");
  }
}

}  // namespace

DoseMetricRule DoseMetricRule::read(ObjectReader& o, const CheckRole& check) {
  DoseMetricRule rule;
  rule.structure = read_role(o, "structure", check);
  const std::string text = o.string("metric", Need::kRequired);
  const Result<Metric> metric = parse_metric(text);
  if (metric) {
    rule.metric = *metric;
  } else if (!text.empty()) {
    o.fail("metric", metric.error().message);
  }
  // A wrong metric is one mistake: the rest is then judged by the widest range.
  const Range range = metric ? limit_range(metric->unit) : Range{0.0, 1e6};
  rule.strictly_above = o.boolean("strictlyAbove");
  if (rule.strictly_above && metric && metric->kind != MetricKind::kV) {
    o.fail("strictlyAbove", "only a V metric can count dose strictly above a level; this one is " + metric->text);
  }
  const int comparator = o.enumeration("comparator", "COMPARATOR_UNSPECIFIED", kComparators);
  const bool limit_written = o.has("limit");
  const std::optional<double> limit = o.number("limit", range);
  const double near = o.number("warningWithin", range).value_or(0.0);
  if (comparator != 0 && !limit_written) o.fail("limit", "there is a comparator, but no limit");
  if (comparator == 0 && limit_written) o.fail("comparator", "there is a limit, but no comparator: LT, LE, GT or GE");
  if (comparator == 0 && !limit_written && near > 0.0) o.fail("warningWithin", "there is no limit to be near to");
  if (comparator != 0 && limit) {
    rule.limit = Limit{static_cast<Comparator>(comparator - 1), *limit, near};
    if (metric) check_satisfiable(o, *metric, *rule.limit);
  }
  if (const auto gy = o.number("percentOfGy", kDoseGy)) {
    if (!(*gy > 0.0)) {
      o.fail("percentOfGy", "must be over 0 Gy");
    } else if (metric && !metric->needs_prescription()) {
      o.fail("percentOfGy", metric->text + " is not in % of a prescribed dose");
    }
    rule.percent_of = Dose::gy(*gy);
  }
  o.finish();
  return rule;
}

RuleNeeds DoseMetricRule::needs() const {
  RuleNeeds out;
  out.roles = out.doses = {structure};
  return out;
}

std::string DoseMetricRule::why_never_mandatory() const {
  if (limit) return {};
  return "the rule has no limit and would always be met; write comparator and limit, or false for a value that is only "
         "reported";
}

Requirement DoseMetricRule::requirement(const Protocol&) const {
  const std::string of = percent_of ? ", 100 % are " + plain(percent_of->in_gy(), "Gy") : "";
  if (!limit) return {structure, metric.text + ", reported" + of};
  return {structure, metric.text + " " + std::string(symbol(limit->comparator)) + " " +
                         plain(limit->value, std::string(unit_text(metric.unit))) + of};
}

}  // namespace dosegate
