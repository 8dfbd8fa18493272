// Laboratory values at enrolment, the latest of the window before it. dosegate.v1.LabRule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/rule_kind.h"
#include "core/record/record.h"

namespace dosegate {

struct LabRule final : RuleKind {
  std::vector<Analyte> analytes;
  bool any = false;       // one of them suffices; else every one
  bool at_least = false;  // else at most
  double limit = 0.0;
  std::string unit;  // of the limit; empty: multiples of the upper limit of normal
  std::int32_t window_days = 0;

  static constexpr std::string_view kMember = "lab";
  static LabRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
