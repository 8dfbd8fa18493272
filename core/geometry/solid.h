// A drawn structure as a solid, under one of the two models of what lies between its planes.
#pragma once

#include <string>

#include "core/geometry/stack.h"
#include "core/geometry/structure.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// The solid of a structure of which make_stack() made `stack`: the stack itself as slabs, or what interpolate() makes
// of it. `name` is the structure's. Errors: that of `stack`, and those of interpolate(). Throws Cancelled when the host
// of the call wants the call to end.
Result<SlabStack> make_solid(Result<SlabStack> stack, const std::string& name, BetweenSlices model,
                             Workers* workers = nullptr);

// The solid of a structure of which nothing is known but itself: no other structures, no images. Errors: those of
// make_stack() and interpolate(). Throws Cancelled as above.
Result<SlabStack> make_solid(const Structure& structure, BetweenSlices model, Workers* workers = nullptr);

}  // namespace dosegate
