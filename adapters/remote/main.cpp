// dosegate-remote: what `dosegate check --server` ends as. The same arguments, the same answer, from a dosegate-grpc.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "adapters/cli/case_input.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/input.h"
#include "adapters/cli/program.h"
#include "adapters/dicom/to_case.h"
#include "adapters/remote/connect.h"
#include "adapters/remote/messages.h"
#include "adapters/support/confine.h"
#include "adapters/support/standard_streams.h"
#include "dosegate/v1/service.grpc.pb.h"

namespace dosegate::remote {
namespace {

using cli::stop;

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr auto kAnswerWithin = std::chrono::minutes(10);

void require(const grpc::Status& status, const cli::CheckArguments& args) {
  if (status.ok()) return;
  stop("--server " + args.server.address + ": " + status.error_message());
}

void set_deadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + kAnswerWithin);
}

struct Chosen {
  v1::ProtocolChoice choice;
  v1::Protocol document;
};

Chosen choose(const std::shared_ptr<grpc::Channel>& channel, const cli::CheckArguments& args) {
  Chosen chosen;
  std::string json;
  if (cli::looks_like_file(args.protocol)) {
    json = cli::read_protocol_file(args.protocol);
    chosen.choice.set_protocol_json(json);
  } else {
    const std::string name = args.protocol.empty() ? "" : "protocols/" + args.protocol;
    if (!name.empty()) chosen.choice.set_name(name);
    v1::GetProtocolRequest request;
    request.set_name(name);
    v1::GetProtocolResponse response;
    grpc::ClientContext context;
    set_deadline(context);
    require(v1::ProtocolService::NewStub(channel)->GetProtocol(&context, request, &response), args);
    json = response.protocol_json();
  }
  chosen.document = cli::parse_document<v1::Protocol>(json);
  return chosen;
}

// False: the server has ended the stream, and Finish() says why.
bool send(grpc::ClientWriter<v1::CheckPlanRequest>& stream, const dicom::RtCase& rt, v1::CheckPlanRequest::Open open) {
  v1::CheckPlanRequest part;
  *part.mutable_open() = std::move(open);
  if (!stream.Write(part)) return false;
  for (const dicom::Structure& structure : rt.structures) {
    *part.mutable_structure() = message_of(structure);
    if (!stream.Write(part)) return false;
  }
  for (const dicom::Slices& slices : rt.slices) {
    *part.mutable_slices() = message_of(slices);
    if (!stream.Write(part)) return false;
  }
  if (!rt.dose) return true;
  *part.mutable_dose() = header_of(*rt.dose);
  if (!stream.Write(part)) return false;
  const auto* bytes = reinterpret_cast<const char*>(rt.dose->values.data());
  const std::size_t size = rt.dose->values.size();
  for (std::size_t at = 0; at < size; at += kChunk) {
    v1::DoseChunk& chunk = *part.mutable_chunk();
    chunk.set_offset_bytes(at);
    chunk.set_data(bytes + at, std::min(kChunk, size - at));
    if (!stream.Write(part)) return false;
  }
  return true;
}

cli::Exit check(const cli::CheckArguments& args) {
  cli::check_output_is_no_input(args);
  const auto deviations = cli::deviation_source(args.deviations, cli::DeviationSource::When::kNow);
  support::confine({.written = {args.input.output}, .network = true});
  const std::shared_ptr<grpc::Channel> channel = connect(args.server);
  const Chosen chosen = choose(channel, args);
  cli::check_roles(chosen.document, args);
  const dicom::RtCase rt = cli::case_of(cli::read(args, {}), args.input);

  v1::CheckPlanRequest::Open open;
  *open.mutable_protocol() = chosen.choice;
  *open.mutable_options() = cli::options_of(args);
  const std::string record = cli::read_record(args, *open.mutable_options());
  dicom::add_to_options(rt, *open.mutable_options());
  if (rt.plan) *open.mutable_plan() = *rt.plan;
  if (!args.record.empty()) {
    const std::string problem = cli::read_document(record, *open.mutable_record());
    if (!problem.empty()) stop(args.record + ": is no clinical record: " + problem);
  }

  grpc::ClientContext context;
  set_deadline(context);
  v1::CheckPlanResponse response;
  const auto stream = v1::PlanCheckService::NewStub(channel)->CheckPlan(&context, &response);
  send(*stream, rt, std::move(open));
  stream->WritesDone();
  require(stream->Finish(), args);
  return cli::answer_check(args, deviations.get(), static_cast<dosegate_verdict>(response.report().verdict()),
                           response.report_json(), rt.plan.value_or(v1::Plan()), chosen.document.title());
}

cli::Exit run(const cli::Arguments& args, const char* const*) {
  const auto* asked = std::get_if<cli::CheckArguments>(&args.command);
  if (asked == nullptr || asked->server.address.empty()) stop("dosegate-remote is for 'dosegate check --server'");
  return check(*asked);
}

}  // namespace
}  // namespace dosegate::remote

int main(int argc, char** argv) { return dosegate::cli::run_program(argc, argv, dosegate::remote::run); }
