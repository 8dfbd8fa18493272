// A program of the system's that is run on files of ours: without network, in bounded time, and it ends with us.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace dosegate::pdf {

struct Run {
  std::string program;                   // path
  std::vector<std::string> arguments;    // behind the program's name
  std::vector<std::string> environment;  // all of it, "NAME=value"
  std::chrono::milliseconds limit{60'000};
  int stop = -1;            // a descriptor: the program is ended as soon as it can be read from
  std::string folder = {};  // removed where we end before the program, even by SIGKILL; empty: none
};

struct Ended {
  enum class How {
    kExited,      // `code` is its exit code
    kKilled,      // by signal `code`, not ours
    kTooLong,     // it was ended at the limit
    kStopped,     // it was ended because of Run::stop
    kNotStarted,  // `code` is errno
    kRootAlone    // we are root, and the system gives no user namespace in which the program would not be
  } how = How::kNotStarted;
  int code = 0;
  std::string said;  // the end of its standard error
};

// The program runs as a user who is not root, in namespaces without a network where the system gives these, with its
// standard input and output on /dev/null. What it has started ends with it, and with us, in sessions of its own, too.
Ended run(const Run& run);

}  // namespace dosegate::pdf
