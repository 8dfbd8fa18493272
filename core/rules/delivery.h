// One thing is done before, or in, every fraction that was given: fasting, a cone-beam CT, gating. Stated by
// dosegate.v1.DeliveryRule. A fraction of which the record does not tell it is missing: NOT_EVALUABLE. Before the first
// fraction: PENDING.
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
  std::optional<double> least_hours;                   // for kFasting: how many hours
  bool at_simulation = false;                          // whether it is asked for at the simulation, too
  std::optional<std::int32_t> simulation_window_days;  // a simulation longer before the first fraction is a WARNING

  static constexpr std::string_view kMember = "delivery";
  static DeliveryRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
