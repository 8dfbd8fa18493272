// The value of a metric (core/metric) of one DVH, as a number.
#pragma once

#include <optional>

#include "core/dvh/dvh.h"
#include "core/metric/metric.h"
#include "core/text/message.h"

namespace dosegate {

// In the metric's unit. The true value lies in [lower, upper].
struct MetricValue {
  double value = 0.0, lower = 0.0, upper = 0.0;
};
// There is no value where the metric is not defined for the structure (a volume larger than the structure, a dose in %
// without a prescription); `problem` then says why.
struct Measured {
  std::optional<MetricValue> value;
  Prose problem;
};
// `prescription` is what 100 % of a dose are. `limit`, in the metric's unit, is what the value will be compared with:
// the interval is made only as narrow as that asks for.
Measured measure(const Metric& metric, const Dvh& dvh, std::optional<Dose> prescription, Plateau plateau,
                 std::optional<double> limit = std::nullopt, const Tolerance& tolerance = {});

}  // namespace dosegate
