#pragma once

#include <string>

#include "adapters/grpc/engine.h"
#include "adapters/grpc/raw.h"
#include "dosegate/v1/service.grpc.pb.h"

namespace dosegate::rpc {

// Every message as the bytes that come and go: a request is read when its client has the right (wire.h), and the answer
// of a check is written out once.
using RawPlanCheckService = Raw<
    v1::PlanCheckService::Service, v1::PlanCheckService::WithRawCallbackMethod_CreateCase,
    v1::PlanCheckService::WithRawCallbackMethod_SetPlan, v1::PlanCheckService::WithRawCallbackMethod_RemovePlan,
    v1::PlanCheckService::WithRawCallbackMethod_SetOptions, v1::PlanCheckService::WithRawCallbackMethod_SetRecord,
    v1::PlanCheckService::WithRawCallbackMethod_SetStructures, v1::PlanCheckService::WithRawCallbackMethod_SetSlices,
    v1::PlanCheckService::WithRawCallbackMethod_RemoveStructure,
    v1::PlanCheckService::WithRawCallbackMethod_RemoveStructureSet,
    v1::PlanCheckService::WithRawCallbackMethod_UploadDose, v1::PlanCheckService::WithRawCallbackMethod_RemoveDose,
    v1::PlanCheckService::WithRawCallbackMethod_CheckCase, v1::PlanCheckService::WithRawCallbackMethod_GetDvh,
    v1::PlanCheckService::WithRawCallbackMethod_ComputeGamma, v1::PlanCheckService::WithRawCallbackMethod_DeleteCase,
    v1::PlanCheckService::WithRawCallbackMethod_CheckPlan, v1::PlanCheckService::WithRawCallbackMethod_PlanningSession,
    v1::PlanCheckService::WithRawCallbackMethod_FollowSessions>::Type;

// dosegate.v1.PlanCheckService. CheckCase hands its answer over as the bytes that the case has of it, and does
// not wait for the case's line where it has them: to copy and write out a report takes longer than to send it.
class PlanCheckServiceImpl final : public RawPlanCheckService {
 public:
  explicit PlanCheckServiceImpl(Engine& engine) : engine_(engine) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  using Bytes = grpc::ByteBuffer;
  using Reader = grpc::ServerReadReactor<Bytes>;
  Unary* CreateCase(Context* context, const Bytes* request, Bytes* response) override;
  Unary* SetPlan(Context* context, const Bytes* request, Bytes* response) override;
  Unary* RemovePlan(Context* context, const Bytes* request, Bytes* response) override;
  Unary* SetRecord(Context* context, const Bytes* request, Bytes* response) override;
  Unary* SetOptions(Context* context, const Bytes* request, Bytes* response) override;
  Unary* SetStructures(Context* context, const Bytes* request, Bytes* response) override;
  Unary* SetSlices(Context* context, const Bytes* request, Bytes* response) override;
  Unary* RemoveStructure(Context* context, const Bytes* request, Bytes* response) override;
  Unary* RemoveStructureSet(Context* context, const Bytes* request, Bytes* response) override;
  Unary* RemoveDose(Context* context, const Bytes* request, Bytes* response) override;
  Unary* CheckCase(Context* context, const Bytes* request, Bytes* response) override;
  Unary* GetDvh(Context* context, const Bytes* request, Bytes* response) override;
  Unary* DeleteCase(Context* context, const Bytes* request, Bytes* response) override;
  Reader* UploadDose(Context* context, Bytes* response) override;
  Reader* ComputeGamma(Context* context, Bytes* response) override;
  Reader* CheckPlan(Context* context, Bytes* response) override;
  using Session = grpc::ServerBidiReactor<Bytes, Bytes>;
  Session* PlanningSession(Context* context) override;
  using Follow = grpc::ServerWriteReactor<Bytes>;
  Follow* FollowSessions(Context* context, const Bytes* request) override;

 private:
  Admitted may_check(const Context& context);
  // Answers with what f(request, HostedCase&, response) says on the case's line, NOT_FOUND when there is no such case.
  template <typename Request, typename Response, typename F>
  Unary* on_case(Context* context, const Bytes& request, Bytes* response, const std::string& field, F f);
  template <typename F>
  Unary* on_line(Context* context, Admitted in, std::shared_ptr<HostedCase> hosted, const std::string& field, F f);

  Engine& engine_;
};

}  // namespace dosegate::rpc
