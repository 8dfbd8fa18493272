// What a limit on dose leaves: which way the dose would have to go, how far, and where.
#pragma once

#include "core/context/context.h"
#include "core/report/report.h"
#include "core/rules/dose_metric/dose_metric.h"

namespace dosegate {

// From above: less dose is more room. A limit from below on a volume that is spared (CV) bounds the dose from above,
// and the other way round; of every other metric the comparator says it.
enum class BoundsDose { kFromAbove, kFromBelow };
BoundsDose bounds_dose(const Metric& metric, Comparator comparator);

// Room in dose and in volume with their bounds, negative where the rule is broken: the sign never contradicts the
// status. Preconditions: the rule has a limit, f its value, interval and status.
void set_room(const DoseMetricRule& rule, const Dvh& dvh, Dose prescription, Finding& f);

// The place where a change of dose helps first: of a limit from above the hottest, of one from below the coldest. That
// of a limit on the minimum or the maximum is where it is. None where it lies beyond the dose grid.
void set_place(const DoseMetricRule& rule, const Dvh& dvh, Finding& f);

}  // namespace dosegate
