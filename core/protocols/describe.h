// What a protocol asks for, rule by rule, in a few words.
#pragma once

#include <string>

#include "core/protocol/protocol.h"

namespace dosegate {

// Canonical dosegate.v1.ProtocolDescription, in the order of the protocol's rules. Precondition: it was made by
// load_protocol.
std::string describe_json(const Protocol& protocol);

}  // namespace dosegate
