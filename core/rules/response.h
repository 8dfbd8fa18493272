// What was found after treatment is recorded, and how it is to be read: response, invasion of vessels, pathology,
// adverse events. Stated by dosegate.v1.ResponseRule. What is not due yet is PENDING, what is recorded in part
// NOT_EVALUABLE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"
#include "core/record/record.h"

namespace dosegate {

struct ResponseRule final : RuleKind {
  enum class Check { kAssessed = 1, kRecist, kVascularInvasion, kPathology, kEvents };
  Check check = Check::kAssessed;
  std::string drug;                                     // for kAssessed: days count from its first infusion
  std::optional<std::int32_t> due_day, tolerance_days;  // for kAssessed
  std::optional<double> major_below_percent;            // for kPathology: of viable tumour, %

  static constexpr std::string_view kMember = "response";
  static ResponseRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
