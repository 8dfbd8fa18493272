// The kinds of rule that a protocol may state: the oneof of dosegate.v1.Rule. A new kind is a class of its own
// (rule_kind.h) and one line in kinds.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/rule_kind.h"

namespace dosegate {

// One kind: how it is read from a protocol, and what is linted beyond the single rule.
struct KindEntry {
  std::string_view member;  // "doseMetric"
  std::shared_ptr<const RuleKind> (*read)(ObjectReader& o, const CheckRole& check);
  // What the linter says of all rules of the kind together, repetitions among them. Null where each stands alone.
  void (*lint_together)(const Protocol& protocol, std::vector<LintEntry>& out);
};
// In the order in which messages name them.
std::span<const KindEntry> rule_kinds();

// Precondition: `member` is that of a kind.
const KindEntry& rule_kind(std::string_view member);

std::string rule_kind_names();  // "doseMetric, prescription, ..."

}  // namespace dosegate
