// What is wrong with a protocol's file, or loads and is likely a mistake.
#pragma once

#include <string_view>
#include <vector>

#include "core/protocol/lint_entry.h"

namespace dosegate {

// Everything that load_protocol would refuse (all of it, not only the first), and what loads but is
// likely a mistake: a limit that can never be the first to fail or that contradicts another, a V-metric whose limits
// rise with the dose, a constraint whose direction is unusual for its role or that its metric always meets, a
// percentage, a fraction or cGy where another is meant, a rule said twice or without source, a role no rule uses, names
// of two roles that collide or name another side.
std::vector<LintEntry> lint_protocol(std::string_view json);

}  // namespace dosegate
