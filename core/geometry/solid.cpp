#include "core/geometry/solid.h"

#include "core/geometry/interpolate.h"

namespace dosegate {

Result<SlabStack> make_solid(const Structure& structure, BetweenSlices model, Workers* workers) {
  constexpr std::int64_t kWork = 300'000'000;
  Result<SlabStack> stack = make_stack(structure);
  if (!stack || model == BetweenSlices::kSlab) return stack;
  std::int64_t budget = kWork;
  return interpolate(*stack, structure.name, budget, workers);
}

}  // namespace dosegate
