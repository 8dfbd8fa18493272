#pragma once

#include "adapters/grpc/engine.h"
#include "dosegate/v1/service.grpc.pb.h"

namespace dosegate::rpc {

// dosegate.v1.AdministrationService.
class AdministrationServiceImpl final : public v1::AdministrationService::CallbackService {
 public:
  explicit AdministrationServiceImpl(Engine& engine) : engine_(engine) {}

  grpc::ServerUnaryReactor* GetServerStatus(grpc::CallbackServerContext* context, const v1::GetServerStatusRequest*,
                                            v1::GetServerStatusResponse* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context, const v1::ListCasesRequest*,
                                      v1::ListCasesResponse* response) override;
  grpc::ServerUnaryReactor* EvictCase(grpc::CallbackServerContext* context, const v1::EvictCaseRequest* request,
                                      v1::EvictCaseResponse*) override;

 private:
  grpc::Status may(const grpc::CallbackServerContext& context) const;

  Engine& engine_;
};

}  // namespace dosegate::rpc
