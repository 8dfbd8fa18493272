// A drawn structure as a solid, under one of the two models of what lies between its planes.
#pragma once

#include "core/geometry/stack.h"
#include "core/geometry/structure.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// Errors: those of make_stack() and interpolate(). Throws Cancelled when the host of the call wants that.
Result<SlabStack> make_solid(const Structure& structure, BetweenSlices model, Workers* workers = nullptr);

}  // namespace dosegate
