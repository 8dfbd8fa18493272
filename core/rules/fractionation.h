// Doses and numbers of the fractions given and planned against the protocol's fractionation.
// dosegate.v1.FractionationRule.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct FractionationRule final : RuleKind {
  enum class Quantity { kTotalDose = 1, kFractions, kDosePerFraction };
  Quantity quantity = Quantity::kTotalDose;
  double given_tolerance_percent = 0.5;  // of what was due; of what was given

  static constexpr std::string_view kMember = "fractionation";
  static FractionationRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
