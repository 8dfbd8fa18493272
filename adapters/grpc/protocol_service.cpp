#include "adapters/grpc/protocol_service.h"

#include <string>

#include "adapters/grpc/documents.h"
#include "adapters/grpc/reactors.h"

namespace dosegate::rpc {

template <typename F>
grpc::ServerUnaryReactor* ProtocolServiceImpl::answer(grpc::CallbackServerContext* context, const std::string& field,
                                                      F f) {
  Admitted in = engine_.admit(*context, {v1::ClientRights::CHECK, v1::ClientRights::APPROVE});
  if (!in.status.ok()) return answer_at_once(context, in.status);
  const Turns::Line line(engine_.turns(), in.name());
  return answer_on(line, context, std::move(in), field, std::move(f));
}

grpc::ServerUnaryReactor* ProtocolServiceImpl::ListProtocols(grpc::CallbackServerContext* context,
                                                             const v1::ListProtocolsRequest*,
                                                             v1::ListProtocolsResponse* response) {
  return answer(context, "", [this, response] {
    *response->mutable_protocols() = message_of<v1::ProtocolList>(engine_.library().list_protocols().json());
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* ProtocolServiceImpl::GetProtocol(grpc::CallbackServerContext* context,
                                                           const v1::GetProtocolRequest* request,
                                                           v1::GetProtocolResponse* response) {
  return answer(context, "", [this, request, response] {
    const Protocol protocol =
        request->name().empty() ? engine_.library().builtin_protocol() : engine_.builtin(request->name(), "name");
    response->set_protocol_json(std::string(protocol.json()));
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* ProtocolServiceImpl::ValidateProtocol(grpc::CallbackServerContext* context,
                                                                const v1::ValidateProtocolRequest* request,
                                                                v1::ValidateProtocolResponse* response) {
  return answer(context, "protocol_json", [this, request, response] {
    *response->mutable_report() =
        message_of<v1::LintReport>(engine_.library().lint_protocol(request->protocol_json()).json());
    return grpc::Status::OK;
  });
}

}  // namespace dosegate::rpc
