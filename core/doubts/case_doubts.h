// What the engine itself holds against a case, whatever the protocol asks: findings beside those of the rules.
#pragma once

#include <string>
#include <vector>

#include "core/context/context.h"
#include "core/report/report.h"

namespace dosegate {

// dosegate.plans, dosegate.structure_sets, dosegate.doses
//                      the case holds several, or one that belongs to something that it does not hold: NOT_EVALUABLE
// dosegate.approval    the plan is REJECTED: NOT_EVALUABLE
// dosegate.intent      it is for a measurement or a machine (VERIFICATION, MACHINE_QA, SERVICE): NOT_EVALUABLE
// dosegate.scale       the dose contradicts the prescription, and the site states what the grid holds: WARNING
// dosegate.match.ROLE  other structures carry a name of the role, or look like a further target of its kind and do not
// lie
//                      in it: WARNING; NOT_EVALUABLE where the plan prescribes to one of them and not to the role's.
//                      Not for a role that the site has pinned
// Mandatory all; none where there is nothing to say. After Context::prepare().
std::vector<Finding> case_doubts(const Context& context);

// Sentences that decide nothing: a plan for research, an approval status that is not known, what the plan prescribes to
// other structures.
std::vector<Prose> case_notes(const Context& context);

}  // namespace dosegate
