// How calls are answered: the work is done on the engine's threads, gRPC's own are never held up.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <exception>
#include <memory>
#include <new>
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

// A client stream that is taken message by message on a strand, each before the next is read. Deletes itself.
template <typename Request>
class Collector : public grpc::ServerReadReactor<Request> {
 public:
  explicit Collector(Strand strand) : strand_(std::move(strand)) {}

  void begin() { this->StartRead(&request_); }

 protected:
  // Not OK ends the call with it.
  virtual grpc::Status take(Request& request) = 0;
  // All messages have come; answers, now or later, with answer().
  virtual void finish() = 0;
  void answer(const grpc::Status& status) { this->Finish(status); }
  bool is_cancelled() const { return cancelled_; }

 private:
  void OnReadDone(bool ok) final {
    boost::asio::post(strand_, [this, ok] {
      if (cancelled_) return answer(grpc::Status::CANCELLED);
      if (!ok) return finish();
      const grpc::Status status = guarded("", [this] { return take(request_); });
      if (!status.ok()) return answer(status);
      this->StartRead(&request_);
    });
  }
  void OnCancel() final { cancelled_ = true; }
  void OnDone() final { delete this; }

  const Strand strand_;
  std::atomic<bool> cancelled_{false};
  Request request_;
};

}  // namespace dosegate::rpc
