// Rules on dose metrics as the linter looks at them.
#pragma once

#include <optional>
#include <string>

#include "core/protocol/protocol.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "core/rules/dose_metric/implication.h"

namespace dosegate {

struct LintedDoseRule {
  std::string path;  // of its doseMetric in the protocol's JSON
  const Rule* rule = nullptr;
  const DoseMetricRule* dose = nullptr;
  std::optional<DvhStatement> statement;
  std::string stated;  // "V20Gy[%] < 49"
};
// Precondition: the rule is a DoseMetricRule.
LintedDoseRule linted_dose_rule(const LintedRule& at);

// Whether the rule asks for less dose: "V20Gy[%] < 49" and "CV20Gy[cc] > 700" do. Precondition: it has a limit.
bool limits_dose(const DoseMetricRule& rule);

}  // namespace dosegate
