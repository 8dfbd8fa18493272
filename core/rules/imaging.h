// Images are made after the cycles before surgery, and from so many calendar months after surgery on at intervals.
// Stated by dosegate.v1.ImagingRule. Where a month has no such day, its last day counts. What is not due yet is
// PENDING.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct ImagingRule final : RuleKind {
  std::string drug;  // whose infusions are the cycles
  std::int32_t cycles_before_surgery = 0;
  std::int32_t first_months = 0, every_months = 0, tolerance_days = 0;
  std::optional<std::int32_t> baseline_window_days;  // baseline images longer before the first treatment are a WARNING

  static constexpr std::string_view kMember = "imaging";
  static ImagingRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
