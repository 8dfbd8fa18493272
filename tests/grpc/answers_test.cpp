// A real server, a real client: the answers are those of the command line and the C interface, byte for byte.
#include <catch2/catch.hpp>

#include "dosegate/dosegate.hpp"
#include "tests/grpc/server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

std::string phantom_in(const e2e::TemporaryFolder& folder, const std::string& name) {
  const std::string path = (folder / name).string();
  REQUIRE(e2e::run({"phantom", path, "--case", name}).exit_code == 0);
  return path;
}

}  // namespace

TEST_CASE("the report over gRPC is that of the command line, byte for byte, case by case and in one call") {
  const Server server;
  const auto plans = server.plans();
  const e2e::TemporaryFolder folder;
  for (const std::string name : {"pass", "hot-cord", "missing-stomach"}) {
    INFO(name);
    const std::string path = phantom_in(folder, name);
    const e2e::Outcome checked = e2e::run({"check", path, "--format", "json", "--plan-only"});
    const Messages messages = read_messages(path);

    v1::CheckCaseRequest request;
    request.set_name(make_case(*plans, messages));
    v1::CheckCaseResponse response, again;
    Call call, second_call;
    REQUIRE(plans->CheckCase(&call, request, &response).ok());
    CHECK((response.report_json() == checked.out));
    CHECK(response.report().findings_size() > 30);
    REQUIRE(plans->CheckCase(&second_call, request, &again).ok());
    CHECK((again.report_json() == response.report_json()));

    Call whole_call;
    v1::CheckPlanResponse whole;
    const auto stream = plans->CheckPlan(&whole_call, &whole);
    v1::CheckPlanRequest part;
    *part.mutable_open()->mutable_options() = messages.options;
    *part.mutable_open()->mutable_plan() = messages.plan;
    REQUIRE(stream->Write(part));
    for (const auto& s : messages.structures) {
      *part.mutable_structure() = s;
      REQUIRE(stream->Write(part));
    }
    *part.mutable_dose() = messages.dose;
    REQUIRE(stream->Write(part));
    for (const auto& chunk : messages.chunks()) {
      *part.mutable_chunk() = chunk;
      REQUIRE(stream->Write(part));
    }
    stream->WritesDone();
    REQUIRE(stream->Finish().ok());
    CHECK((whole.report_json() == response.report_json()));
  }
}

TEST_CASE("a DVH over gRPC is that of the command line, byte for byte") {
  const Server server;
  const auto plans = server.plans();
  const e2e::TemporaryFolder folder;
  const std::string path = phantom_in(folder, "pass");
  v1::GetDvhRequest request;
  request.set_name(make_case(*plans, read_messages(path)));
  request.mutable_request()->add_rois("Stomach");
  request.mutable_request()->add_metrics("D0.03cc[Gy]");
  request.mutable_request()->set_curve(true);
  v1::GetDvhResponse response;
  Call call;
  REQUIRE(plans->GetDvh(&call, request, &response).ok());
  const e2e::Outcome dvh =
      e2e::run({"dvh", path, "--roi", "Stomach", "--metric", "D0.03cc[Gy]", "--curve", "--format", "json"});
  CHECK((response.report_json() == dvh.out));
  CHECK(response.report().rois(0).curve().volume_cc_size() > 100);
}

TEST_CASE("an edited structure and another dose change the answer, the old ones bring the old answer back") {
  const Server server;
  const auto plans = server.plans();
  const e2e::TemporaryFolder folder;
  const Messages pass = read_messages(phantom_in(folder, "pass"));
  Messages hot = pass;
  hot.dose.set_scaling(1.2 * pass.dose.scaling());
  const std::string name = make_case(*plans, pass);
  const auto verdict = [&] {
    v1::CheckCaseRequest request;
    request.set_name(name);
    v1::CheckCaseResponse response;
    Call call;
    REQUIRE(plans->CheckCase(&call, request, &response).ok());
    return response.report().verdict();
  };
  CHECK(verdict() == v1::Report::PASS);
  REQUIRE(upload(*plans, name, hot.dose, hot.chunks()).ok());
  CHECK(verdict() == v1::Report::FAIL);
  REQUIRE(upload(*plans, name, pass.dose, pass.chunks(100'000)).ok());
  CHECK(verdict() == v1::Report::PASS);
  v1::RemoveStructureRequest remove;
  remove.set_name(name);
  for (const auto& structure : pass.structures) {
    if (structure.name() == "Stomach") remove.set_roi_number(structure.roi_number());
  }
  v1::RemoveStructureResponse removed;
  Call call;
  REQUIRE(plans->RemoveStructure(&call, remove, &removed).ok());
  CHECK(verdict() == v1::Report::INCOMPLETE);
}

TEST_CASE("protocols are listed, given byte for byte, and validated") {
  const Server server;
  const auto protocols = server.protocols();
  v1::ListProtocolsResponse list;
  Call listing, getting, validating, missing;
  REQUIRE(protocols->ListProtocols(&listing, {}, &list).ok());
  REQUIRE(list.protocols().protocols_size() > 0);
  v1::GetProtocolRequest get;
  get.set_name("protocols/" + list.protocols().protocols(0).id());
  v1::GetProtocolResponse got;
  REQUIRE(protocols->GetProtocol(&getting, get, &got).ok());
  CHECK(got.protocol_json() == Library::load(DOSEGATE_MANIFEST).builtin_protocol().json());
  v1::ValidateProtocolRequest validate;
  validate.set_protocol_json(R"({"schema":"dosegate.v1.Protocol","id":""})");
  v1::ValidateProtocolResponse validated;
  REQUIRE(protocols->ValidateProtocol(&validating, validate, &validated).ok());
  CHECK(validated.report().entries_size() > 0);
  get.set_name("protocols/none");
  const grpc::Status status = protocols->GetProtocol(&missing, get, &got);
  CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(reason_of(status) == "NOT_FOUND");
}

TEST_CASE("gamma over gRPC is that of the command line, and messages out of order are refused", "[gamma]") {
  const Server server;
  const auto plans = server.plans();
  const e2e::TemporaryFolder folder;
  const std::string here = phantom_in(folder, "pass");
  const Messages reference = read_messages(here);
  const std::string name = make_case(*plans, reference);
  const auto open = [&] {
    v1::ComputeGammaRequest part;
    part.mutable_open()->set_name(name);
    part.mutable_open()->mutable_request()->add_rois("SpinalCord");
    part.mutable_open()->mutable_request()->set_cutoff_percent(1.0);
    return part;
  };
  const auto send = [](auto& stream, const Messages& dose, bool is_reference) {
    v1::ComputeGammaRequest part;
    *(is_reference ? part.mutable_reference() : part.mutable_evaluated()) = dose.dose;
    if (!stream.Write(part)) return;
    for (const auto& chunk : dose.chunks()) {
      *part.mutable_chunk() = chunk;
      if (!stream.Write(part)) return;
    }
  };
  Call call;
  v1::ComputeGammaResponse response;
  const auto stream = plans->ComputeGamma(&call, &response);
  REQUIRE(stream->Write(open()));
  send(*stream, reference, true);
  send(*stream, reference, false);
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  INFO(status.error_message());
  REQUIRE(status.ok());
  CHECK(response.report().compared() > 0);
  const auto file = [](const std::string& path) {
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.path().filename().string().rfind("RD", 0) == 0) return entry.path().string();
    }
    return std::string();
  };
  const e2e::Outcome told = e2e::run({"gamma", file(here), file(here), "--roi", "SpinalCord", "--structures", here,
                                      "--cutoff-percent", "1", "--format", "json"});
  INFO(told.err);
  CHECK((told.out == response.report_json()));

  Call early_call;
  const auto early = plans->ComputeGamma(&early_call, &response);
  early->Write(open());
  send(*early, reference, false);
  early->WritesDone();
  CHECK(early->Finish().error_code() == grpc::StatusCode::INVALID_ARGUMENT);
}
