// One rule put to a context. What the case holds several of, no rule kind has to look for: this does.
#pragma once

#include "core/context/context.h"
#include "core/protocol/rule_kind.h"
#include "core/report/report.h"

namespace dosegate {

// The kind's own finding. A kind that needs the plan (RuleNeeds::plan) is not asked where the plans held are refused:
// it is NOT_EVALUABLE with their names. Of one that only compares with it (RuleNeeds::plan_beside) the finding says
// that it did not. Structures and the dose are refused where they are asked for, in the context's roles and its
// reading.
Finding judge(const RuleKind& kind, const Context& context);

}  // namespace dosegate
