// Infusions of a drug at intervals; a date may be `tolerance_days` off. dosegate.v1.TherapyRule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct TherapyRule final : RuleKind {
  std::string drug;
  double dose_mg = 0.0;
  std::int32_t interval_days = 0, tolerance_days = 0;
  std::optional<std::int32_t> cycles_before_surgery;                    // either this
  std::optional<std::int32_t> start_after_surgery_days, duration_days;  // or these: of the adjuvant therapy

  static constexpr std::string_view kMember = "therapy";
  static TherapyRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
