// A program of the system's that is run on files of ours: without network, in bounded time, and it ends with us.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "adapters/support/descriptor.h"

namespace dosegate::pdf {

struct Program {
  std::string path;
  std::vector<std::string> arguments;    // behind the program's name
  std::vector<std::string> environment;  // all of it, "NAME=value"
  std::string folder = {};               // removed where we end first, even by SIGKILL; empty: none
};

struct Ended {
  enum class How {
    kExited,      // `code` is its exit code
    kKilled,      // by signal `code`, not ours
    kTooLong,     // it was ended at the limit
    kStopped,     // it was ended because of `stop`
    kNotStarted,  // `code` is errno
    kRootAlone    // we are root, and the system gives no user namespace in which the program would not be
  } how = How::kNotStarted;
  int code = 0;
  std::string said;  // the end of its standard error
};

// From its making on a process waits to start the program; so it can be made while this one may still start any, and
// before it has threads and much memory. The program runs as a user who is not root, in namespaces without a network
// where the system gives these, with its standard input and output on /dev/null. What it has started ends with it, and
// with us, in sessions of its own, too.
class Child {
 public:
  explicit Child(const Program& program);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Once. `stop`: a descriptor; the program is ended as soon as it can be read from. -1: none.
  Ended run(std::chrono::milliseconds limit, int stop = -1);

 private:
  struct Pipe {
    Pipe();
    bool read(int& number) const;
    support::Descriptor out, in;
  };
  void join();

  Pipe said_, failed_, alive_, status_;
  pid_t keeper_ = -1;
  int error_ = 0;  // why there is none
};

}  // namespace dosegate::pdf
