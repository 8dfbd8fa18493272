// A structure, as drawn, sticks out of another one no further than the tolerance (core/margin/margin_fit.h, without a
// margin). Stated by dosegate.v1.ContainmentRule. A structure that is missing or unusable: NOT_EVALUABLE.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"
#include "core/quantity/units.h"

namespace dosegate {

struct ContainmentRule final : RuleKind {
  std::string inner, outer;  // roles
  Length tolerance;          // before what the drawings hide

  static constexpr std::string_view kMember = "containment";
  static ContainmentRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
