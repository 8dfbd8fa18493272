// Decides for many callers on one ledger: what has come while it was busy is recorded in one transaction, with one
// signature of the ledger's end and one wait for the disk.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adapters/gate/issue.h"

namespace dosegate::gate {

class Registrar {
 public:
  // `to`: as for issue(), with a ledger; its subject is not used. Opened at the first decision, and again after a
  // failure.
  Registrar(Destination to, Clock clock) : to_(std::move(to)), clock_(std::move(clock)) {}

  // As issue() would answer. [thread-safe], each caller with evidence of its own.
  Issued issue(const Policy& policy, Gathered& gathered, const std::string& subject);

 private:
  struct Job {
    const Policy& policy;
    Gathered& gathered;
    Destination to;
    Issued issued{};
    std::exception_ptr failed{};
    bool is_done = false;
  };
  using Jobs = std::deque<Job*>;
  void open();
  void run(const Jobs& jobs);
  // Of those that remain; the one that cannot be recorded, be the ledger as it may.
  Job* record(const Jobs& jobs);

  const Destination to_;
  const Clock clock_;
  std::mutex mutex_;
  std::condition_variable done_;
  Jobs waiting_;
  bool is_busy_ = false;
  std::optional<Ledger> ledger_;  // of who is busy
  std::string id_;                // of the ledger; empty: none was opened yet
};

}  // namespace dosegate::gate
