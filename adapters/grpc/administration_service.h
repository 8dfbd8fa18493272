#pragma once

#include "adapters/grpc/engine.h"
#include "adapters/grpc/raw.h"
#include "dosegate/v1/service.grpc.pb.h"

namespace dosegate::rpc {

using RawAdministrationService =
    Raw<v1::AdministrationService::Service, v1::AdministrationService::WithRawCallbackMethod_GetServerStatus,
        v1::AdministrationService::WithRawCallbackMethod_ListCases,
        v1::AdministrationService::WithRawCallbackMethod_EvictCase>::Type;

// dosegate.v1.AdministrationService.
class AdministrationServiceImpl final : public RawAdministrationService {
 public:
  explicit AdministrationServiceImpl(Engine& engine) : engine_(engine) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  using Bytes = grpc::ByteBuffer;  // read when the client has the right (wire.h)
  Unary* GetServerStatus(Context* context, const Bytes* request, Bytes* response) override;
  Unary* ListCases(Context* context, const Bytes* request, Bytes* response) override;
  Unary* EvictCase(Context* context, const Bytes* request, Bytes* response) override;

 private:
  grpc::Status may(const grpc::CallbackServerContext& context) const;

  Engine& engine_;
};

}  // namespace dosegate::rpc
