// Those who follow planning sessions.
#pragma once

#include <grpcpp/support/status.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace dosegate::rpc {

class FollowStream;

// [thread-safe]
class Followers {
 public:
  static constexpr std::size_t kMostOfOwner = 32;

  // False: its owner has as many as it may.
  bool add(const std::shared_ptr<FollowStream>& stream);
  void remove(const FollowStream* stream);

  // Something of a session of `owner` has changed. Returns at once.
  void wake(const std::string& owner);
  // What its followers want of them besides findings.
  struct Wants {
    bool curves = false, pictures = false;
  };
  Wants wants_of(const std::string& owner) const;

  void end(const grpc::Status& status);

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<FollowStream>> streams_;
};

}  // namespace dosegate::rpc
