// Reading a protocol's file, and the protocols that are built in.
#pragma once

#include <string_view>
#include <vector>

#include "core/protocol/protocol.h"
#include "core/quantity/result.h"

namespace dosegate {

// Loads dosegate.v1.Protocol. Strict: an unknown field, a wrong type, a missing one, a metric that does
// not parse, a role that is not declared, a repeated id, a limit outside the metric's range: an error
// whose path is the JSON path. Text over 4 MiB or nested deeper than 32: kLimitExceeded.
Result<Protocol> load_protocol(std::string_view json);

// The protocols compiled into the library; the first is the default.
struct BuiltinProtocol {
  std::string_view id;
  std::string_view json;
};
const std::vector<BuiltinProtocol>& builtin_protocols();

}  // namespace dosegate
