// The connection of a planning session.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/grpc/delta.h"
#include "adapters/grpc/engine.h"
#include "adapters/grpc/session.h"
#include "adapters/grpc/session_events.h"
#include "adapters/grpc/silent.h"

namespace dosegate::rpc {

// Messages are read on gRPC's threads and taken on the case's line, one after another. A check runs there too, while
// no event waits; one that comes ends it. What is to be written is decided when writing is possible, from the newest
// report: nothing stale waits in a queue.
class SessionStream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                            public std::enable_shared_from_this<SessionStream>,
                            private SilentStreams::Stream {
 public:
  // Lives until gRPC is done with it.
  static SessionStream* start(Engine& engine, grpc::CallbackServerContext* context, Admitted in);

  // Ends the call once what is being written is out. [thread-safe]
  void end(const grpc::Status& status);
  // The same, where its client's right is gone; whether it is. [thread-safe]
  bool end_without_right();

 private:
  using Request = v1::PlanningSessionRequest;
  using Response = v1::PlanningSessionResponse;

  struct Checked {
    std::uint64_t event;
    v1::Report report;
    std::vector<v1::Plan> plans;  // in brief
  };

  SessionStream(Engine& engine, grpc::CallbackServerContext* context, Admitted in);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override { is_gone_ = true; }
  void OnDone() override;
  void give_way() override;

  // Of a stream that has no session yet, on any thread.
  void open(Request request);
  grpc::Status begin(const Request::Open& open);
  grpc::Status resume(const Request::Open& open);

  // On the case's line.
  void welcome();
  void take(Request request);
  void settle(const SessionEvents::Settled& settled);
  void check();
  // Followers see what the client is told now.
  void show(Checked checked, std::uint64_t revision);
  void set_stale(bool stale);
  void close();
  bool is_attached() const { return session_->stream().get() == this; }
  // No event has come that is not settled, and it may be answered.
  bool is_current() const { return is_last(false); }
  // The same of the event that is being taken, where `with_one`.
  bool is_last(bool with_one) const {
    return arrived_ == settled_ + (with_one ? 1 : 0) && !is_gone_ && admitted_.permit.holds();
  }

  // With mutex_ held.
  void read_on();
  void write_next();
  void look_after();
  std::chrono::seconds patience() const;

  Engine& engine_;
  grpc::CallbackServerContext* const context_;
  Admitted admitted_;
  const std::shared_ptr<Client> client_;
  const std::string owner_;
  std::shared_ptr<SessionStream> self_;  // until OnDone
  std::shared_ptr<Session> session_;     // set by open(), before anything runs on the line

  std::atomic<bool> is_gone_{false};
  std::atomic<std::uint64_t> arrived_{0}, settled_{0};  // events

  // On the case's line.
  std::optional<SessionEvents> events_;
  std::uint64_t answered_ = 0;

  std::mutex mutex_;
  grpc::ByteBuffer read_, written_;
  unsigned ahead_ = 0;  // messages that are read and not taken
  bool has_spoken_ = false, is_open_ = false, is_reading_ = false, is_writing_ = false, is_finished_ = false,
       is_closed_ = false;
  Response response_;
  std::deque<Response> queue_;
  std::optional<std::uint64_t> echo_;
  std::optional<Checked> checked_;
  std::optional<Told> told_;
  std::optional<grpc::Status> end_;
  std::uint64_t heartbeats_ = 0;
  bool is_heartbeat_due_ = false;
  std::chrono::seconds heartbeat_{10};
  std::chrono::steady_clock::time_point heard_, said_;
  boost::asio::steady_timer timer_;
  const Turns::Line opening_;  // before there is a case
  SilentStreams::Place place_;
};

}  // namespace dosegate::rpc
