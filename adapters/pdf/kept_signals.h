// Signals that end a process, kept until it has cleaned up.
#pragma once

#include <array>
#include <csignal>

#include "adapters/support/descriptor.h"

namespace dosegate::pdf {

// From its making to its end SIGINT, SIGTERM and SIGHUP are kept, where they are not ignored; its end gives the first
// of them back, to do what it did before. One at a time.
class KeptSignals {
 public:
  KeptSignals();
  ~KeptSignals();
  KeptSignals(const KeptSignals&) = delete;
  KeptSignals& operator=(const KeptSignals&) = delete;

  // Can be read from as soon as there is one.
  int descriptor() const { return read_.get(); }

 private:
  static constexpr std::array<int, 3> kNumbers{SIGINT, SIGTERM, SIGHUP};
  support::Descriptor read_, write_;
  struct sigaction before_[kNumbers.size()]{};
};

}  // namespace dosegate::pdf
