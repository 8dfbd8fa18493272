// A program that is run, and ended where it takes too long.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace dosegate::orthanc {

struct ChildResult {
  int exit_code = -1;      // -1: it did not exit by itself
  int signal = 0;          // that ended it
  bool timed_out = false;  // it was asked to end, or ended, after the time limit
  bool stopped = false;    // because `is_stopping`
  std::string error;       // the end of what it wrote on standard error
};

// Runs command[0]; standard error goes through the file `log`. SIGTERM after `seconds`, SIGKILL `kGraceSeconds` later;
// both at once when `is_stopping`. The child holds no descriptor of this process but 0 to 2. Throws support::Error
// where it cannot be started.
inline constexpr int kGraceSeconds = 5;
ChildResult run_child(const std::vector<std::string>& command, const std::string& log, unsigned seconds,
                      const std::function<bool()>& is_stopping);

}  // namespace dosegate::orthanc
