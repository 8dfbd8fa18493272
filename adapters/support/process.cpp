#include "adapters/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dosegate::support {

bool open_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::syscall(SYS_fcntl, fd, F_GETFD) != -1) continue;
    // The lowest free descriptor is `fd`. Read-only, so that a write to a standard output that was closed fails.
    if (::syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY) != fd) return false;
  }
  return true;
}

bool prepare_process() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  return open_standard_streams();
}

}  // namespace dosegate::support
