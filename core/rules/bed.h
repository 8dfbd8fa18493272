// The biologically effective dose (BED) and the equivalent dose in 2 Gy fractions (EQD2) of the plan, by the
// linear-quadratic model, and those of what was given so far where there is a record. They are reported; the rule can
// only warn. Stated by dosegate.v1.BedRule. Without a prescription or its fractions: NOT_EVALUABLE.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"
#include "core/quantity/units.h"

namespace dosegate {

struct BedRule final : RuleKind {
  double alpha_beta_gy = 0.0;
  std::optional<Dose> usual_least, usual_most;  // of the dose a fraction: outside is a WARNING; none means no bound

  static constexpr std::string_view kMember = "bed";
  static BedRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule& at, RuleLint& out) const override;
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
