// Reading of rules on the clinical record.
#pragma once

#include "core/protocol/rule_kinds.h"

namespace dosegate {

GammaRule read_gamma_rule(ObjectReader& o, const CheckRole&);
DeliveryRule read_delivery_rule(ObjectReader& o, const CheckRole&);
TherapyRule read_therapy_rule(ObjectReader& o, const CheckRole&);
ImagingRule read_imaging_rule(ObjectReader& o, const CheckRole&);
EligibilityRule read_eligibility_rule(ObjectReader& o, const CheckRole&);
LabRule read_lab_rule(ObjectReader& o, const CheckRole&);
GradingRule read_grading_rule(ObjectReader& o, const CheckRole&);
ResponseRule read_response_rule(ObjectReader& o, const CheckRole&);

}  // namespace dosegate
