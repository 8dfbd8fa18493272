#include "adapters/grpc/protocol_service.h"

#include <string>

#include "adapters/grpc/documents.h"
#include "adapters/grpc/reactors.h"

namespace dosegate::rpc {

grpc::Status ProtocolServiceImpl::may(const grpc::CallbackServerContext& context) const {
  return engine_.access().require(context, {v1::ClientRights::CHECK, v1::ClientRights::APPROVE});
}

grpc::ServerUnaryReactor* ProtocolServiceImpl::ListProtocols(grpc::CallbackServerContext* context,
                                                             const v1::ListProtocolsRequest*,
                                                             v1::ListProtocolsResponse* response) {
  if (grpc::Status status = may(*context); !status.ok()) return answer_at_once(context, status);
  return answer_on(engine_.pool().get_executor(), context, "", [this, response] {
    *response->mutable_protocols() = message_of<v1::ProtocolList>(engine_.library().list_protocols().json());
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* ProtocolServiceImpl::GetProtocol(grpc::CallbackServerContext* context,
                                                           const v1::GetProtocolRequest* request,
                                                           v1::GetProtocolResponse* response) {
  if (grpc::Status status = may(*context); !status.ok()) return answer_at_once(context, status);
  return answer_on(engine_.pool().get_executor(), context, "", [this, request, response] {
    const std::string id = Engine::protocol_id(request->name(), "name");
    response->set_protocol_json(std::string(engine_.library().builtin_protocol(id).json()));
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* ProtocolServiceImpl::ValidateProtocol(grpc::CallbackServerContext* context,
                                                                const v1::ValidateProtocolRequest* request,
                                                                v1::ValidateProtocolResponse* response) {
  if (grpc::Status status = may(*context); !status.ok()) return answer_at_once(context, status);
  return answer_on(engine_.pool().get_executor(), context, "protocol_json", [this, request, response] {
    *response->mutable_report() =
        message_of<v1::LintReport>(engine_.library().lint_protocol(request->protocol_json()).json());
    return grpc::Status::OK;
  });
}

}  // namespace dosegate::rpc
