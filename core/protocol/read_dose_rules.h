// Reading of rules on dose, prescription and structures: dosegate.v1.DoseMetricRule, PrescriptionRule, StructureRule,
// DerivedCheckRule.
#pragma once

#include "core/protocol/rule_kinds.h"

namespace dosegate {

DoseMetricRule read_dose_metric_rule(ObjectReader& o, const CheckRole& check);
PrescriptionRule read_prescription_rule(ObjectReader& o, const CheckRole& check);
StructureRule read_structure_rule(ObjectReader& o, const CheckRole& check);
DerivedCheckRule read_derived_check_rule(ObjectReader& o, const CheckRole& check);

}  // namespace dosegate
