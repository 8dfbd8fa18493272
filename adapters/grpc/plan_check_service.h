#pragma once

#include <string>

#include "adapters/grpc/engine.h"
#include "dosegate/v1/service.grpc.pb.h"

namespace dosegate::rpc {

// dosegate.v1.PlanCheckService. CheckCase hands its answer over as the bytes that the case has of it, and does
// not wait for the case's line where it has them: to copy and write out a report takes longer than to send it.
class PlanCheckServiceImpl final
    : public v1::PlanCheckService::WithRawCallbackMethod_CheckCase<v1::PlanCheckService::CallbackService> {
 public:
  explicit PlanCheckServiceImpl(Engine& engine) : engine_(engine) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  Unary* CreateCase(Context* context, const v1::CreateCaseRequest* request, v1::CreateCaseResponse* response) override;
  Unary* SetPlan(Context* context, const v1::SetPlanRequest* request, v1::SetPlanResponse* response) override;
  Unary* RemovePlan(Context* context, const v1::RemovePlanRequest* request, v1::RemovePlanResponse* response) override;
  Unary* SetRecord(Context* context, const v1::SetRecordRequest* request, v1::SetRecordResponse* response) override;
  Unary* SetOptions(Context* context, const v1::SetOptionsRequest* request, v1::SetOptionsResponse* response) override;
  Unary* SetStructures(Context* context, const v1::SetStructuresRequest* request,
                       v1::SetStructuresResponse* response) override;
  Unary* SetSlices(Context* context, const v1::SetSlicesRequest* request, v1::SetSlicesResponse* response) override;
  Unary* RemoveStructure(Context* context, const v1::RemoveStructureRequest* request,
                         v1::RemoveStructureResponse* response) override;
  Unary* RemoveStructureSet(Context* context, const v1::RemoveStructureSetRequest* request,
                            v1::RemoveStructureSetResponse* response) override;
  Unary* RemoveDose(Context* context, const v1::RemoveDoseRequest* request, v1::RemoveDoseResponse* response) override;
  Unary* CheckCase(Context* context, const grpc::ByteBuffer* request, grpc::ByteBuffer* response) override;
  Unary* GetDvh(Context* context, const v1::GetDvhRequest* request, v1::GetDvhResponse* response) override;
  Unary* DeleteCase(Context* context, const v1::DeleteCaseRequest* request, v1::DeleteCaseResponse* response) override;
  grpc::ServerReadReactor<v1::UploadDoseRequest>* UploadDose(Context* context,
                                                             v1::UploadDoseResponse* response) override;
  grpc::ServerReadReactor<v1::ComputeGammaRequest>* ComputeGamma(Context* context,
                                                                 v1::ComputeGammaResponse* response) override;
  grpc::ServerReadReactor<v1::CheckPlanRequest>* CheckPlan(Context* context, v1::CheckPlanResponse* response) override;
  using Session = grpc::ServerBidiReactor<v1::PlanningSessionRequest, v1::PlanningSessionResponse>;
  Session* PlanningSession(Context* context) override;
  using Follow = grpc::ServerWriteReactor<v1::FollowSessionsResponse>;
  Follow* FollowSessions(Context* context, const v1::FollowSessionsRequest* request) override;

 private:
  Admitted may_check(const Context& context);
  struct Never {
    bool operator()(const HostedCase&) const { return false; }
  };
  // Answers with what f(HostedCase&) says on the case's line, NOT_FOUND when there is no such case. Where
  // at_once(const HostedCase&) says that it has filled in the response, with that, on this thread.
  template <typename F, typename AtOnce = Never>
  Unary* on_case(Context* context, const std::string& name, const std::string& field, F f, const AtOnce& at_once = {});

  Engine& engine_;
};

}  // namespace dosegate::rpc
