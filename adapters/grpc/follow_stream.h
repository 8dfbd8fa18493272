// The connection of one that follows planning sessions.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/grpc/engine.h"
#include "adapters/grpc/session.h"

namespace dosegate::rpc {

// What is to be written is decided when writing is possible, by comparing what there is with what was sent: nothing
// waits in a queue, and however many sessions change however often, a follower costs what it was sent last.
class FollowStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                           public std::enable_shared_from_this<FollowStream> {
 public:
  // Lives until gRPC is done with it.
  static FollowStream* start(Engine& engine, grpc::CallbackServerContext* context, Admitted in,
                             const v1::FollowSessionsRequest& request);

  const std::string& owner() const { return owner_; }
  bool wants_curves() const { return request_.curves(); }
  bool wants_pictures() const { return request_.pictures(); }

  // There may be something to write. Returns at once. [thread-safe]
  void wake();
  // Ends the call once what is being written is out. [thread-safe]
  void end(const grpc::Status& status);

 private:
  using Response = v1::FollowSessionsResponse;
  using Listed = Store<Session>::Listed;
  // Of one session, what was sent.
  struct Sent {
    std::optional<Response::State> state;
    std::uint64_t checked = 0, curves = 0, dose = 0;  // revisions
    std::shared_ptr<const Response::Contours> contours;
  };

  FollowStream(Engine& engine, grpc::CallbackServerContext* context, Admitted in,
               const v1::FollowSessionsRequest& request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // With mutex_ held.
  void write_next();
  bool choose();
  bool choose_begin_or_end(const std::vector<Listed>& sessions);
  bool choose_part(const std::vector<Listed>& sessions);
  bool set_part(const Listed& session, Response::PartCase part, Sent& sent);
  void look_after();

  Engine& engine_;
  grpc::CallbackServerContext* const context_;
  Admitted admitted_;
  const std::string owner_;
  const v1::FollowSessionsRequest request_;
  const std::chrono::seconds heartbeat_;
  std::shared_ptr<FollowStream> self_;  // until OnDone
  std::atomic<bool> is_woken_{false}, is_gone_{false};

  std::mutex mutex_;
  std::map<std::string, Sent> sent_;  // by session
  Response response_;
  grpc::ByteBuffer written_;
  bool is_writing_ = false, is_finished_ = false, is_heartbeat_due_ = true;
  std::optional<grpc::Status> end_;
  std::uint64_t heartbeats_ = 0;
  std::chrono::steady_clock::time_point said_;
  boost::asio::steady_timer timer_;
};

}  // namespace dosegate::rpc
