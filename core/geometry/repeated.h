// Contours that are there twice.
#pragma once

#include <cstddef>
#include <vector>

#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// Drops rings of one plane that repeat another, and returns how many. By even-odd they would cancel one another.
// Repeats are the same points from another start or in the other direction, and outlines that lie within 0.02 mm of
// each other on average (exported twice with another rounding or one more point): no structure is a shell as thin as
// that. kLimitExceeded: over 100,000 pairs of outlines that are nearly alike. `workers`: of the
// present call, asked whether to go on. Throws Cancelled.
Result<std::size_t> drop_repeated(std::vector<Ring>& rings, Workers* workers = nullptr);

}  // namespace dosegate
