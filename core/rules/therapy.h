// Infusions of a drug of one dose at intervals, before surgery or after it. Stated by dosegate.v1.TherapyRule. What is
// not due yet is PENDING, what was due is a DEVIATION; an infusion whose dose or date is not stated: NOT_EVALUABLE.
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
  std::int32_t interval_days = 0, tolerance_days = 0;  // an interval may be so much longer or shorter
  // Either this, for therapy before surgery, or the next two, for adjuvant therapy.
  std::optional<std::int32_t> cycles_before_surgery;
  std::optional<std::int32_t> start_after_surgery_days, duration_days;

  static constexpr std::string_view kMember = "therapy";
  static TherapyRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
