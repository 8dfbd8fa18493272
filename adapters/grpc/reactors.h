// How calls are answered: the work is done when it is its turn, gRPC's own threads are never held up.
#pragma once

#include <grpcpp/grpcpp.h>

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "adapters/grpc/access.h"
#include "adapters/grpc/client.h"
#include "adapters/grpc/status.h"
#include "adapters/grpc/turns.h"
#include "dosegate/dosegate.hpp"

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

// A caller's right, and the share of the server that its call takes.
struct Admitted {
  grpc::Status status;  // not OK: it is not let in
  Permit permit;
  Clients::Call call;

  const std::string& name() const { return call.client()->name; }
};

inline grpc::ServerUnaryReactor* answer_at_once(grpc::CallbackServerContext* context, const grpc::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

// Answers a unary call with what `f` says, on `line`. Request and response live until the answer is given.
template <typename F>
grpc::ServerUnaryReactor* answer_on(const Turns::Line& line, grpc::CallbackServerContext* context, Admitted admitted,
                                    const std::string& field, F f) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const auto in = std::make_shared<Admitted>(std::move(admitted));
  line.post([=, f = std::move(f)] {
    grpc::Status status = in->permit.status();
    if (context->IsCancelled()) status = grpc::Status::CANCELLED;
    if (status.ok()) status = guarded(field, f);
    in->call = {};  // before the answer: who has it finds the share free
    reactor->Finish(status);
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

}  // namespace dosegate::rpc
