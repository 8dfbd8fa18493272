// The invasion of vessels is stated, and the recorded grade is the table's. dosegate.v1.GradingRule.
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
    std::int32_t grade = 0;
    std::vector<PortalVein> vp;
    std::vector<HepaticVein> vv;
    bool both = false;  // one of vp and one of vv; else either
  };
  std::vector<Row> table;  // the first row that applies; empty: that both veins are stated

  static constexpr std::string_view kMember = "grading";
  static GradingRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
