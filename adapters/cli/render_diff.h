// What changed from one protocol to another, as text.
#pragma once

#include <string>

#include "adapters/cli/layout.h"
#include "dosegate/v1/protocol.pb.h"

namespace dosegate::cli {

// A heading, a line for each change, marked by its effect, notes, then the count of each effect.
std::string render_diff(const dosegate::v1::ProtocolDiff& diff, Style style);

}  // namespace dosegate::cli
