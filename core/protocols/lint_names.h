// The linter on names.
#pragma once

#include <vector>

#include "core/protocol/lint_entry.h"
#include "core/protocol/protocol.h"

namespace dosegate {

// Every name by which a structure is found leads to one role, and to the side that the role is of.
void lint_names(const Protocol& protocol, std::vector<LintEntry>& out);

}  // namespace dosegate
