// Follows the planning sessions of a dosegate-grpc, through lost connections.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/cli/args.h"
#include "dosegate/v1/follow.pb.h"

namespace dosegate::panel {

// Its thread calls the two; they may take time, but then see what is newest then.
struct Heard {
  std::function<void(const v1::FollowSessionsResponse&)> message;
  // Empty: the server is reached. Else it is not, and why.
  std::function<void(const std::string& problem)> connection;
};

class Follower {
 public:
  Follower(cli::ServerArguments server, v1::FollowSessionsRequest request, Heard heard);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

 private:
  void run();
  std::string follow();

  const cli::ServerArguments server_;
  const v1::FollowSessionsRequest request_;
  const Heard heard_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ending_ = false;
  grpc::ClientContext* context_ = nullptr;  // of the call under way
  std::thread thread_;
};

}  // namespace dosegate::panel
