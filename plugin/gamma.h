// The extension of include/dosegate/extensions/gamma.h.
#pragma once

#include "plugin/include/dosegate/extensions/gamma.h"

namespace dosegate::plugin {

extern const dosegate_gamma kGamma;

}  // namespace dosegate::plugin
