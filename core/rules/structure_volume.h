// The volume of a structure lies between two limits; a volume that equals a limit meets it. Stated by
// dosegate.v1.StructureVolumeRule.
//
// The volume's interval decides. It covers rounding only: what lies between slices is as the protocol or the site takes
// it. An overlap that is empty has the volume 0 cc. A structure that is missing or unusable: NOT_EVALUABLE.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/rule_kind.h"
#include "core/quantity/units.h"

namespace dosegate {

struct StructureVolumeRule final : RuleKind {
  std::string structure;              // the role
  std::optional<Volume> least, most;  // one of them at least

  static constexpr std::string_view kMember = "structureVolume";
  static StructureVolumeRule read(ObjectReader& o, const CheckRole& check);

  std::string_view member() const override { return kMember; }
  RuleNeeds needs() const override;
  Finding evaluate(const Context& context) const override;
  void lint(const LintedRule& at, RuleLint& out) const override;
  Requirement requirement(const Protocol& protocol) const override;
  std::string in_short() const override;
  std::optional<std::vector<ProtocolChange>> changes(const ChangedRule& rule) const override;
};

}  // namespace dosegate
