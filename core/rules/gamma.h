// The gamma pass rate of a measurement of the plan is above a limit: computed where the case has the measured dose,
// else as the record states it. Where both are known and disagree, the worse counts, and never as a PASS. Stated by
// dosegate.v1.GammaRule. With neither it is NOT_EVALUABLE, or PENDING before the first fraction and where the record is
// not asked for.
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"
#include "core/record/record.h"

namespace dosegate {

struct GammaRule final : RuleKind {
  double pass_rate_above_percent = 0.0;
  // The criteria. What the dose difference is a percentage of, `normalisation` says; the cut is one of the same, or of
  // the largest dose where that is local.
  double dose_difference_percent = 0.0, distance_mm = 0.0, low_dose_cut_percent = 0.0;
  GammaNormalisation normalisation = GammaNormalisation::kGlobal;

  static constexpr std::string_view kMember = "gamma";
  static GammaRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
