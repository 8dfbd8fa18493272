// The calculations that run: what can be ended when memory runs short.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "adapters/grpc/client.h"

namespace dosegate::rpc {

// [thread-safe]
class Running {
  struct Entry {
    std::shared_ptr<Client> client;
    std::atomic<bool> is_to_end{false};
  };

 public:
  // One that runs, until it goes.
  class Work {
   public:
    Work(Running& all, std::shared_ptr<Client> client) : all_(all) {
      const std::lock_guard lock(all_.mutex_);
      at_ = all_.entries_.emplace(all_.entries_.end());
      at_->client = std::move(client);
    }
    ~Work() {
      const std::lock_guard lock(all_.mutex_);
      all_.entries_.erase(at_);
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    // There is no memory for it.
    bool is_to_end() const { return at_->is_to_end; }

   private:
    Running& all_;
    std::list<Entry>::iterator at_;
  };

  // Ends the one that began last of the client that has most of them or, of several, most memory. False: none runs, or
  // one is ending.
  bool end_one() {
    const std::lock_guard lock(mutex_);
    std::map<const Client*, std::size_t> counts;
    for (const Entry& entry : entries_) ++counts[entry.client.get()];
    Entry* worst = nullptr;
    const auto weight = [&](const Entry& e) { return std::pair(counts[e.client.get()], e.client->bytes.load()); };
    for (Entry& entry : entries_) {  // in the order in which they began
      if (entry.is_to_end) return false;
      if (worst == nullptr || weight(entry) >= weight(*worst)) worst = &entry;
    }
    if (worst != nullptr) worst->is_to_end = true;
    return worst != nullptr;
  }

 private:
  std::mutex mutex_;
  std::list<Entry> entries_;
};

}  // namespace dosegate::rpc
