// The extension of include/dosegate/extensions/protocol_tools.h.
#pragma once

#include "plugin/include/dosegate/extensions/protocol_tools.h"

namespace dosegate::plugin {

extern const dosegate_protocol_tools kProtocolTools;

}  // namespace dosegate::plugin
