// What a program does before everything else.
#pragma once

namespace dosegate::support {

// 0 to 2 are open, or nothing, so that what is opened later gets none of these numbers and is not written into. False:
// they cannot be opened. Calls the system itself, so that it may be called before any library is there.
[[nodiscard]] bool open_standard_streams();

// The same, and a write into a pipe that nobody reads, or of more than a file may hold (RLIMIT_FSIZE), fails as other
// writes do and does not end the process.
[[nodiscard]] bool prepare_process();

}  // namespace dosegate::support
