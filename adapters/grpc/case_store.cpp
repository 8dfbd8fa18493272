#include "adapters/grpc/case_store.h"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <utility>

namespace dosegate::rpc {

std::string CaseStore::add(std::shared_ptr<HostedCase> hosted) {
  const std::string name = "cases/" + boost::uuids::to_string(boost::uuids::random_generator()());
  const std::lock_guard lock(mutex_);
  if (cases_.size() >= most_) return {};
  cases_.emplace(name, Entry{std::move(hosted), Clock::now()});
  return name;
}

std::shared_ptr<HostedCase> CaseStore::find(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = cases_.find(name);
  if (found == cases_.end()) return nullptr;
  found->second.used = Clock::now();
  return found->second.hosted;
}

bool CaseStore::remove(const std::string& name) {
  Entry last;  // destroyed after the lock is gone
  const std::lock_guard lock(mutex_);
  const auto found = cases_.find(name);
  if (found == cases_.end()) return false;
  last = std::move(found->second);
  cases_.erase(found);
  return true;
}

void CaseStore::forget_idle(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  // Held by the store alone: no call is running on it.
  std::erase_if(cases_, [&](const auto& entry) {
    return now - entry.second.used >= idle_ && entry.second.hosted.use_count() == 1;
  });
}

std::size_t CaseStore::size() const {
  const std::lock_guard lock(mutex_);
  return cases_.size();
}

}  // namespace dosegate::rpc
