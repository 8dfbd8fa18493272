#include "adapters/grpc/plan_check_service.h"

#include <memory>
#include <utility>

#include "adapters/grpc/reactors.h"
#include "adapters/grpc/streams.h"

namespace dosegate::rpc {

template <typename F>
PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::on_case(Context* context, const std::string& name,
                                                           const std::string& field, F f) {
  std::shared_ptr<HostedCase> hosted = engine_.cases().find(name);
  if (!hosted) {
    Unary* reactor = context->DefaultReactor();
    reactor->Finish(no_such_case(name));
    return reactor;
  }
  const Strand strand = hosted->strand();
  return answer_on(strand, context, field, [hosted = std::move(hosted), context, f = std::move(f)] {
    hosted->set_cancelled([context] { return context->IsCancelled(); });
    return f(*hosted);
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::CreateCase(Context* context, const v1::CreateCaseRequest* request,
                                                              v1::CreateCaseResponse* response) {
  return answer_on(engine_.pool().get_executor(), context, "options", [this, request, response] {
    auto hosted = engine_.make_case();
    if (request->has_options()) hosted->set_options(request->options());
    response->set_name(engine_.cases().add(std::move(hosted)));
    if (!response->name().empty()) return grpc::Status::OK;
    return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CASES",
                   "This server holds " + std::to_string(engine_.cases().size()) +
                       " cases, as many as it may. Delete those that are not needed.");
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetPlan(Context* context, const v1::SetPlanRequest* request,
                                                           v1::SetPlanResponse*) {
  return on_case(context, request->name(), "plan", [request](HostedCase& hosted) {
    hosted.set_plan(request->plan());
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetOptions(Context* context, const v1::SetOptionsRequest* request,
                                                              v1::SetOptionsResponse*) {
  return on_case(context, request->name(), "options", [request](HostedCase& hosted) {
    hosted.set_options(request->options());
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetStructures(Context* context,
                                                                 const v1::SetStructuresRequest* request,
                                                                 v1::SetStructuresResponse*) {
  return on_case(context, request->name(), "", [request](HostedCase& hosted) {
    for (int i = 0; i < request->structures_size(); ++i) {
      const grpc::Status status = guarded("structures[" + std::to_string(i) + "]", [&] {
        hosted.set_structure(request->structures(i));
        return grpc::Status::OK;
      });
      if (!status.ok()) return status;
    }
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::RemoveStructure(Context* context,
                                                                   const v1::RemoveStructureRequest* request,
                                                                   v1::RemoveStructureResponse*) {
  return on_case(context, request->name(), "", [request](HostedCase& hosted) {
    hosted.remove_structure(request->roi_number());
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::CheckCase(Context* context, const v1::CheckCaseRequest* request,
                                                             v1::CheckCaseResponse* response) {
  return on_case(context, request->name(), "protocol", [this, request, response](HostedCase& hosted) {
    const Engine::Chosen chosen = engine_.choose(request->protocol());
    *response = hosted.check(chosen.protocol, chosen.key);
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::GetDvh(Context* context, const v1::GetDvhRequest* request,
                                                          v1::GetDvhResponse* response) {
  return on_case(context, request->name(), "request", [request, response](HostedCase& hosted) {
    *response = hosted.dvh(request->request());
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::DeleteCase(Context* context, const v1::DeleteCaseRequest* request,
                                                              v1::DeleteCaseResponse*) {
  Unary* reactor = context->DefaultReactor();
  reactor->Finish(engine_.cases().remove(request->name()) ? grpc::Status::OK : no_such_case(request->name()));
  return reactor;
}

grpc::ServerReadReactor<v1::UploadDoseRequest>* PlanCheckServiceImpl::UploadDose(Context*, v1::UploadDoseResponse*) {
  return start_upload(engine_);
}

grpc::ServerReadReactor<v1::CheckPlanRequest>* PlanCheckServiceImpl::CheckPlan(Context*,
                                                                               v1::CheckPlanResponse* response) {
  return start_check(engine_, *response);
}

}  // namespace dosegate::rpc
