// The drawn version of a derived role against the computed one: their volumes and mean doses. Stated by
// dosegate.v1.DerivedCheckRule. What is computed decides everywhere else, so a drawing that differs is a WARNING; where
// nothing is drawn the rule passes, and where nothing could be computed it is NOT_EVALUABLE.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct DerivedCheckRule final : RuleKind {
  std::string structure;  // the derived role

  static constexpr std::string_view kMember = "derivedCheck";
  static DerivedCheckRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
