// A metric of one structure's DVH against its limit. The metric's interval [lower, upper] decides: wholly on the right
// side of the limit it is a PASS, wholly on the wrong side a DEVIATION, else INDETERMINATE. Stated by
// dosegate.v1.DoseMetricRule. Where the metric has no value: NOT_EVALUABLE, unless without_value.h can decide all the
// same.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/metric/comparator.h"
#include "core/metric/metric.h"
#include "core/protocol/rule_kind.h"
#include "core/quantity/units.h"

namespace dosegate {

struct Limit {
  Comparator comparator = Comparator::kLess;
  double value = 0.0;           // in the metric's unit
  double warning_within = 0.0;  // a pass nearer to the limit than this is a WARNING; with 0 there is none
};

struct DoseMetricRule final : RuleKind {
  std::string structure;  // the role
  Metric metric;
  bool strictly_above = false;     // whether V counts doses above its level only, not those that equal it
  std::optional<Limit> limit;      // without it the metric is only reported
  std::optional<Dose> percent_of;  // what 100 % of a prescribed dose are, if not the protocol's total dose

  static constexpr std::string_view kMember = "doseMetric";
  static DoseMetricRule read(ObjectReader& o, const CheckRole& check);
  // What the linter says of the limits of one structure beside one another.
  static void lint_together(const Protocol& protocol, std::vector<LintEntry>& out);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule& at, RuleLint& out) const override;
  Requirement requirement(const Protocol& protocol) const override;
  std::string in_short() const override;
  std::optional<std::vector<ProtocolChange>> changes(const ChangedRule& rule) const override;
  std::string why_never_mandatory() const override;
};

}  // namespace dosegate
