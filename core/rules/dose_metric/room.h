// The room that a limit leaves: which way the dose would have to change for the rule to be met, how far, and where.
#pragma once

#include "core/context/context.h"
#include "core/report/report.h"
#include "core/rules/dose_metric/dose_metric.h"

namespace dosegate {

// A limit bounds the dose from above where less dose means more room. A limit from below on a volume that is spared
// (CV) bounds the dose from above, and the other way round; for every other metric the comparator says it.
enum class BoundsDose { kFromAbove, kFromBelow };
BoundsDose bounds_dose(const Metric& metric, Comparator comparator);

// Sets the finding's room in dose and in volume, with their bounds. They are negative where the rule is broken; the
// sign never contradicts the status. `prescription` is what 100 % of a dose are. Preconditions: the rule has a limit,
// and `f` its value, interval and status.
void set_room(const DoseMetricRule& rule, const Dvh& dvh, Dose prescription, Finding& f);

// Sets the place where a change of dose helps first: the hottest point for a limit from above, the coldest one for a
// limit from below, and for a limit on the minimum or the maximum that point itself. There is none where it lies beyond
// the dose grid.
void set_place(const DoseMetricRule& rule, const Dvh& dvh, Finding& f);

}  // namespace dosegate
