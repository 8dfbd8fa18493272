// The margin that is added to a structure, or asked for round it.
#pragma once

#include "core/quantity/units.h"

namespace dosegate {

// One length towards each side of the patient; none is negative. With all of them zero it is the structure itself.
struct Margins {
  Length left, right, anterior, posterior, cranial, caudal;

  friend auto operator<=>(const Margins&, const Margins&) = default;
};

}  // namespace dosegate
