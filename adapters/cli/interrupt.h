// Ctrl-C and SIGTERM, for commands that bring long work to an end in good order.
#pragma once

#include <csignal>

namespace dosegate::cli {

// From its making to its end the first SIGINT or SIGTERM is kept for is_interrupted(); the second ends the process as
// it always did. One at a time.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  struct sigaction before_int_ {
  }, before_term_{};
};

// Never where nothing is Interruptible.
bool is_interrupted();

}  // namespace dosegate::cli
