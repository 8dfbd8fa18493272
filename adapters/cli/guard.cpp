#include "adapters/cli/guard.h"

#include <signal.h>
#include <unistd.h>

#include <string_view>

#include "adapters/cli/output.h"

namespace dosegate::cli {
namespace {

// Only what a signal handler may call (signal-safety(7)).
void end_by_lost_file(int) {
  constexpr std::string_view kLine =
      "dosegate: an input file was cut short, or could not be read, while it was in use. Wait until it is complete, "
      "check "
      "the disk, and run again\n";
  // Where even this fails there is nobody left to tell; the exit code says it.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kLine.data(), kLine.size());
  ::_exit(static_cast<int>(Exit::kUnusable));
}

}  // namespace

void guard_mapped_files() {
  struct sigaction action {};
  action.sa_handler = end_by_lost_file;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace dosegate::cli
