// A verdict never hangs on a gap that may be a forgotten slice or a true one (geometry/plane_layout.h): where the
// structure with its gaps in doubt taken the other way round would be judged otherwise, the finding says so and does
// not pass.
#pragma once

#include <vector>

#include "core/context/context.h"
#include "core/report/report.h"

namespace dosegate {

// `findings`: those of every rule of the protocol in `context`, in its order. Each structure in doubt that a role
// stands for is taken otherwise alone, then all of them together. What is met both ways is at best a warning where one
// is; what differs in another way is INDETERMINATE, its interval that of both. Costs nothing where nothing is in doubt.
// Throws Cancelled.
void settle_doubts(const Context& context, DvhStore& store, const Host& host, std::vector<Finding>& findings);

}  // namespace dosegate
