// The linter's topics, each in a file of its own. What they have in common: the dose rules of a protocol that loaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/protocol/implication.h"
#include "core/protocol/protocol.h"

namespace dosegate {

struct LintedDoseRule {
  std::string path;  // of its doseMetric
  const Rule* rule = nullptr;
  const DoseMetricRule* dose = nullptr;
  std::optional<DvhStatement> statement;
  std::string stated;  // "V20Gy[%] < 49"
};
std::vector<LintedDoseRule> dose_rules_of(const Protocol& protocol);

// Less dose is asked for: "V20Gy[%] < 49", "CV20Gy[cc] > 700". Precondition: there is a limit.
bool limits_dose(const DoseMetricRule& rule);

// Whether it is written the right way round, and whether the metric could ever break it.
void lint_direction(const Protocol& protocol, const LintedDoseRule& rule, std::vector<LintEntry>& out);
// Percentages that are fractions, Gy that are cGy, and the other way round; the zone in which a pass warns.
void lint_units(const Protocol& protocol, const LintedDoseRule& rule, std::vector<LintEntry>& out);
// Limits of one structure against one another. At most three entries a rule.
void lint_pairs(const std::vector<LintedDoseRule>& rules, std::vector<LintEntry>& out);
// Every name by which a structure is found leads to one role, and to the side that the role is of.
void lint_names(const Protocol& protocol, std::vector<LintEntry>& out);

}  // namespace dosegate
