// BED and EQD2, reported; needs no record. dosegate.v1.BedRule.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"
#include "core/quantity/units.h"

namespace dosegate {

struct BedRule final : RuleKind {
  double alpha_beta_gy = 0.0;
  std::optional<Dose> usual_least, usual_most;  // dose a fraction; outside a WARNING

  static constexpr std::string_view kMember = "bed";
  static BedRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule& at, RuleLint& out) const override;
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
