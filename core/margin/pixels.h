// Outlines that follow the pixels of an image, as a mask is turned into contours: they show a structure to half a
// pixel.
#pragma once

#include "core/geometry/stack.h"
#include "core/quantity/units.h"

namespace dosegate {

// The size of the pixels that all outlines of a stack of drawn slabs follow, along their edges alone or with their
// corners cut off half-way. 0 mm where an outline does not, or where what they follow is coarser than any image's
// pixels (2 mm).
Length pixel_of(const SlabStack& stack);

}  // namespace dosegate
