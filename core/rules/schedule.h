// The days of the course against the protocol's fractionation and the site's calendar (core/schedule): on which days
// fractions are given, how long the course takes, when it starts and when it ends. What was given counts, and after it
// what is planned. Stated by dosegate.v1.ScheduleRule.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct ScheduleRule final : RuleKind {
  enum class Check { kPattern = 1, kOverallTime, kStart, kEnd };
  Check check = Check::kPattern;

  static constexpr std::string_view kMember = "schedule";
  static ScheduleRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule& at, RuleLint& out) const override;
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
