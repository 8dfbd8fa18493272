// The one reading of a protocol's JSON, for loading and for linting.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/protocol/protocol.h"

namespace dosegate {

inline constexpr std::size_t kProtocolSizeLimit = std::size_t{4} << 20;

// What could be read, and every error found on the way. A protocol with errors must not be used to judge.
struct ProtocolReading {
  Protocol protocol;
  std::vector<Error> errors;
};
ProtocolReading read_protocol(std::string_view json);

}  // namespace dosegate
