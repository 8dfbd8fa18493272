// Something is done before, or in, every fraction. dosegate.v1.DeliveryRule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/protocol/rule_kind.h"

namespace dosegate {

struct DeliveryRule final : RuleKind {
  enum class Check { kFasting = 1, kConeBeamCt, kGating };
  Check check = Check::kFasting;
  std::optional<double> least_hours;                   // of fasting
  bool at_simulation = false;                          // and at the simulation
  std::optional<std::int32_t> simulation_window_days;  // before the first fraction; older is a WARNING

  static constexpr std::string_view kMember = "delivery";
  static DeliveryRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
