#include "adapters/grpc/administration_service.h"

#include <chrono>

#include "adapters/grpc/reactors.h"
#include "adapters/grpc/session_stream.h"
#include "adapters/grpc/streams.h"

namespace dosegate::rpc {

grpc::Status AdministrationServiceImpl::may(const grpc::CallbackServerContext& context) const {
  return engine_.access().require(context, {v1::ClientRights::ADMINISTER});
}

grpc::ServerUnaryReactor* AdministrationServiceImpl::GetServerStatus(grpc::CallbackServerContext* context,
                                                                     const v1::GetServerStatusRequest*,
                                                                     v1::GetServerStatusResponse* response) {
  const grpc::Status status = may(*context);
  if (status.ok()) {
    response->set_engine_version(std::string(engine_.library().engine_version()));
    response->set_cases(engine_.cases().size());
    response->set_most_cases(engine_.cases().most());
    response->set_sessions(engine_.sessions().size());
    response->set_memory_bytes(engine_.budget().taken());
    response->set_most_memory_bytes(engine_.budget().limit());
  }
  return answer_at_once(context, status);
}

grpc::ServerUnaryReactor* AdministrationServiceImpl::ListCases(grpc::CallbackServerContext* context,
                                                               const v1::ListCasesRequest*,
                                                               v1::ListCasesResponse* response) {
  const grpc::Status status = may(*context);
  if (status.ok()) {
    for (const auto& listed : engine_.cases().list()) {
      auto& entry = *response->add_cases();
      entry.set_name(listed.name);
      entry.set_owner(listed.owner);
      entry.set_memory_bytes(listed.thing->bytes());
      entry.set_idle_seconds(std::chrono::duration<double>(listed.idle).count());
    }
  }
  return answer_at_once(context, status);
}

grpc::ServerUnaryReactor* AdministrationServiceImpl::EvictCase(grpc::CallbackServerContext* context,
                                                               const v1::EvictCaseRequest* request,
                                                               v1::EvictCaseResponse*) {
  grpc::Status status = may(*context);
  if (!status.ok()) return answer_at_once(context, status);
  for (const auto& listed : engine_.sessions().list()) {
    if (listed.thing->case_name != request->name()) continue;
    engine_.sessions().evict(listed.name);
    if (const auto stream = listed.thing->stream()) {
      stream->end(refusal(grpc::StatusCode::ABORTED, "EVICTED", "Whoever runs the server has ended this session."));
    }
  }
  if (!engine_.cases().evict(request->name())) status = no_such_case(request->name());
  return answer_at_once(context, status);
}

}  // namespace dosegate::rpc
