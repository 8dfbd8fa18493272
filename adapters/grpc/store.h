// What lives on the server by resource name: cases, sessions.
#pragma once

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace dosegate::rpc {

// [thread-safe]
template <typename T>
class Store {
 public:
  using Clock = std::chrono::steady_clock;

  // `collection`: "cases/"; names are collection + an id that cannot be guessed.
  Store(std::string collection, std::size_t most, Clock::duration idle)
      : collection_(std::move(collection)), most_(most), idle_(idle) {}

  std::size_t most() const { return most_; }

  // The thing's name; empty when there are as many as there may be, of all or of its owner.
  std::string add(std::shared_ptr<T> thing, std::string owner, std::size_t most_of_owner) {
    std::string name = collection_ + boost::uuids::to_string(boost::uuids::random_generator()());
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= most_ || count_of(owner) >= most_of_owner) return {};
    entries_.emplace(name, Entry{std::move(thing), std::move(owner), Clock::now()});
    return name;
  }

  // Null when there is none, or it is another's; else it counts as used now.
  std::shared_ptr<T> find(const std::string& name, const std::string& owner) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end() || found->second.owner != owner) return nullptr;
    found->second.used = Clock::now();
    return found->second.thing;
  }

  // False when there is none, or it is another's. Calls that are running keep the thing until they end.
  bool remove(const std::string& name, const std::string& owner) {
    return remove_if(name, [&](const Entry& entry) { return entry.owner == owner; });
  }
  bool evict(const std::string& name) {
    return remove_if(name, [](const Entry&) { return true; });
  }

  // Forgets what nobody used for as long as things may be idle.
  void forget_idle(Clock::time_point now) {
    std::map<std::string, Entry> idle;  // destroyed after the lock is gone
    const std::lock_guard lock(mutex_);
    for (auto at = entries_.begin(); at != entries_.end();) {
      // Held by the store alone: no call is running on it.
      const auto next = std::next(at);
      if (now - at->second.used >= idle_ && at->second.thing.use_count() == 1) idle.insert(entries_.extract(at));
      at = next;
    }
  }

  // The thing that nobody holds and that was not used for longest, taken out; null: there is none. Of `owner`, if
  // given.
  std::shared_ptr<T> take_unheld(const std::string* owner) {
    const std::lock_guard lock(mutex_);
    auto oldest = entries_.end();
    for (auto at = entries_.begin(); at != entries_.end(); ++at) {
      if (at->second.thing.use_count() != 1 || (owner != nullptr && at->second.owner != *owner)) continue;
      if (oldest == entries_.end() || at->second.used < oldest->second.used) oldest = at;
    }
    if (oldest == entries_.end()) return nullptr;
    std::shared_ptr<T> thing = std::move(oldest->second.thing);
    entries_.erase(oldest);
    return thing;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }
  std::size_t size_of(const std::string& owner) const {
    const std::lock_guard lock(mutex_);
    return count_of(owner);
  }

  struct Listed {
    std::string name;
    std::string owner;
    Clock::duration idle;
    std::shared_ptr<T> thing;
  };
  // By name.
  std::vector<Listed> list() const { return list_if(nullptr); }
  std::vector<Listed> list_of(const std::string& owner) const { return list_if(&owner); }

 private:
  struct Entry {
    std::shared_ptr<T> thing;
    std::string owner;
    Clock::time_point used;
  };

  std::size_t count_of(const std::string& owner) const {
    std::size_t count = 0;
    for (const auto& [name, entry] : entries_) count += entry.owner == owner ? 1 : 0;
    return count;
  }

  // null: of all owners
  std::vector<Listed> list_if(const std::string* owner) const {
    const Clock::time_point now = Clock::now();
    std::vector<Listed> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, entry] : entries_) {
      if (owner == nullptr || entry.owner == *owner) all.push_back({name, entry.owner, now - entry.used, entry.thing});
    }
    return all;
  }

  template <typename F>
  bool remove_if(const std::string& name, const F& may) {
    Entry last;  // destroyed after the lock is gone
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end() || !may(found->second)) return false;
    last = std::move(found->second);
    entries_.erase(found);
    return true;
  }

  const std::string collection_;
  const std::size_t most_;
  const Clock::duration idle_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace dosegate::rpc
