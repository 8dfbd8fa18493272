#include "adapters/grpc/plan_check_service.h"

#include <memory>
#include <utility>

#include "adapters/grpc/reactors.h"
#include "adapters/grpc/session_stream.h"
#include "adapters/grpc/streams.h"

namespace dosegate::rpc {

template <typename F>
PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::on_case(Context* context, const std::string& name,
                                                           const std::string& field, F f) {
  if (grpc::Status status = may_check(*context); !status.ok()) return answer_at_once(context, status);
  std::shared_ptr<HostedCase> hosted = engine_.cases().find(name, caller_of(*context));
  if (!hosted) return answer_at_once(context, no_such_case(name));
  const Strand strand = hosted->strand();
  return answer_on(strand, context, field, [hosted = std::move(hosted), context, field, f = std::move(f)] {
    hosted->set_cancelled([context] { return context->IsCancelled(); });
    const grpc::Status status = guarded(field, [&] { return f(*hosted); });
    hosted->set_cancelled(nullptr);
    return status;
  });
}

grpc::Status PlanCheckServiceImpl::may_check(const Context& context) const {
  return engine_.access().require(context, {v1::ClientRights::CHECK});
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::CreateCase(Context* context, const v1::CreateCaseRequest* request,
                                                              v1::CreateCaseResponse* response) {
  if (grpc::Status status = may_check(*context); !status.ok()) return answer_at_once(context, status);
  return answer_on(engine_.pool().get_executor(), context, "options", [this, context, request, response] {
    auto hosted = engine_.make_case();
    if (request->has_options()) hosted->set_options(request->options());
    response->set_name(engine_.cases().add(std::move(hosted), caller_of(*context)));
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

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetRecord(Context* context, const v1::SetRecordRequest* request,
                                                             v1::SetRecordResponse*) {
  return on_case(context, request->name(), "record", [request](HostedCase& hosted) {
    if (request->has_record()) {
      hosted.set_record(request->record());
    } else {
      hosted.remove_record();
    }
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

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetSlices(Context* context, const v1::SetSlicesRequest* request,
                                                             v1::SetSlicesResponse*) {
  return on_case(context, request->name(), "slices", [request](HostedCase& hosted) {
    hosted.set_slices(request->slices());
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
    const auto* same = hosted.checked(key_of(request->protocol()));  // before a protocol is read again
    *response = same != nullptr ? *same : hosted.check(engine_.choose(request->protocol()));
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
  grpc::Status status = may_check(*context);
  if (status.ok() && !engine_.cases().remove(request->name(), caller_of(*context))) {
    status = no_such_case(request->name());
  }
  return answer_at_once(context, status);
}

grpc::ServerReadReactor<v1::UploadDoseRequest>* PlanCheckServiceImpl::UploadDose(Context* context,
                                                                                 v1::UploadDoseResponse*) {
  using Reactor = grpc::ServerReadReactor<v1::UploadDoseRequest>;
  if (const grpc::Status status = may_check(*context); !status.ok()) return new Refused<Reactor>(status);
  return start_upload(engine_, caller_of(*context));
}

grpc::ServerReadReactor<v1::ComputeGammaRequest>* PlanCheckServiceImpl::ComputeGamma(
    Context* context, v1::ComputeGammaResponse* response) {
  using Reactor = grpc::ServerReadReactor<v1::ComputeGammaRequest>;
  if (const grpc::Status status = may_check(*context); !status.ok()) return new Refused<Reactor>(status);
  return start_gamma(engine_, caller_of(*context), *response);
}

grpc::ServerReadReactor<v1::CheckPlanRequest>* PlanCheckServiceImpl::CheckPlan(Context* context,
                                                                               v1::CheckPlanResponse* response) {
  using Reactor = grpc::ServerReadReactor<v1::CheckPlanRequest>;
  const grpc::Status status = engine_.access().require(*context, {v1::ClientRights::APPROVE});
  if (!status.ok()) return new Refused<Reactor>(status);
  return start_check(engine_, *response);
}

PlanCheckServiceImpl::Session* PlanCheckServiceImpl::PlanningSession(Context* context) {
  if (const grpc::Status status = may_check(*context); !status.ok()) return new Refused<Session>(status);
  return SessionStream::start(engine_, context, caller_of(*context));
}

}  // namespace dosegate::rpc
