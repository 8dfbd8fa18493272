// Every staging states the invasion of the portal and of the hepatic veins, and its recorded grade is the one that a
// table gives for them. Stated by dosegate.v1.GradingRule. Without a staging: NOT_EVALUABLE.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/rule_kind.h"
#include "core/record/record.h"

namespace dosegate {

struct GradingRule final : RuleKind {
  struct Row {
    std::int32_t grade = 0;  // what it gives
    std::vector<PortalVein> vp;
    std::vector<HepaticVein> vv;
    bool both = false;  // whether it takes one of vp and one of vv; else either will do
  };
  // The first row that applies gives the grade; where none does there is no grade. An empty table asks for no grade,
  // only that both veins are stated.
  std::vector<Row> table;

  static constexpr std::string_view kMember = "grading";
  static GradingRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
