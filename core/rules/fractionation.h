// The fractions that were given and those that are planned, together, against the protocol's fractionation: their total
// dose, their number, or the dose of each. Stated by dosegate.v1.FractionationRule. A protocol without a fractionation
// is NOT_EVALUABLE; a case without a record gives what on_record.h says.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct FractionationRule final : RuleKind {
  enum class Quantity { kTotalDose = 1, kFractions, kDosePerFraction };
  Quantity quantity = Quantity::kTotalDose;
  double given_tolerance_percent = 0.5;  // of the dose due: by so much the dose given may differ

  static constexpr std::string_view kMember = "fractionation";
  static FractionationRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
