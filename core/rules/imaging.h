// Images after the cycles before surgery, and after surgery so many calendar months later, then at intervals.
// dosegate.v1.ImagingRule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct ImagingRule final : RuleKind {
  std::string drug;  // of the cycles
  std::int32_t cycles_before_surgery = 0;
  std::int32_t first_months = 0, every_months = 0, tolerance_days = 0;
  std::optional<std::int32_t> baseline_window_days;  // before the first treatment; older is a WARNING

  static constexpr std::string_view kMember = "imaging";
  static ImagingRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
