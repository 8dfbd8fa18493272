// A drawn structure as a solid, under one of the two models of what lies between its planes.
#pragma once

#include <string>

#include "core/geometry/stack.h"
#include "core/geometry/structure.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// Of `stack`, which make_stack() made of the structure of that name. Errors: those of interpolate(). Throws Cancelled
// when the host of the call wants that.
Result<SlabStack> make_solid(Result<SlabStack> stack, const std::string& name, BetweenSlices model,
                             Workers* workers = nullptr);

// A structure of which nothing is known but itself. Errors: those of make_stack() and interpolate(). Throws Cancelled
// when the host of the call wants that.
Result<SlabStack> make_solid(const Structure& structure, BetweenSlices model, Workers* workers = nullptr);

}  // namespace dosegate
