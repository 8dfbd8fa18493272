// The extension of include/dosegate/extensions/statistics.h.
#pragma once

#include "plugin/include/dosegate/extensions/statistics.h"

namespace dosegate::plugin {

extern const dosegate_statistics kStatistics;

}  // namespace dosegate::plugin
