// Limits that can be decided although the metric has no value: on an empty overlap, and on a structure that is smaller
// than the volume of a D or DC metric. There a limit on dose is one on volume: D10cc[Gy] < 45 Gy says that less than 10
// cc get 45 Gy or more.
#pragma once

#include <optional>

#include "core/context/context.h"
#include "core/report/report.h"
#include "core/rules/dose_metric/dose_metric.h"

namespace dosegate {

// `f` is the finding so far, with structure, metric, unit and limit. None where the metric has a value, or where the
// caller is to say what is missing.
std::optional<Finding> judge_without_value(const DoseMetricRule& rule, const Context& context, const Finding& f);

}  // namespace dosegate
