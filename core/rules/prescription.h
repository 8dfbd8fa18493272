// The total dose, the number of fractions or the dose a fraction that the plan prescribes, against the protocol's. The
// dose a fraction is also the place where it is asked whether plan, beam doses and dose grid agree with one another.
// Stated by dosegate.v1.PrescriptionRule.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct PrescriptionRule final : RuleKind {
  enum class Quantity { kTotalDose, kFractions, kDosePerFraction };
  Quantity quantity = Quantity::kTotalDose;

  static constexpr std::string_view kMember = "prescription";
  static PrescriptionRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
