// PL-1, PL-2. How the plan's beams are delivered, how many they are, whether what it states of them holds together.
// dosegate.v1.BeamsRule.
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
  std::vector<Technique> techniques;        // kTechnique: that are asked for
  std::optional<std::int32_t> least, most;  // kCount: outside is a WARNING

  static constexpr std::string_view kMember = "beams";
  static BeamsRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule&, RuleLint&) const override {}
  Requirement requirement(const Protocol& protocol) const override;
};

}  // namespace dosegate
