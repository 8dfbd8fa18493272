// A measurement of the plan by these criteria has a pass rate above the limit. dosegate.v1.GammaRule.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"
#include "core/record/record.h"

namespace dosegate {

struct GammaRule final : RuleKind {
  double pass_rate_above_percent = 0.0;
  double dose_difference_percent = 0.0, distance_mm = 0.0, low_dose_cut_percent = 0.0;
  GammaNormalisation normalisation = GammaNormalisation::kGlobal;

  static constexpr std::string_view kMember = "gamma";
  static GammaRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
