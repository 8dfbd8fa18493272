// What of the clinical record contradicts itself, said at the rules that rest on it.
#pragma once

#include "core/context/context.h"
#include "core/report/report.h"

namespace dosegate {

// A finding that rests on facts which cannot be true together is NOT_EVALUABLE, one on facts that hardly are a WARNING;
// a deviation stays one. What no rule of the protocol rests on becomes a note. Of the plan alone (Scope::kPlan):
// nothing.
void doubt(const Context& context, std::vector<Finding>& findings, std::vector<Prose>& notes);

}  // namespace dosegate
