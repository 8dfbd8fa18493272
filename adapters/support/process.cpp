#include "adapters/support/process.h"

#include <fcntl.h>
#include <signal.h>

namespace dosegate::support {

bool prepare_process() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) != -1) continue;
    // The lowest free descriptor is `fd`. Read-only, so that a write to a standard output that was closed fails.
    if (::open("/dev/null", O_RDONLY) != fd) return false;
  }
  return true;
}

}  // namespace dosegate::support
