// The drawn version of a derived role against the computed one: volume and mean dose. dosegate.v1.DerivedCheckRule.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct DerivedCheckRule final : RuleKind {
  std::string structure;

  static constexpr std::string_view kMember = "derivedCheck";
  static DerivedCheckRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
