// The cases that live on the server, by resource name.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "adapters/grpc/hosted_case.h"

namespace dosegate::rpc {

// [thread-safe]
class CaseStore {
 public:
  using Clock = std::chrono::steady_clock;

  CaseStore(std::size_t most, Clock::duration idle) : most_(most), idle_(idle) {}

  // The case's name, cases/{id}; empty when there are as many as there may be. An id cannot be guessed.
  std::string add(std::shared_ptr<HostedCase> hosted);
  // Null when there is none; else it counts as used now.
  std::shared_ptr<HostedCase> find(const std::string& name);
  // False when there is none. Calls that are running keep the case until they end.
  bool remove(const std::string& name);
  // Forgets the cases that nobody used for as long as cases may be idle.
  void forget_idle(Clock::time_point now);
  std::size_t size() const;

 private:
  struct Entry {
    std::shared_ptr<HostedCase> hosted;
    Clock::time_point used;
  };

  const std::size_t most_;
  const Clock::duration idle_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> cases_;
};

}  // namespace dosegate::rpc
