// Text that is safe to print, and its columns, as every face takes it.
#pragma once

#include "adapters/present/display.h"

namespace dosegate::cli {

using present::display_width;
using present::pad_left;
using present::pad_right;
using present::printable;
using present::shorten;
using present::wrap;

}  // namespace dosegate::cli
