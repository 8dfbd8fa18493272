// A dose rule before and after, as one requirement: "V20Gy[%] < 49 %".
#pragma once

#include "core/protocol/diff.h"

namespace dosegate {

// "< 49 %"; "reported only" without a limit.
std::string limit_text(const DoseMetricRule& rule);

// What became of `before`'s requirement, with each dose in % taken of its own protocol's prescription. kNone: the same.
// kStricter and kLooser only where it is certain for every DVH.
ProtocolChange::Effect effect_on_plans(const DoseMetricRule& before, Dose prescribed_before,
                                       const DoseMetricRule& after, Dose prescribed_after);

}  // namespace dosegate
