// Laboratory values at enrolment against a limit: of each analyte the latest sample in the window before it. Stated by
// dosegate.v1.LabRule. A value that is missing, or whose unit is not known: NOT_EVALUABLE.
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
  bool any = false;       // whether one of the analytes suffices; else every one has to meet the limit
  bool at_least = false;  // whether values are to be the limit or more; else the limit or less
  double limit = 0.0;
  std::string unit;              // of the limit; empty where the limit is a multiple of the upper limit of normal
  std::int32_t window_days = 0;  // before enrolment

  static constexpr std::string_view kMember = "lab";
  static LabRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
