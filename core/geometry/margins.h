// The margin that is added to a structure.
#pragma once

#include "core/quantity/units.h"

namespace dosegate {

// In patient axes. Not negative; all zero: the structure itself.
struct Margins {
  Length left, right, anterior, posterior, cranial, caudal;

  friend auto operator<=>(const Margins&, const Margins&) = default;
};

}  // namespace dosegate
