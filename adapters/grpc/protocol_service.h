#pragma once

#include <string>

#include "adapters/grpc/engine.h"
#include "dosegate/v1/service.grpc.pb.h"

namespace dosegate::rpc {

// dosegate.v1.ProtocolService.
class ProtocolServiceImpl final : public v1::ProtocolService::CallbackService {
 public:
  explicit ProtocolServiceImpl(Engine& engine) : engine_(engine) {}

  grpc::ServerUnaryReactor* ListProtocols(grpc::CallbackServerContext* context, const v1::ListProtocolsRequest* request,
                                          v1::ListProtocolsResponse* response) override;
  grpc::ServerUnaryReactor* GetProtocol(grpc::CallbackServerContext* context, const v1::GetProtocolRequest* request,
                                        v1::GetProtocolResponse* response) override;
  grpc::ServerUnaryReactor* ValidateProtocol(grpc::CallbackServerContext* context,
                                             const v1::ValidateProtocolRequest* request,
                                             v1::ValidateProtocolResponse* response) override;

 private:
  template <typename F>
  grpc::ServerUnaryReactor* answer(grpc::CallbackServerContext* context, const std::string& field, F f);

  Engine& engine_;
};

}  // namespace dosegate::rpc
