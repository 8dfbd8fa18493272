// What a rule on margins asks of the geometry, or why it cannot be asked.
#pragma once

#include <string>
#include <vector>

#include "core/context/context.h"
#include "core/margin/margin_fit.h"

namespace dosegate {

struct MarginTask {
  Prose problem, hint;        // why it cannot be asked; empty where it can
  MarginQuestion question;    // refers to stacks of the context
  Stacks cropped_by, within;  // a shortfall is explained inside any of the first, or outside any of the second
  std::vector<std::string> not_considered;  // names of croppers that the case does not have
  // What the drawings of both structures hide: their slices along the axis, and outlines that follow pixels in any
  // direction. The question's tolerance includes the latter.
  Length by_slices, by_pixels;
};

// Precondition: the context's roles are built. Both structures must be usable, in one frame of reference that is
// stated, and on planes of one direction.
MarginTask margin_task(const MarginNeed& need, const Context& context);

}  // namespace dosegate
