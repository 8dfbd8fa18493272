#include "adapters/approvals/approval_service.h"

#include <grpcpp/impl/codegen/method_handler.h>

#include <exception>
#include <new>
#include <string>

#include "adapters/grpc/status.h"

namespace dosegate::approvals {
namespace {

using v1::ApproveResponse;

constexpr int kMostInputs = 64;
constexpr std::size_t kMostSubjectBytes = 1024;
constexpr std::size_t kMostNameBytes = 256;  // of a role, of a UID

ApproveResponse::Outcome outcome_of(gate::Outcome outcome) {
  switch (outcome) {
    case gate::Outcome::kApproved:
      return ApproveResponse::APPROVED;
    case gate::Outcome::kRejected:
      return ApproveResponse::REJECTED;
    case gate::Outcome::kHeld:
      break;
  }
  return ApproveResponse::HELD;
}

gate::Asked asked_by(const v1::ApproveRequest& request) {
  if (request.inputs_size() > kMostInputs)
    throw gate::Refused("inputs: there are more than " + std::to_string(kMostInputs));
  if (request.subject().size() > kMostSubjectBytes) throw gate::Refused("subject: is longer than a pseudonym can be");
  gate::Asked asked;
  for (const v1::Input& input : request.inputs()) {
    if (input.role().size() > kMostNameBytes || input.sop_instance_uid().size() > kMostNameBytes)
      throw gate::Refused("inputs: a role or SOP Instance UID is longer than one can be");
    if (!input.sha256().empty() && !gate::is_digest(input.sha256()))
      throw gate::Refused("inputs: sha256 of " + input.role() +
                          " is no SHA-256: 64 lower-case hex digits are expected");
    asked.inputs.push_back({input.role(), input.sop_instance_uid(), input.sha256()});
  }
  asked.reports.assign(request.report_jsons().begin(), request.report_jsons().end());
  asked.waivers.assign(request.waivers().begin(), request.waivers().end());
  return asked;
}

}  // namespace

ApprovalServiceImpl::ApprovalServiceImpl(const Rules& rules, gate::Registrar& registrar, const rpc::Access& access,
                                         std::size_t most_calls)
    : rules_(rules), registrar_(registrar), access_(access), clients_({kMostReadBytes, 0, most_calls}, kClientPercent) {
  using Bytes = grpc::ByteBuffer;
  // As gRPC's generated class does it, which would have the message read first.
  AddMethod(new grpc::internal::RpcServiceMethod(
      "/dosegate.v1.ApprovalService/Approve", grpc::internal::RpcMethod::NORMAL_RPC,
      new grpc::internal::RpcMethodHandler<ApprovalServiceImpl, Bytes, Bytes>(
          [](ApprovalServiceImpl* self, grpc::ServerContext* context, const Bytes* request, Bytes* response) {
            return self->approve(*context, *request, *response);
          },
          this)));
}

grpc::Status ApprovalServiceImpl::approve(const grpc::ServerContext& context, const grpc::ByteBuffer& bytes,
                                          grpc::ByteBuffer& out) {
  const grpc::Status right = access_.require(context, {v1::ClientRights::APPROVE});
  if (!right.ok()) return right;
  bool is_full = false;
  const rpc::Clients::Call call = clients_.begin(clients_.of(rpc::caller_of(context)), is_full);
  if (is_full) {
    return rpc::refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CALLS",
                        "This client has " + std::to_string(call.client()->most.calls) +
                            " calls under way, as many as one client may. Wait for some to end.");
  }
  rpc::Read<v1::ApproveRequest> request;
  const grpc::Status read =
      rpc::read_message(bytes, {kMostReadBytes, budget_, call.client()}, request.message, request.share);
  if (!read.ok()) return read;
  gate::Gathered gathered;
  try {
    gathered = gate::gather_asked(asked_by(request.message), rules_.known, rules_.policy);
  } catch (const std::bad_alloc&) {
    return rpc::refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "There is not enough memory.");
  } catch (const std::exception& e) {
    return rpc::refusal(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST", e.what());
  }
  try {
    const gate::Issued issued = registrar_.issue(rules_.policy, gathered, request.message.subject());
    ApproveResponse response;
    response.set_outcome(outcome_of(issued.decision.outcome));
    for (const gate::Reason& reason : issued.decision.reasons) {
      auto& said = *response.add_reasons();
      said.set_effect(outcome_of(reason.effect));
      said.set_code(reason.code);
      said.set_protocol(reason.protocol);
      said.set_rule(reason.rule);
      said.set_text(reason.text);
    }
    response.set_decision(issued.document);
    return rpc::write_message(response, out);
  } catch (const std::bad_alloc&) {
    return rpc::refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "There is not enough memory.");
  } catch (const std::exception& e) {
    return rpc::refusal(grpc::StatusCode::INTERNAL, "NOT_DECIDED", e.what());
  }
}

}  // namespace dosegate::approvals
