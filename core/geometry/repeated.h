// Contours that are drawn twice on one plane.
#pragma once

#include <cstddef>
#include <vector>

#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// Drops rings of one plane that repeat another one, and returns how many it dropped: by the even-odd rule a ring and
// its repetition would cancel one another. A repetition has the same points from another start or in the other
// direction, or an outline that lies within 0.02 mm of the other's on average (exported twice with another rounding or
// one more point): no structure is a shell as thin as that. kLimitExceeded over 100,000 pairs of outlines that begin
// alike, or when comparing them takes too much work. `workers` is of the present call and is asked whether to go on;
// throws Cancelled.
Result<std::size_t> drop_repeated(std::vector<Ring>& rings, Workers* workers = nullptr);

}  // namespace dosegate
