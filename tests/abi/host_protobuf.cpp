// A host that itself links libprotobuf and gRPC, uses both, and has its own generated dosegate.v1 classes: loads the
// library, checks, unloads, 50 times over, and parses each report strictly with those classes. (Were protobuf
// inside the library, the second registration of the same .proto would abort this program.)
// Argument: the path of manifest.json.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "abi_case.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/dvh.pb.h"
#include "dosegate/v1/options.pb.h"
#include "dosegate/v1/plan.pb.h"
#include "dosegate/v1/protocol.pb.h"
#include "dosegate/v1/report.pb.h"

namespace {

constexpr int kRounds = 50;

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::exit(1);
}

// Strict: an unknown field is an error.
template <typename Message>
Message parse(std::string_view json, const char* what) {
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &message);
  if (!status.ok()) std::fprintf(stderr, "%s: %s\n", what, status.ToString().c_str());
  require(status.ok(), what);
  return message;
}

std::string to_json(const google::protobuf::Message& message) {
  std::string json;
  require(google::protobuf::util::MessageToJsonString(message, &json).ok(), "the message becomes JSON");
  return json;
}

int deviations(const dosegate::v1::Report& report) {
  int n = 0;
  for (const auto& finding : report.findings()) n += finding.status() == dosegate::v1::Finding::DEVIATION ? 1 : 0;
  return n;
}

void one_round(const std::string& manifest) {
  const dosegate::Library library = dosegate::Library::load(manifest);
  const dosegate::Protocol protocol = library.builtin_protocol();
  const auto model = parse<dosegate::v1::Protocol>(protocol.json(), "the built-in protocol parses");
  const dosegate::Document documents[] = {library.list_protocols(), library.lint_protocol(protocol.json())};
  const auto list = parse<dosegate::v1::ProtocolList>(documents[0].json(), "the protocol list parses");
  require(list.protocols_size() > 0 && list.protocols(0).is_default() && list.protocols(0).id() == model.id(),
          "the first protocol of the list is the default");
  parse<dosegate::v1::LintReport>(documents[1].json(), "the lint report parses");

  // The case's documents are made by this host's protobuf, as our adapters make theirs.
  dosegate::Case c = library.make_case();
  dosegate_error* error = nullptr;
  struct Raw {
    const dosegate_api& api;
    dosegate_case* handle = nullptr;
    ~Raw() { api.case_release(handle); }
  } raw{library.api()};
  require(raw.api.case_create(nullptr, &raw.handle, &error) == DOSEGATE_OK, "a case is made");
  require(abi_fill_case(&raw.api, raw.handle, 90.0, &error) == DOSEGATE_OK, "the case is filled");
  const std::string plan = to_json(parse<dosegate::v1::Plan>(kAbiPlan, "the plan parses"));
  require(raw.api.case_set_plan(raw.handle, {plan.data(), plan.size()}, &error) == DOSEGATE_OK, "the plan is taken");
  auto options = parse<dosegate::v1::CaseOptions>(kAbiOptions, "the options parse");
  (*options.mutable_structure_map())["Stomach"] = "Stomach";
  options.add_notes("made by host_protobuf");
  const std::string options_json = to_json(options);
  require(raw.api.case_set_options(raw.handle, {options_json.data(), options_json.size()}, &error) == DOSEGATE_OK,
          "the options are taken");
  c.set_plan(plan);
  c.set_options(options_json);

  dosegate_report* passing = nullptr;
  require(raw.api.check(raw.handle, protocol.raw(), &passing, &error) == DOSEGATE_OK, "the check runs");
  const dosegate_text text = raw.api.report_json(passing);
  const auto report = parse<dosegate::v1::Report>({text.data, text.size}, "the report parses");
  require(report.verdict() == dosegate::v1::Report::PASS && deviations(report) == 0, "the case passes");
  require(report.findings_size() > 0 && report.notes_size() > 0, "the report has findings, and the host's note");
  raw.api.report_release(passing);

  const dosegate::Report incomplete = c.check(protocol);  // plan only
  require(parse<dosegate::v1::Report>(incomplete.json(), "that report parses").verdict() ==
              dosegate::v1::Report::INCOMPLETE,
          "a case without structures and dose is incomplete");

  dosegate::v1::DvhRequest request;
  request.add_rois("Stomach");
  request.add_metrics("Mean[Gy]");
  request.set_curve(true);
  const std::string request_json = to_json(request);
  dosegate_document* dvh = nullptr;
  require(raw.api.dvh(raw.handle, {request_json.data(), request_json.size()}, &dvh, &error) == DOSEGATE_OK,
          "the DVH is made");
  const dosegate_text dvh_text = raw.api.document_json(dvh);
  const auto dvh_report = parse<dosegate::v1::DvhReport>({dvh_text.data, dvh_text.size}, "the DVH parses");
  require(dvh_report.rois_size() == 1 && dvh_report.rois(0).metrics_size() == 1, "one ROI, one metric");
  const double mean = dvh_report.rois(0).metrics(0).value();
  const double volume = dvh_report.rois(0).volume_cc();
  require(std::abs(mean - 2.0) < 1e-6, "the stomach has 2 Gy throughout");
  require(std::abs(volume - 192.0) < 1e-6, "the stomach is a box of 6 x 4 x 8 cm");
  raw.api.document_release(dvh);
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 2, "one argument");
  // gRPC at work in the same process: a server on a free port and a channel to it.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  int port = 0;
  grpc::AsyncGenericService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterAsyncGenericService(&service);
  const auto queue = builder.AddCompletionQueue();
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  require(server != nullptr && port != 0, "the gRPC server starts");
  const auto channel =
      grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments);
  try {
    for (int round = 1; round <= kRounds; ++round) one_round(argv[1]);
  } catch (const dosegate::PluginError& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  require(channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20)),
          "gRPC still works afterwards");
  server->Shutdown();
  queue->Shutdown();
  void* tag = nullptr;
  bool is_ok = false;
  while (queue->Next(&tag, &is_ok)) {
  }
  std::printf("%d rounds\n", kRounds);
  return 0;
}
