// One function a rule kind: rule x context -> findings. Each leaves id, clause and mandatory to the checker.
#pragma once

#include <vector>

#include "core/report/report.h"
#include "core/rules/context.h"

namespace dosegate {

// A dose metric against its limit, decided on the metric's interval: [lower, upper] wholly on the right side
// is a PASS, wholly on the wrong side a DEVIATION, else INDETERMINATE.
Finding evaluate(const DoseMetricRule& rule, const Context& context);

// Total dose, fractions, dose a fraction of the plan against the protocol's; the last also whether plan, beam
// doses and dose grid agree with one another.
Finding evaluate(const PrescriptionRule& rule, const Context& context);

// The structure exists and encloses a volume.
Finding evaluate(const StructureRule& rule, const Context& context);

// The drawn version of a derived role against the computed one: volume and mean dose.
Finding evaluate(const DerivedCheckRule& rule, const Context& context);

// A structure against another plus margins, in 3-D. Beyond tolerance: DEVIATION, or WARNING where all of it was
// cropped.
Finding evaluate(const MarginRule& rule, const Context& context);

// A structure sticks out of another no further than the tolerance.
Finding evaluate(const ContainmentRule& rule, const Context& context);

// How the plan's beams are delivered, how many they are, whether what it states of them holds together.
Finding evaluate(const BeamsRule& rule, const Context& context);

// The days of the course against the protocol's fractionation and the site's calendar (core/schedule).
Finding evaluate(const ScheduleRule& rule, const Context& context);
// Doses and numbers of the fractions given and planned.
Finding evaluate(const FractionationRule& rule, const Context& context);
// Reported; needs no record.
Finding evaluate(const BedRule& rule, const Context& context);

// Rules on the clinical record, one clause of practice each. They look at the record only; without one:
// on_record.h.
Finding evaluate(const GammaRule& rule, const Context& context);
Finding evaluate(const DeliveryRule& rule, const Context& context);
Finding evaluate(const TherapyRule& rule, const Context& context);
Finding evaluate(const ImagingRule& rule, const Context& context);
Finding evaluate(const EligibilityRule& rule, const Context& context);
Finding evaluate(const LabRule& rule, const Context& context);
Finding evaluate(const GradingRule& rule, const Context& context);
Finding evaluate(const ResponseRule& rule, const Context& context);

// A metric of a DVH with its interval, in the metric's unit; kNotEvaluable when it is not defined (a volume
// larger than the structure, % dose without a prescription).
struct MetricValue {
  double value = 0.0, lower = 0.0, upper = 0.0;
};
// `limit`, in the metric's unit, is what the interval of a V metric must decide.
Result<MetricValue> measure(const Metric& metric, const Dvh& dvh, std::optional<Dose> prescription, Plateau plateau,
                            std::optional<double> limit = std::nullopt, const Tolerance& tolerance = {});

}  // namespace dosegate
