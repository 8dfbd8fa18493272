// A structure against another plus margins, in 3-D (core/margin/margin_fit.h). Beyond tolerance: DEVIATION, or WARNING
// where all of it was cropped: inside one of cropped_by, or outside one of within. dosegate.v1.MarginRule.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/geometry/margins.h"
#include "core/protocol/rule_kind.h"
#include "core/quantity/units.h"

namespace dosegate {

struct MarginRule final : RuleKind {
  std::string from, to;
  Margins margins;
  Length tolerance;  // before what the spacing of slices adds
  std::vector<std::string> cropped_by, within;
  std::optional<PercentOfVolume> allowed_uncovered;  // of the expected expansion, cropped or not; none: any share
  std::optional<Length> excess_limit;                // beyond it a WARNING; none: only reported

  static constexpr std::string_view kMember = "margin";
  static MarginRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule& at, RuleLint& out) const override;
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
