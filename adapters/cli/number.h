// Numbers for people, as the view model writes them.
#pragma once

#include "adapters/present/number.h"

namespace dosegate::cli {

using present::against;
using present::fixed;
using present::kDecimals;
using present::shortest;
using present::with_unit;

}  // namespace dosegate::cli
