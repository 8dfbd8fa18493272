#pragma once

#include <string>

#include "adapters/grpc/engine.h"
#include "adapters/grpc/raw.h"
#include "dosegate/v1/service.grpc.pb.h"

namespace dosegate::rpc {

using RawProtocolService = Raw<v1::ProtocolService::Service, v1::ProtocolService::WithRawCallbackMethod_ListProtocols,
                               v1::ProtocolService::WithRawCallbackMethod_GetProtocol,
                               v1::ProtocolService::WithRawCallbackMethod_ValidateProtocol>::Type;

// dosegate.v1.ProtocolService.
class ProtocolServiceImpl final : public RawProtocolService {
 public:
  explicit ProtocolServiceImpl(Engine& engine) : engine_(engine) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  using Bytes = grpc::ByteBuffer;  // read when the client has the right (wire.h)
  Unary* ListProtocols(Context* context, const Bytes* request, Bytes* response) override;
  Unary* GetProtocol(Context* context, const Bytes* request, Bytes* response) override;
  Unary* ValidateProtocol(Context* context, const Bytes* request, Bytes* response) override;

 private:
  // With what f(request, response) says.
  template <typename Request, typename Response, typename F>
  Unary* answer(Context* context, const Bytes& request, Bytes* response, const std::string& field, F f);

  Engine& engine_;
};

}  // namespace dosegate::rpc
