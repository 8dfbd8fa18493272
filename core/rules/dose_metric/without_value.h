// Limits that are decided although the metric has no value: of an empty overlap, and of a structure that is smaller
// than the volume of a D or DC metric. A limit on dose is there one on volume: D10cc[Gy] < 45 Gy says that less than 10
// cc get 45 Gy or more.
#pragma once

#include <optional>

#include "core/context/context.h"
#include "core/report/report.h"
#include "core/rules/dose_metric/dose_metric.h"

namespace dosegate {

// `f`: the finding so far, with structure, metric, unit and limit. None: the metric has a value, or what is missing is
// for the caller to say.
std::optional<Finding> judge_without_value(const DoseMetricRule& rule, const Context& context, const Finding& f);

}  // namespace dosegate
