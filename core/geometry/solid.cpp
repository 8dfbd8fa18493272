#include "core/geometry/solid.h"

#include <utility>

#include "core/geometry/interpolate.h"

namespace dosegate {

Result<SlabStack> make_solid(Result<SlabStack> stack, const std::string& name, BetweenSlices model, Workers* workers) {
  constexpr std::int64_t kWork = 300'000'000;
  if (!stack || model == BetweenSlices::kSlab) return stack;
  std::int64_t budget = kWork;
  return interpolate(*stack, name, budget, workers);
}

Result<SlabStack> make_solid(const Structure& structure, BetweenSlices model, Workers* workers) {
  return make_solid(make_stack(structure, workers), structure.name, model, workers);
}

}  // namespace dosegate
