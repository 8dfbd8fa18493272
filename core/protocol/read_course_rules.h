// Reading of rules on the course in time.
#pragma once

#include "core/protocol/rule_kinds.h"

namespace dosegate {

ScheduleRule read_schedule_rule(ObjectReader& o, const CheckRole&);
FractionationRule read_fractionation_rule(ObjectReader& o, const CheckRole&);
BedRule read_bed_rule(ObjectReader& o, const CheckRole&);

}  // namespace dosegate
