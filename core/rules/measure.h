// A metric of a DVH as a number.
#pragma once

#include <optional>

#include "core/dvh/dvh.h"
#include "core/metric/metric.h"
#include "core/quantity/result.h"

namespace dosegate {

// A metric of a DVH with its interval, in the metric's unit; kNotEvaluable when it is not defined (a volume
// larger than the structure, % dose without a prescription).
struct MetricValue {
  double value = 0.0, lower = 0.0, upper = 0.0;
};
// `limit`, in the metric's unit, is what the interval of a V metric must decide.
Result<MetricValue> measure(const Metric& metric, const Dvh& dvh, std::optional<Dose> prescription, Plateau plateau,
                            std::optional<double> limit = std::nullopt, const Tolerance& tolerance = {});

}  // namespace dosegate
