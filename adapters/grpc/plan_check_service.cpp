#include "adapters/grpc/plan_check_service.h"

#include <memory>
#include <utility>

#include "adapters/grpc/follow_stream.h"
#include "adapters/grpc/reactors.h"
#include "adapters/grpc/session_stream.h"
#include "adapters/grpc/streams.h"

namespace dosegate::rpc {

template <typename F, typename AtOnce>
PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::on_case(Context* context, const std::string& name,
                                                           const std::string& field, F f, const AtOnce& at_once) {
  Admitted in = may_check(*context);
  if (!in.status.ok()) return answer_at_once(context, in.status);
  std::shared_ptr<HostedCase> hosted = engine_.cases().find(name, in.name());
  if (!hosted) return answer_at_once(context, no_such_case(name));
  if (at_once(*hosted)) {
    in.call = {};  // before the answer, as answer_on() has it
    return answer_at_once(context, grpc::Status::OK);
  }
  const Turns::Line line = hosted->line();
  const Permit permit = in.permit;
  return answer_on(line, context, std::move(in), field,
                   [hosted = std::move(hosted), context, field, permit, f = std::move(f)] {
                     hosted->set_cancelled([=] { return context->IsCancelled() || !permit.holds(); });
                     const grpc::Status status = guarded(field, [&] { return f(*hosted); });
                     hosted->set_cancelled(nullptr);
                     const bool was_ended = status.error_code() == grpc::StatusCode::CANCELLED && !permit.holds();
                     return was_ended ? permit.status() : status;
                   });
}

Admitted PlanCheckServiceImpl::may_check(const Context& context) {
  return engine_.admit(context, {v1::ClientRights::CHECK});
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::CreateCase(Context* context, const v1::CreateCaseRequest* request,
                                                              v1::CreateCaseResponse* response) {
  Admitted in = may_check(*context);
  if (!in.status.ok()) return answer_at_once(context, in.status);
  const auto client = in.call.client();
  const Turns::Line line(engine_.turns(), client->name);
  return answer_on(line, context, std::move(in), "options", [this, client, request, response] {
    auto hosted = engine_.make_case(client);
    if (request->has_options()) hosted->set_options(request->options());
    response->set_name(engine_.keep(hosted));
    return response->name().empty() ? engine_.too_many_cases(*client) : grpc::Status::OK;
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
    hosted.remove_structure(request->structure_set(), request->roi_number());
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::RemovePlan(Context* context, const v1::RemovePlanRequest* request,
                                                              v1::RemovePlanResponse*) {
  return on_case(context, request->name(), "", [request](HostedCase& hosted) {
    hosted.remove_plan(request->name_in_case());
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::RemoveStructureSet(Context* context,
                                                                      const v1::RemoveStructureSetRequest* request,
                                                                      v1::RemoveStructureSetResponse*) {
  return on_case(context, request->name(), "", [request](HostedCase& hosted) {
    hosted.remove_structure_set(request->structure_set());
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::RemoveDose(Context* context, const v1::RemoveDoseRequest* request,
                                                              v1::RemoveDoseResponse*) {
  return on_case(context, request->name(), "", [request](HostedCase& hosted) {
    hosted.remove_dose(request->name_in_case());
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::CheckCase(Context* context, const grpc::ByteBuffer* bytes,
                                                             grpc::ByteBuffer* response) {
  const auto request = std::make_shared<v1::CheckCaseRequest>();
  grpc::ByteBuffer unread = *bytes;  // which shares them
  if (!grpc::SerializationTraits<v1::CheckCaseRequest>::Deserialize(&unread, request.get()).ok()) {
    // As gRPC answers itself where a request cannot be read.
    return answer_at_once(context, grpc::Status(grpc::StatusCode::UNIMPLEMENTED, ""));
  }
  const std::string key = key_of(request->protocol());
  const auto at_hand = [&](const HostedCase& hosted) {
    const auto written = hosted.at_hand(key);
    if (written) *response = written->bytes;
    return written != nullptr;
  };
  return on_case(
      context, request->name(), "protocol",
      [this, request, response, key](HostedCase& hosted) {
        auto written = hosted.checked(key);  // before a protocol is read again
        if (!written) {
          hosted.check(engine_.choose(request->protocol()));
          written = hosted.checked(key);
        }
        *response = written->bytes;
        return grpc::Status::OK;
      },
      at_hand);
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
  const Admitted in = may_check(*context);
  grpc::Status status = in.status;
  if (status.ok() && !engine_.cases().remove(request->name(), in.name())) status = no_such_case(request->name());
  return answer_at_once(context, status);
}

grpc::ServerReadReactor<v1::UploadDoseRequest>* PlanCheckServiceImpl::UploadDose(Context* context,
                                                                                 v1::UploadDoseResponse*) {
  using Reactor = grpc::ServerReadReactor<v1::UploadDoseRequest>;
  Admitted in = may_check(*context);
  if (!in.status.ok()) return new Refused<Reactor>(in.status);
  return start_upload(engine_, std::move(in));
}

grpc::ServerReadReactor<v1::ComputeGammaRequest>* PlanCheckServiceImpl::ComputeGamma(
    Context* context, v1::ComputeGammaResponse* response) {
  using Reactor = grpc::ServerReadReactor<v1::ComputeGammaRequest>;
  Admitted in = may_check(*context);
  if (!in.status.ok()) return new Refused<Reactor>(in.status);
  return start_gamma(engine_, std::move(in), *response);
}

grpc::ServerReadReactor<v1::CheckPlanRequest>* PlanCheckServiceImpl::CheckPlan(Context* context,
                                                                               v1::CheckPlanResponse* response) {
  using Reactor = grpc::ServerReadReactor<v1::CheckPlanRequest>;
  Admitted in = engine_.admit(*context, {v1::ClientRights::APPROVE});
  if (!in.status.ok()) return new Refused<Reactor>(in.status);
  return start_check(engine_, std::move(in), *response);
}

PlanCheckServiceImpl::Session* PlanCheckServiceImpl::PlanningSession(Context* context) {
  Admitted in = may_check(*context);
  if (!in.status.ok()) return new Refused<Session>(in.status);
  return SessionStream::start(engine_, context, std::move(in));
}

PlanCheckServiceImpl::Follow* PlanCheckServiceImpl::FollowSessions(Context* context,
                                                                   const v1::FollowSessionsRequest* request) {
  Admitted in = may_check(*context);
  if (!in.status.ok()) return new Refused<Follow>(in.status);
  return FollowStream::start(engine_, context, std::move(in), *request);
}

}  // namespace dosegate::rpc
