// How calls are answered: the work is done on the engine's threads, gRPC's own are never held up.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "adapters/grpc/hosted_case.h"
#include "adapters/grpc/status.h"

namespace dosegate::rpc {

// What `f` answers, or what it threw as a status. `field`: the part of the request that the engine was given.
template <typename F>
grpc::Status guarded(const std::string& field, const F& f) {
  try {
    return f();
  } catch (const PluginError& e) {
    return refusal(e, field);
  } catch (const std::bad_alloc&) {
    return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "There is not enough memory.");
  } catch (const std::exception& e) {
    return refusal(grpc::StatusCode::INTERNAL, "INTERNAL", e.what());
  }
}

inline grpc::ServerUnaryReactor* answer_at_once(grpc::CallbackServerContext* context, const grpc::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

// Answers a unary call with what `f` says, on `executor`. Request and response live until the answer is given.
template <typename Executor, typename F>
grpc::ServerUnaryReactor* answer_on(const Executor& executor, grpc::CallbackServerContext* context,
                                    const std::string& field, F f) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  boost::asio::post(executor, [=, f = std::move(f)] {
    if (context->IsCancelled()) return reactor->Finish(grpc::Status::CANCELLED);
    reactor->Finish(guarded(field, f));
  });
  return reactor;
}

// A call that is refused before it is read.
template <typename Reactor>
class Refused final : public Reactor {
 public:
  explicit Refused(const grpc::Status& status) { this->Finish(status); }

 private:
  void OnDone() override { delete this; }
};

// A client stream that is taken message by message on a strand, each before the next is read. A client that says
// nothing for too long is refused. Deletes itself.
template <typename Request>
class Collector : public grpc::ServerReadReactor<Request> {
 public:
  Collector(Strand strand, std::chrono::seconds patience)
      : strand_(std::move(strand)), patience_(patience), timer_(strand_) {}

  void begin() {
    boost::asio::post(strand_, [this] { read(); });
  }

 protected:
  // Not OK ends the call with it.
  virtual grpc::Status take(Request& request) = 0;
  // All messages have come; answers with answer(), now or, on whatever strand, later.
  virtual void finish() = 0;
  void answer(const grpc::Status& status) { this->Finish(status); }
  bool is_cancelled() const { return cancelled_; }

 private:
  // All on the strand but OnReadDone and OnCancel.
  void read() {
    is_reading_ = true;
    timer_.expires_after(patience_);
    ++busy_;
    timer_.async_wait([this](const boost::system::error_code& stopped) {
      if (!stopped && is_reading_ && !is_refused_) {
        is_refused_ = true;
        answer(refusal(grpc::StatusCode::DEADLINE_EXCEEDED, "STREAM_IDLE",
                       "Nothing came for " + std::to_string(patience_.count()) + " s. Send it all again."));
      }
      rest();
    });
    this->StartRead(&request_);
  }
  void OnReadDone(bool ok) final {
    is_reading_ = false;
    boost::asio::post(strand_, [this, ok] {
      timer_.cancel();
      if (is_refused_) return;
      if (cancelled_) return answer(grpc::Status::CANCELLED);
      if (!ok) return finish();
      const grpc::Status status = guarded("", [this] { return take(request_); });
      if (!status.ok()) return answer(status);
      read();
    });
  }
  void OnCancel() final { cancelled_ = true; }
  void OnDone() final {
    boost::asio::post(strand_, [this] {
      is_done_ = true;
      timer_.cancel();
      if (busy_ == 0) delete this;
    });
  }
  // The timer knows this object until its handler has run.
  void rest() {
    if (--busy_ == 0 && is_done_) delete this;
  }

  const Strand strand_;
  const std::chrono::seconds patience_;
  boost::asio::steady_timer timer_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> is_reading_{false};
  bool is_refused_ = false, is_done_ = false;
  unsigned busy_ = 0;  // handlers of the timer that have not run
  Request request_;
};

}  // namespace dosegate::rpc
