// Puts one rule to a context. A case may hold several plans, structure sets or doses; the kinds of rule need not look
// for that, because this does.
#pragma once

#include "core/context/context.h"
#include "core/protocol/rule_kind.h"
#include "core/report/report.h"

namespace dosegate {

// The kind's own finding. Where the plans that the case holds are refused, a kind that needs the plan (RuleNeeds::plan)
// is not asked: the finding is NOT_EVALUABLE, with their names. For a kind that only compares with the plan
// (RuleNeeds::plan_beside), the finding then says that it did not. Structures and the dose are refused where they are
// asked for, in the context's roles and its reading.
Finding judge(const RuleKind& kind, const Context& context);

}  // namespace dosegate
