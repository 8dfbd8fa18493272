#include "adapters/cli/interrupt.h"

namespace dosegate::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void keep(int) { interrupted = 1; }

}  // namespace

Interruptible::Interruptible() {
  interrupted = 0;
  struct sigaction action {};
  action.sa_handler = keep;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &before_int_);
  ::sigaction(SIGTERM, &action, &before_term_);
}

Interruptible::~Interruptible() {
  ::sigaction(SIGINT, &before_int_, nullptr);
  ::sigaction(SIGTERM, &before_term_, nullptr);
}

bool is_interrupted() { return interrupted != 0; }

}  // namespace dosegate::cli
