// A structure covers another one plus margins, in 3-D (core/margin/margin_fit.h). What is missing beyond tolerance is a
// DEVIATION, or a WARNING where all of it was cropped: inside one of cropped_by, or outside one of within. Stated by
// dosegate.v1.MarginRule. A structure that is missing or unusable: NOT_EVALUABLE.
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
  std::string from, to;  // roles: `to` should cover `from` plus the margins
  Margins margins;
  Length tolerance;                             // before what the drawings hide
  std::vector<std::string> cropped_by, within;  // roles
  // How much of the expected expansion may be uncovered, cropped or not; none allows any share.
  std::optional<PercentOfVolume> allowed_uncovered;
  std::optional<Length> excess_limit;  // a larger excess is a WARNING; without it the excess is only reported

  static constexpr std::string_view kMember = "margin";
  static MarginRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule& at, RuleLint& out) const override;
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
