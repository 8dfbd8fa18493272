// How the plan's beams are delivered, how many they are, or whether what the plan states of them holds together. Stated
// by dosegate.v1.BeamsRule. Without a plan: NOT_EVALUABLE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/plan/technique.h"
#include "core/protocol/rule_kind.h"

namespace dosegate {

struct BeamsRule final : RuleKind {
  enum class Check { kTechnique = 1, kCount, kConsistency };
  Check check = Check::kTechnique;
  std::vector<Technique> techniques;        // for kTechnique: those that are allowed
  std::optional<std::int32_t> least, most;  // for kCount: a number outside is a WARNING; none means no bound

  static constexpr std::string_view kMember = "beams";
  static BeamsRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
