// For the main file of a program that links gRPC, whose libraries open descriptors before main() begins, and would take
// the numbers of standard streams that are closed.
#pragma once

#include <unistd.h>

#include "adapters/support/process.h"

namespace dosegate::support {

inline void open_standard_streams_or_end() {
  if (!open_standard_streams()) ::_exit(3);
}

// The one list of a program that is called before any library's constructors.
[[gnu::section(".preinit_array"), gnu::used]] static void (*before_libraries)() = open_standard_streams_or_end;

}  // namespace dosegate::support
