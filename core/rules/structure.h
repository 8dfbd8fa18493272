// The structure exists and encloses a volume. Stated by dosegate.v1.StructureRule. PASS or NOT_EVALUABLE, with the
// reason.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct StructureRule final : RuleKind {
  std::string structure;  // the role

  static constexpr std::string_view kMember = "structure";
  static StructureRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
