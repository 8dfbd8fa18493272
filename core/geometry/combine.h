// Structures made of others by set operations, exactly, on the polygons.
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

// The planes of the parts may lie anywhere, but their axes must be the same, else kNotEvaluable. A part must not be the
// result of combine() itself, else kInvalidArgument. Where nothing is left, the stack has no slabs, or slabs whose
// region is empty. Precondition: no part is null.
Result<SlabStack> combine(const Combination& parts);

// `a` without all of `b`; as combine().
inline Result<SlabStack> subtract(const SlabStack& a, const std::vector<const SlabStack*>& b) {
  return combine({&a, {}, {}, b});
}

}  // namespace dosegate
