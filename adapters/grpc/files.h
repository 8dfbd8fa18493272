// Files that the server is configured with.
#pragma once

#include <string>

namespace dosegate::rpc {

// The whole file; throws support::Error where it cannot be read or has more than 1 MiB.
std::string read_small_file(const std::string& path);

}  // namespace dosegate::rpc
