// Reading of rules on margins: dosegate.v1.MarginRule, ContainmentRule.
#pragma once

#include "core/protocol/rule_kinds.h"

namespace dosegate {

MarginRule read_margin_rule(ObjectReader& o, const CheckRole& check);
ContainmentRule read_containment_rule(ObjectReader& o, const CheckRole& check);

}  // namespace dosegate
