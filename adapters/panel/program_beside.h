// Another program of ours, which stands beside this one, run to its end. The panel loads neither its keys nor its
// ledger, and what it does is what the command does.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

namespace dosegate::panel {

struct Ran {
  int exit_code = -1;  // -1: it did not start, was ended, or said too much
  std::string out;
  std::string problem;  // the line that it said on standard error, or why there is no exit code
};

// `arguments`: behind the program's name. It is ended after `limit`, and when `stop` is set. No descriptor of ours goes
// to it; standard input is empty. Never throws but std::bad_alloc.
Ran run_beside(const std::string& program, const std::vector<std::string>& arguments, std::chrono::milliseconds limit,
               const std::atomic<bool>& stop);

}  // namespace dosegate::panel
