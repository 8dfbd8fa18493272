// The clinical record over gRPC: the same report as on the command line, by every way that takes it.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "dosegate/detail/sha256.hpp"
#include "tests/grpc/server.h"
#include "tests/grpc/session_client.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

// A phantom, its record beside the folder, and what the command line says of both.
struct Recorded {
  e2e::TemporaryFolder folder;
  Messages messages;
  v1::ClinicalRecord record;
  e2e::Outcome checked;

  explicit Recorded(const std::string& name) {
    const std::string path = (folder / "p").string(), file = (folder / "record.json").string();
    REQUIRE(e2e::run({"phantom", path, "--case", name}).exit_code == 0);
    std::filesystem::rename(path + "/record.json", file);
    messages = read_messages(path);
    const std::string text = e2e::read_file(file);
    v1::CaseOptions options;
    options.add_inputs()->set_role("RECORD");
    options.mutable_inputs(0)->set_sha256(dosegate::detail::sha256_of(text));
    messages.options.clear_scope();
    options.MergeFrom(messages.options);
    messages.options = options;
    REQUIRE(google::protobuf::util::JsonStringToMessage(text, &record).ok());
    checked = e2e::run({"check", path, "--record", file, "--format", "json"});
    INFO(checked.err);
    REQUIRE(checked.exit_code < 3);
  }
};

}  // namespace

TEST_CASE("the report with a clinical record is that of the command line, byte for byte, in a case and in one call") {
  const Server server;
  const auto plans = server.plans();
  const Recorded r("pass");
  CHECK(r.checked.exit_code == 0);
  v1::SetRecordRequest set;
  set.set_name(make_case(*plans, r.messages));
  *set.mutable_record() = r.record;
  v1::SetRecordResponse done;
  Call setting;
  REQUIRE(plans->SetRecord(&setting, set, &done).ok());
  CHECK((report_of(*plans, set.name()) == r.checked.out));

  Call call;
  v1::CheckPlanResponse whole;
  const auto stream = plans->CheckPlan(&call, &whole);
  v1::CheckPlanRequest part;
  *part.mutable_open()->mutable_options() = r.messages.options;
  *part.mutable_open()->mutable_plan() = r.messages.plan;
  *part.mutable_open()->mutable_record() = r.record;
  REQUIRE(stream->Write(part));
  for (const auto& s : r.messages.structures) {
    *part.mutable_structure() = s;
    REQUIRE(stream->Write(part));
  }
  *part.mutable_dose() = r.messages.dose;
  REQUIRE(stream->Write(part));
  for (const auto& chunk : r.messages.chunks()) {
    *part.mutable_chunk() = chunk;
    REQUIRE(stream->Write(part));
  }
  stream->WritesDone();
  REQUIRE(stream->Finish().ok());
  CHECK((whole.report_json() == r.checked.out));

  // Without it again, the rules on it are open.
  set.clear_record();
  Call clearing;
  REQUIRE(plans->SetRecord(&clearing, set, &done).ok());
  CHECK(report_of(*plans, set.name()).find("\"verdict\": \"INCOMPLETE\"") != std::string::npos);
}

TEST_CASE("a record that cannot be taken is refused with the field, and the case keeps the one before") {
  const Server server;
  const auto plans = server.plans();
  const Recorded r("pass");
  v1::SetRecordRequest set;
  set.set_name(make_case(*plans, r.messages));
  *set.mutable_record() = r.record;
  v1::SetRecordResponse done;
  Call setting, refusing;
  REQUIRE(plans->SetRecord(&setting, set, &done).ok());
  set.mutable_record()->mutable_delivered_fractions(2)->set_date("2026-02-30");
  const grpc::Status status = plans->SetRecord(&refusing, set, &done);
  CHECK(status.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(field_of(status).find("deliveredFractions[2].date") != std::string::npos);
  CHECK((report_of(*plans, set.name()) == r.checked.out));
}

TEST_CASE("a record that comes during a session resolves what waited for it") {
  const Server server;
  const auto plans = server.plans();
  const Recorded r("pass");
  SessionClient::Request::Open open;
  *open.mutable_options() = r.messages.options;
  SessionClient session(*plans, open);
  session.send_all(r.messages);
  CHECK(session.answer().verdict() == v1::Report::INCOMPLETE);
  SessionClient::Request request;
  *request.mutable_record() = r.record;
  REQUIRE(session.send(request));
  const auto answer = session.answer();
  CHECK(answer.verdict() == v1::Report::PASS);
  bool resolved = false;
  for (const auto& change : answer.changes()) {
    resolved = resolved || (change.finding().rule_id() == "DE-1" && change.kind() == v1::FindingChange::RESOLVED);
  }
  CHECK(resolved);
  CHECK(session.end().ok());
}
