// The margin that is added to a structure, or asked for round it.
#pragma once

#include "core/frame/orientation.h"
#include "core/quantity/units.h"

namespace dosegate {

// One length towards each side of the patient; none is negative. With all of them zero it is the structure itself.
struct Margins {
  Length left, right, anterior, posterior, cranial, caudal;

  friend auto operator<=>(const Margins&, const Margins&) = default;
};

// Whether the ellipsoid of the margin is the same when its six directions are those of a frame (x to the left, y to the
// back, z to the head, as near as they lie) instead of the patient's: to 0.001 mm, less than a margin is verified to.
// Always where all six are equal; where those across an axis are equal, for a turn about that axis.
bool is_same_in(const Orientation& frame, const Margins& margins);

}  // namespace dosegate
