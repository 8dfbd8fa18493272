// One criterion of eligibility, as the clinical record states it at enrolment. Stated by dosegate.v1.EligibilityRule.
// What the record does not state: NOT_EVALUABLE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/rule_kind.h"
#include "core/record/record.h"

namespace dosegate {

struct EligibilityRule final : RuleKind {
  enum class Criterion {
    kAge = 1,
    kEcog,
    kHepatocellular,
    kTreatmentNaive,
    kMeasurable,
    kNoExtrahepaticMetastasis,
    kVascularInvasion,
    kRemnantLiver,
    kChildPugh,
    kR0Achievable
  };
  Criterion criterion = Criterion::kAge;
  std::optional<std::int32_t> least, most;  // for criteria that are numbers; none means no bound
  std::vector<ChildPugh> classes;           // for kChildPugh: those that are eligible
  std::optional<std::int32_t> window_days;  // what was found longer before the first treatment is a WARNING

  static constexpr std::string_view kMember = "eligibility";
  static EligibilityRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
