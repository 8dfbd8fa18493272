#include "adapters/grpc/administration_service.h"

#include <chrono>

#include "adapters/grpc/reactors.h"
#include "adapters/grpc/session_stream.h"
#include "adapters/grpc/streams.h"

namespace dosegate::rpc {

grpc::Status AdministrationServiceImpl::may(const grpc::CallbackServerContext& context) const {
  return engine_.access().require(context, {v1::ClientRights::ADMINISTER});
}

// The requests of the first two are empty, and not looked at.
AdministrationServiceImpl::Unary* AdministrationServiceImpl::GetServerStatus(Context* context, const Bytes*,
                                                                             Bytes* out) {
  grpc::Status status = may(*context);
  if (status.ok()) {
    v1::GetServerStatusResponse response;
    response.set_engine_version(std::string(engine_.library().engine_version()));
    response.set_cases(engine_.cases().size());
    response.set_most_cases(engine_.cases().most());
    response.set_sessions(engine_.sessions().size());
    response.set_memory_bytes(engine_.budget().taken());
    response.set_most_memory_bytes(engine_.budget().limit());
    status = write_message(response, *out);
  }
  return answer_at_once(context, status);
}

AdministrationServiceImpl::Unary* AdministrationServiceImpl::ListCases(Context* context, const Bytes*, Bytes* out) {
  grpc::Status status = may(*context);
  if (status.ok()) {
    v1::ListCasesResponse response;
    for (const auto& listed : engine_.cases().list()) {
      auto& entry = *response.add_cases();
      entry.set_name(listed.name);
      entry.set_owner(listed.owner);
      entry.set_memory_bytes(listed.thing->bytes());
      entry.set_idle_seconds(std::chrono::duration<double>(listed.idle).count());
    }
    status = write_message(response, *out);
  }
  return answer_at_once(context, status);
}

AdministrationServiceImpl::Unary* AdministrationServiceImpl::EvictCase(Context* context, const Bytes* bytes,
                                                                       Bytes* out) {
  constexpr std::uint64_t kMostBytes = 1 << 20;  // so few that nothing is taken of the budget, nor of a client
  Read<v1::EvictCaseRequest> read;
  grpc::Status status = may(*context);
  if (status.ok()) status = read_message(*bytes, {kMostBytes, engine_.budget(), nullptr}, read.message, read.share);
  if (!status.ok()) return answer_at_once(context, status);
  const std::string& name = read.message.name();
  for (const auto& listed : engine_.sessions().list()) {
    if (listed.thing->case_name != name) continue;
    engine_.sessions().evict(listed.name);
    if (const auto stream = listed.thing->stream()) {
      stream->end(refusal(grpc::StatusCode::ABORTED, "EVICTED", "Whoever runs the server has ended this session."));
    }
  }
  if (!engine_.cases().evict(name)) status = no_such_case(name);
  return answer_at_once(context, status.ok() ? write_message(v1::EvictCaseResponse(), *out) : status);
}

}  // namespace dosegate::rpc
