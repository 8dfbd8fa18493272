#include "adapters/pdf/kept_signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace dosegate::pdf {
namespace {

volatile std::sig_atomic_t kept_signal = 0, kept_pipe = -1;

void keep_signal(int number) {
  const int error = errno;
  if (kept_signal == 0) kept_signal = number;
  const char byte = 0;
  static_cast<void>(!::write(kept_pipe, &byte, 1));
  errno = error;
}

}  // namespace

KeptSignals::KeptSignals() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    read_ = support::Descriptor(ends[0]);
    write_ = support::Descriptor(ends[1]);
  }
  kept_signal = 0;
  kept_pipe = write_.get();
  struct sigaction action {};
  action.sa_handler = keep_signal;
  action.sa_flags = static_cast<int>(SA_RESTART);
  ::sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kNumbers.size(); ++i) {
    ::sigaction(kNumbers[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) ::sigaction(kNumbers[i], &action, nullptr);
  }
}

KeptSignals::~KeptSignals() {
  for (std::size_t i = 0; i < kNumbers.size(); ++i) ::sigaction(kNumbers[i], &before_[i], nullptr);
  kept_pipe = -1;
  if (kept_signal != 0) ::raise(kept_signal);
}

}  // namespace dosegate::pdf
