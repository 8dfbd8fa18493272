// What a rule on margins asks of the geometry, or why it cannot be asked.
#pragma once

#include <string>
#include <vector>

#include "core/context/context.h"
#include "core/margin/margin_fit.h"

namespace dosegate {

struct MarginTask {
  Prose problem, hint;                      // not empty: it cannot be asked
  MarginQuestion question;                  // refers to stacks of the context
  Stacks cropped_by, within;                // where a shortfall is explained
  std::vector<std::string> not_considered;  // croppers that are not there
  // What the drawings of both structures hide: along the slices' axis by their slices, and anywhere by outlines that
  // follow pixels; the question's tolerance holds the latter.
  Length by_slices, by_pixels;
};

// Precondition: the context's roles are built. Both structures must be usable, in one frame of reference that is
// stated, and on planes of one direction.
MarginTask margin_task(const MarginNeed& need, const Context& context);

}  // namespace dosegate
