// A metric of one structure's DVH against its limit, decided on the metric's interval: [lower, upper] wholly on the
// right side is a PASS, wholly on the wrong side a DEVIATION, else INDETERMINATE. dosegate.v1.DoseMetricRule.
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
  double warning_within = 0.0;  // a pass nearer than this is a WARNING; 0: never
};

struct DoseMetricRule final : RuleKind {
  std::string structure;
  Metric metric;
  bool strictly_above = false;     // V counts dose > x instead of >= x
  std::optional<Limit> limit;      // none: reported only
  std::optional<Dose> percent_of;  // what 100 % of a prescribed dose are; none: the protocol's total dose

  static constexpr std::string_view kMember = "doseMetric";
  static DoseMetricRule read(ObjectReader& o, const CheckRole& check);
  // Limits of one structure against one another.
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
