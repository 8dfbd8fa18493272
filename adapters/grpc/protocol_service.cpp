#include "adapters/grpc/protocol_service.h"

#include <string>

#include "adapters/grpc/documents.h"
#include "adapters/grpc/reactors.h"

namespace dosegate::rpc {

template <typename Request, typename Response, typename F>
ProtocolServiceImpl::Unary* ProtocolServiceImpl::answer(Context* context, const Bytes& bytes, Bytes* out,
                                                        const std::string& field, F f) {
  const auto request = std::make_shared<Read<Request>>();
  Admitted in = engine_.admit(*context, {v1::ClientRights::CHECK, v1::ClientRights::APPROVE}, bytes, *request);
  if (!in.status.ok()) return answer_at_once(context, in.status);
  const Turns::Line line(engine_.turns(), in.name());
  return answer_on(line, context, std::move(in), field, [request, out, f = std::move(f)] {
    Response response;
    f(request->message, response);
    request->share = {};
    return write_message(response, *out);
  });
}

ProtocolServiceImpl::Unary* ProtocolServiceImpl::ListProtocols(Context* context, const Bytes* bytes, Bytes* out) {
  return answer<v1::ListProtocolsRequest, v1::ListProtocolsResponse>(
      context, *bytes, out, "", [this](const v1::ListProtocolsRequest&, v1::ListProtocolsResponse& response) {
        *response.mutable_protocols() = message_of<v1::ProtocolList>(engine_.library().list_protocols().json());
      });
}

ProtocolServiceImpl::Unary* ProtocolServiceImpl::GetProtocol(Context* context, const Bytes* bytes, Bytes* out) {
  return answer<v1::GetProtocolRequest, v1::GetProtocolResponse>(
      context, *bytes, out, "", [this](const v1::GetProtocolRequest& request, v1::GetProtocolResponse& response) {
        const Protocol protocol =
            request.name().empty() ? engine_.library().builtin_protocol() : engine_.builtin(request.name(), "name");
        response.set_protocol_json(std::string(protocol.json()));
      });
}

ProtocolServiceImpl::Unary* ProtocolServiceImpl::ValidateProtocol(Context* context, const Bytes* bytes, Bytes* out) {
  return answer<v1::ValidateProtocolRequest, v1::ValidateProtocolResponse>(
      context, *bytes, out, "protocol_json",
      [this](const v1::ValidateProtocolRequest& request, v1::ValidateProtocolResponse& response) {
        *response.mutable_report() =
            message_of<v1::LintReport>(engine_.library().lint_protocol(request.protocol_json()).json());
      });
}

}  // namespace dosegate::rpc
