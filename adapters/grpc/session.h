// A planning session: a case, what it is checked against, and how far its events have come. It outlives the connection.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "adapters/grpc/followed.h"
#include "adapters/grpc/hosted_case.h"
#include "dosegate/v1/session.pb.h"

namespace dosegate::rpc {

class SessionStream;

struct Session {
  Session(std::shared_ptr<HostedCase> hosted_case, Chosen what, v1::PlanningSessionRequest::Open how)
      : hosted(std::move(hosted_case)), chosen(std::move(what)), opened_as(std::move(how)) {}

  const std::shared_ptr<HostedCase> hosted;
  const Chosen chosen;
  const v1::PlanningSessionRequest::Open opened_as;
  std::string name, case_name;  // set before anyone else sees it

  // On the case's strand only.
  std::uint64_t last_event = 0;  // taken or refused

  std::atomic<std::uint64_t> revision{0};
  Followed followed;

  // The connection that it has; another takes its place. [thread-safe]
  std::shared_ptr<SessionStream> attach(const std::shared_ptr<SessionStream>& stream) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<SessionStream> before = stream_.lock();
    stream_ = stream;
    return before;
  }
  std::shared_ptr<SessionStream> stream() const {
    const std::lock_guard lock(mutex_);
    return stream_.lock();
  }

 private:
  mutable std::mutex mutex_;
  std::weak_ptr<SessionStream> stream_;
};

}  // namespace dosegate::rpc
