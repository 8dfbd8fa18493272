// Streams that have not said a word yet: the first to go where there are more calls than there may be.
#pragma once

#include <chrono>
#include <list>
#include <mutex>

#include "adapters/grpc/client.h"

namespace dosegate::rpc {

// [thread-safe]
class SilentStreams {
 public:
  using Time = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kPatience{1};

  class Stream {
   public:
    // To end, which may take a moment. The list is locked meanwhile.
    virtual void give_way() = 0;

   protected:
    ~Stream() = default;
  };

 private:
  struct Entry {
    Stream* stream;
    const Client* client;
    Time::time_point since;
    bool is_told = false;
  };

 public:
  // Of a stream, from its begin on, until it speaks or goes.
  class Place {
   public:
    Place(SilentStreams& all, Stream& stream, const Client* client) : all_(&all) {
      const std::lock_guard lock(all_->mutex_);
      at_ = all_->entries_.insert(all_->entries_.end(), {&stream, client, Time::now(), false});
    }
    ~Place() { leave(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    // give_way() is not called any more. By one thread.
    void leave() {
      if (all_ == nullptr) return;
      const std::lock_guard lock(all_->mutex_);
      all_->entries_.erase(at_);
      all_ = nullptr;
    }

   private:
    SilentStreams* all_;
    std::list<Entry>::iterator at_;
  };

  // Ends the one that has been silent for longest, if that is kPatience; of `client`, if given. False: there is none.
  bool end_one(const Client* client) {
    const std::lock_guard lock(mutex_);
    for (Entry& entry : entries_) {  // oldest first
      if (Time::now() - entry.since < kPatience) return false;
      if (entry.is_told || (client != nullptr && entry.client != client)) continue;
      entry.is_told = true;
      entry.stream->give_way();
      return true;
    }
    return false;
  }

 private:
  std::mutex mutex_;
  std::list<Entry> entries_;
};

}  // namespace dosegate::rpc
