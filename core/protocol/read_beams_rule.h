// Reading of rules on the plan's beams.
#pragma once

#include "core/protocol/rule_kinds.h"

namespace dosegate {

BeamsRule read_beams_rule(ObjectReader& o, const CheckRole&);

}  // namespace dosegate
