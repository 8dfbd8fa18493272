// A metric of a DVH as a number.
#pragma once

#include <optional>

#include "core/dvh/dvh.h"
#include "core/metric/metric.h"
#include "core/text/message.h"

namespace dosegate {

// A metric of a DVH with its interval, in the metric's unit.
struct MetricValue {
  double value = 0.0, lower = 0.0, upper = 0.0;
};
// None where it is not defined (a volume larger than the structure, % dose without a prescription), and why.
struct Measured {
  std::optional<MetricValue> value;
  Prose problem;
};
// `limit`, in the metric's unit, is what the interval of a V metric must decide.
Measured measure(const Metric& metric, const Dvh& dvh, std::optional<Dose> prescription, Plateau plateau,
                 std::optional<double> limit = std::nullopt, const Tolerance& tolerance = {});

}  // namespace dosegate
