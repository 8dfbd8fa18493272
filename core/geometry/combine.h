// Structures made of others, exactly, on the polygons.
#pragma once

#include <vector>

#include "core/geometry/stack.h"
#include "core/quantity/result.h"

namespace dosegate {

// What is in `base` or any of `plus`, in every one of `within`, and in none of `minus`.
struct Combination {
  const SlabStack* base = nullptr;
  std::vector<const SlabStack*> plus, within, minus;
};

// Planes need not agree; axes must, else kNotEvaluable. The parts are as drawn or interpolated, not combined themselves
// (kInvalidArgument).
Result<SlabStack> combine(const Combination& parts);

// a without all of b.
inline Result<SlabStack> subtract(const SlabStack& a, const std::vector<const SlabStack*>& b) {
  return combine({&a, {}, {}, b});
}

}  // namespace dosegate
