#include "adapters/grpc/plan_check_service.h"

#include <memory>
#include <utility>

#include "adapters/grpc/follow_stream.h"
#include "adapters/grpc/reactors.h"
#include "adapters/grpc/session_stream.h"
#include "adapters/grpc/streams.h"

namespace dosegate::rpc {

// f(HostedCase&) on the case's line.
template <typename F>
PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::on_line(Context* context, Admitted in,
                                                           std::shared_ptr<HostedCase> hosted, const std::string& field,
                                                           F f) {
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

template <typename Request, typename Response, typename F>
PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::on_case(Context* context, const Bytes& bytes, Bytes* out,
                                                           const std::string& field, F f) {
  const auto request = std::make_shared<Read<Request>>();
  Admitted in = engine_.admit(*context, {v1::ClientRights::CHECK}, bytes, *request);
  if (!in.status.ok()) return answer_at_once(context, in.status);
  std::shared_ptr<HostedCase> hosted = engine_.cases().find(request->message.name(), in.name());
  if (!hosted) return answer_at_once(context, no_such_case(request->message.name()));
  return on_line(context, std::move(in), std::move(hosted), field, [request, out, f = std::move(f)](HostedCase& one) {
    Response response;
    const grpc::Status status = f(request->message, one, response);
    request->share = {};  // before the answer: who has it finds the share free
    return status.ok() ? write_message(response, *out) : status;
  });
}

Admitted PlanCheckServiceImpl::may_check(const Context& context) {
  return engine_.admit(context, {v1::ClientRights::CHECK});
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::CreateCase(Context* context, const Bytes* bytes, Bytes* out) {
  const auto request = std::make_shared<Read<v1::CreateCaseRequest>>();
  Admitted in = engine_.admit(*context, {v1::ClientRights::CHECK}, *bytes, *request);
  if (!in.status.ok()) return answer_at_once(context, in.status);
  const auto client = in.call.client();
  const Turns::Line line(engine_.turns(), client->name);
  return answer_on(line, context, std::move(in), "options", [this, client, request, out] {
    auto hosted = engine_.make_case(client);
    if (request->message.has_options()) hosted->set_options(request->message.options());
    request->share = {};
    v1::CreateCaseResponse response;
    response.set_name(engine_.keep(hosted));
    return response.name().empty() ? engine_.too_many_cases(*client) : write_message(response, *out);
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetPlan(Context* context, const Bytes* bytes, Bytes* out) {
  return on_case<v1::SetPlanRequest, v1::SetPlanResponse>(
      context, *bytes, out, "plan", [](const v1::SetPlanRequest& request, HostedCase& hosted, v1::SetPlanResponse&) {
        hosted.set_plan(request.plan());
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetRecord(Context* context, const Bytes* bytes, Bytes* out) {
  return on_case<v1::SetRecordRequest, v1::SetRecordResponse>(
      context, *bytes, out, "record",
      [](const v1::SetRecordRequest& request, HostedCase& hosted, v1::SetRecordResponse&) {
        if (request.has_record()) {
          hosted.set_record(request.record());
        } else {
          hosted.remove_record();
        }
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetOptions(Context* context, const Bytes* bytes, Bytes* out) {
  return on_case<v1::SetOptionsRequest, v1::SetOptionsResponse>(
      context, *bytes, out, "options",
      [](const v1::SetOptionsRequest& request, HostedCase& hosted, v1::SetOptionsResponse&) {
        hosted.set_options(request.options());
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetStructures(Context* context, const Bytes* bytes, Bytes* out) {
  return on_case<v1::SetStructuresRequest, v1::SetStructuresResponse>(
      context, *bytes, out, "",
      [](const v1::SetStructuresRequest& request, HostedCase& hosted, v1::SetStructuresResponse&) {
        for (int i = 0; i < request.structures_size(); ++i) {
          const grpc::Status status = guarded("structures[" + std::to_string(i) + "]", [&] {
            hosted.set_structure(request.structures(i));
            return grpc::Status::OK;
          });
          if (!status.ok()) return status;
        }
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::SetSlices(Context* context, const Bytes* bytes, Bytes* out) {
  return on_case<v1::SetSlicesRequest, v1::SetSlicesResponse>(
      context, *bytes, out, "slices",
      [](const v1::SetSlicesRequest& request, HostedCase& hosted, v1::SetSlicesResponse&) {
        hosted.set_slices(request.slices());
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::RemoveStructure(Context* context, const Bytes* bytes, Bytes* out) {
  return on_case<v1::RemoveStructureRequest, v1::RemoveStructureResponse>(
      context, *bytes, out, "",
      [](const v1::RemoveStructureRequest& request, HostedCase& hosted, v1::RemoveStructureResponse&) {
        hosted.remove_structure(request.structure_set(), request.roi_number());
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::RemovePlan(Context* context, const Bytes* bytes, Bytes* out) {
  return on_case<v1::RemovePlanRequest, v1::RemovePlanResponse>(
      context, *bytes, out, "", [](const v1::RemovePlanRequest& request, HostedCase& hosted, v1::RemovePlanResponse&) {
        hosted.remove_plan(request.name_in_case());
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::RemoveStructureSet(Context* context, const Bytes* bytes,
                                                                      Bytes* out) {
  return on_case<v1::RemoveStructureSetRequest, v1::RemoveStructureSetResponse>(
      context, *bytes, out, "",
      [](const v1::RemoveStructureSetRequest& request, HostedCase& hosted, v1::RemoveStructureSetResponse&) {
        hosted.remove_structure_set(request.structure_set());
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::RemoveDose(Context* context, const Bytes* bytes, Bytes* out) {
  return on_case<v1::RemoveDoseRequest, v1::RemoveDoseResponse>(
      context, *bytes, out, "", [](const v1::RemoveDoseRequest& request, HostedCase& hosted, v1::RemoveDoseResponse&) {
        hosted.remove_dose(request.name_in_case());
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::CheckCase(Context* context, const Bytes* bytes, Bytes* out) {
  const auto request = std::make_shared<Read<v1::CheckCaseRequest>>();
  Admitted in = engine_.admit(*context, {v1::ClientRights::CHECK}, *bytes, *request);
  if (!in.status.ok()) return answer_at_once(context, in.status);
  std::shared_ptr<HostedCase> hosted = engine_.cases().find(request->message.name(), in.name());
  if (!hosted) return answer_at_once(context, no_such_case(request->message.name()));
  const std::string key = key_of(request->message.protocol());
  if (const auto written = hosted->at_hand(key)) {
    *out = written->bytes;
    in.call = {};  // before the answer, as answer_on() has it
    return answer_at_once(context, grpc::Status::OK);
  }
  return on_line(context, std::move(in), std::move(hosted), "protocol", [this, request, out, key](HostedCase& one) {
    auto written = one.checked(key);  // before a protocol is read again
    if (!written) {
      one.check(engine_.choose(request->message.protocol()));
      written = one.checked(key);
    }
    *out = written->bytes;
    request->share = {};
    return grpc::Status::OK;
  });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::GetDvh(Context* context, const Bytes* bytes, Bytes* out) {
  return on_case<v1::GetDvhRequest, v1::GetDvhResponse>(
      context, *bytes, out, "request",
      [](const v1::GetDvhRequest& request, HostedCase& hosted, v1::GetDvhResponse& response) {
        response = hosted.dvh(request.request());
        return grpc::Status::OK;
      });
}

PlanCheckServiceImpl::Unary* PlanCheckServiceImpl::DeleteCase(Context* context, const Bytes* bytes, Bytes* out) {
  Read<v1::DeleteCaseRequest> request;
  const Admitted in = engine_.admit(*context, {v1::ClientRights::CHECK}, *bytes, request);
  if (!in.status.ok()) return answer_at_once(context, in.status);
  const std::string& name = request.message.name();
  const bool is_removed = engine_.cases().remove(name, in.name());
  return answer_at_once(context, is_removed ? write_message(v1::DeleteCaseResponse(), *out) : no_such_case(name));
}

PlanCheckServiceImpl::Reader* PlanCheckServiceImpl::UploadDose(Context* context, Bytes* out) {
  Admitted in = may_check(*context);
  if (!in.status.ok()) return new Refused<Reader>(in.status);
  return start_upload(engine_, std::move(in), *out);
}

PlanCheckServiceImpl::Reader* PlanCheckServiceImpl::ComputeGamma(Context* context, Bytes* out) {
  Admitted in = may_check(*context);
  if (!in.status.ok()) return new Refused<Reader>(in.status);
  return start_gamma(engine_, std::move(in), *out);
}

PlanCheckServiceImpl::Reader* PlanCheckServiceImpl::CheckPlan(Context* context, Bytes* out) {
  Admitted in = engine_.admit(*context, {v1::ClientRights::APPROVE});
  if (!in.status.ok()) return new Refused<Reader>(in.status);
  return start_check(engine_, std::move(in), *out);
}

PlanCheckServiceImpl::Session* PlanCheckServiceImpl::PlanningSession(Context* context) {
  Admitted in = may_check(*context);
  if (!in.status.ok()) return new Refused<Session>(in.status);
  return SessionStream::start(engine_, context, std::move(in));
}

PlanCheckServiceImpl::Follow* PlanCheckServiceImpl::FollowSessions(Context* context, const Bytes* bytes) {
  Read<v1::FollowSessionsRequest> request;
  Admitted in = engine_.admit(*context, {v1::ClientRights::CHECK}, *bytes, request);
  if (!in.status.ok()) return new Refused<Follow>(in.status);
  return FollowStream::start(engine_, context, std::move(in), request.message);
}

}  // namespace dosegate::rpc
