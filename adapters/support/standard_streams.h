// For the main file of a program that links gRPC, whose libraries open descriptors before main() begins, and would take
// the numbers of standard streams that are closed.
#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dosegate::support {

// Called by the system's own names, for no library is there yet.
inline void open_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::syscall(SYS_fcntl, fd, F_GETFD) != -1) continue;
    if (::syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY) != fd) ::_exit(3);
  }
}

// The one list of a program that is called before any library's constructors.
[[gnu::section(".preinit_array"), gnu::used]] static void (*before_libraries)() = open_standard_streams;

}  // namespace dosegate::support
