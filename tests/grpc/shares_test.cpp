// What one client may have of the server, and that the others have the rest.
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "tests/grpc/generic_call.h"
#include "tests/grpc/http_get.h"
#include "tests/grpc/session_client.h"
#include "tests/grpc/tls_server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

grpc::Status check_plan(v1::PlanCheckService::Stub& plans) {
  Call call;
  v1::CheckPlanResponse response;
  const auto stream = plans.CheckPlan(&call, &response);
  v1::CheckPlanRequest request;
  *request.mutable_open()->mutable_plan() = phantom().plan;
  *request.mutable_open()->mutable_options() = phantom().options;
  bool open = stream->Write(request);
  for (const v1::Structure& structure : phantom().structures) {
    *request.mutable_structure() = structure;
    open = open && stream->Write(request);
  }
  *request.mutable_dose() = phantom().dose;
  open = open && stream->Write(request);
  for (const v1::DoseChunk& chunk : phantom().chunks()) {
    *request.mutable_chunk() = chunk;
    open = open && stream->Write(request);
  }
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  if (status.ok()) CHECK(response.report().verdict() == v1::Report::PASS);
  return status;
}

grpc::Status create_case(v1::PlanCheckService::Stub& plans) {
  Call call;
  v1::CreateCaseResponse response;
  return plans.CreateCase(&call, {}, &response);
}

// A header that announces 8 bytes a voxel of one plane.
v1::DoseHeader large_dose(unsigned side) {
  v1::DoseHeader header = phantom().dose;
  header.set_columns(side);
  header.set_rows(side);
  header.set_planes(1);
  header.clear_plane_offsets_mm();
  header.add_plane_offsets_mm(0);
  header.mutable_values()->set_type(v1::DoseValues::FLOAT64);
  header.mutable_values()->set_size_bytes(8UL * side * side);
  header.mutable_values()->clear_chunk_bytes();
  header.mutable_values()->clear_compression();
  header.mutable_values()->set_sha256(std::string(64, '0'));
  return header;
}

struct Upload {
  Upload(v1::PlanCheckService::Stub& plans, const std::string& name, unsigned side = 8192)
      : stream(plans.UploadDose(&call, &response)) {
    v1::UploadDoseRequest request;
    request.mutable_open()->set_name(name);
    *request.mutable_open()->mutable_header() = large_dose(side);
    REQUIRE(stream->Write(request));
  }
  bool send(std::size_t bytes) {
    v1::UploadDoseRequest request;
    request.mutable_chunk()->set_offset_bytes(sent);
    request.mutable_chunk()->set_data(std::string(bytes, '\0'));
    sent += bytes;
    return stream->Write(request);
  }
  Call call;
  v1::UploadDoseResponse response;
  std::uint64_t sent = 0;
  std::unique_ptr<grpc::ClientWriter<v1::UploadDoseRequest>> stream;
};

// An HTTP/2 frame (RFC 9113, section 4.1).
std::string frame(char type, char flags, unsigned stream, const std::string& payload) {
  const auto byte = [](std::size_t value, unsigned at) { return static_cast<char>(value >> (8 * at) & 0xFFU); };
  std::string all{byte(payload.size(), 2), byte(payload.size(), 1), byte(payload.size(), 0), type, flags};
  for (unsigned at = 4; at-- > 0;) all += byte(stream, at);
  return all + payload;
}

// The begin of a connection and of 128 calls on it, none of which says a word.
std::string begun_calls(const std::string& method) {
  std::string headers = "\x83\x86";  // :method POST, :scheme http (RFC 7541, appendix A)
  for (const auto& [name, value] : {std::pair<std::string, std::string>(":path", method),
                                    {":authority", "x"},
                                    {"content-type", "application/grpc"},
                                    {"te", "trailers"}}) {
    headers += '\0';
    headers += static_cast<char>(name.size()) + name + static_cast<char>(value.size()) + value;
  }
  std::string all = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, "");
  for (unsigned i = 0; i < 128; ++i) all += frame(1, 4, 2 * i + 1, headers);
  return all;
}

template <typename F>
bool within(int seconds, const F& is_so) {
  for (int i = 0; i < seconds * 20; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace

TEST_CASE("an upload takes memory as its bytes come, whatever it announces") {
  const Server server;
  const auto plans = server.plans();
  const std::string name = empty_case(*plans);
  std::vector<std::unique_ptr<Upload>> uploads;
  for (int i = 0; i < 16; ++i) {
    uploads.push_back(std::make_unique<Upload>(*plans, name));
    REQUIRE(uploads.back()->send(1));
  }
  REQUIRE(within(10, [&] { return server.status().memory_bytes() == 16U << 20; }));
  REQUIRE(uploads[0]->send(3U << 20));
  CHECK(within(10, [&] { return server.status().memory_bytes() == (15U + 4U) << 20; }));
  CHECK(check_plan(*plans).ok());
  for (auto& upload : uploads) upload->call.TryCancel();
  for (auto& upload : uploads) CHECK_FALSE(upload->stream->Finish().ok());
  CHECK(within(10, [&] { return server.status().memory_bytes() == 0; }));
}

TEST_CASE("an upload that drips is ended when it has taken too long, and keeps out nobody meanwhile") {
  const Server server({"--upload-idle-seconds", "2", "--upload-seconds", "4"});
  const auto plans = server.plans();
  Upload upload(*plans, empty_case(*plans));
  std::future<bool> another;  // on a thread of its own: on a busy machine a check takes longer than a drip may rest
  int sent = 0;
  while (sent < 100 && upload.send(1)) {
    if (++sent == 3) another = std::async(std::launch::async, [&] { return check_plan(*plans).ok(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  CHECK(sent < 100);
  REQUIRE(another.valid());
  CHECK(another.get());
  const grpc::Status status = upload.stream->Finish();
  CHECK(status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  CHECK(reason_of(status) == "UPLOAD_TOO_SLOW");
  CHECK(within(10, [&] { return server.status().memory_bytes() == 0; }));
}

TEST_CASE("a client has its share of memory, cases, sessions and calls, and another finds the rest free") {
  const TlsSetup& own = setup();
  const unsigned port = free_port();
  const TlsServer server(own, {"--max-memory-mib", "64", "--max-cases", "8", "--max-calls", "20", "--client-percent",
                               "50", "--upload-idle-seconds", "60", "--metrics", "127.0.0.1:" + std::to_string(port)});
  const auto greedy = v1::PlanCheckService::NewStub(server.channel(&own.tps));
  const auto honest = v1::PlanCheckService::NewStub(server.channel(&own.planner));

  // Cases, half of which are sessions'.
  std::vector<std::unique_ptr<SessionClient>> sessions;
  std::string name;
  for (int i = 0; i < 2; ++i) {
    name = empty_case(*greedy);
    sessions.push_back(std::make_unique<SessionClient>(*greedy));
  }
  const grpc::Status refused = create_case(*greedy);
  CHECK(refused.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(reason_of(refused) == "TOO_MANY_CASES");
  CHECK(refused.error_message().find("as many as one client may") != std::string::npos);
  CHECK(create_case(*honest).ok());

  // Calls: two are sessions.
  {
    std::vector<std::unique_ptr<Upload>> uploads;
    for (int i = 0; i < 8; ++i) {
      uploads.push_back(std::make_unique<Upload>(*greedy, name, 1024));
      REQUIRE(uploads.back()->send(1));
    }
    REQUIRE(within(
        10, [&] { return value_of(get(port, "/metrics"), "dosegate_client_calls{client=\"tps.example\"}") == 10; }));
    const grpc::Status one_more = create_case(*greedy);
    CHECK(one_more.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
    CHECK(reason_of(one_more) == "TOO_MANY_CALLS");
    CHECK(create_case(*honest).ok());

    // Memory.
    std::size_t taken = 0;
    while (taken < 100 && uploads[taken % 8]->send(1U << 20)) ++taken;
    CHECK(taken < 100);
    CHECK(value_of(get(port, "/metrics"), "dosegate_client_memory_bytes{client=\"tps.example\"}") <= double(32U << 20));
    const auto room = v1::PlanCheckService::NewStub(server.channel(&own.planner));
    (void)make_case(*room, phantom());
    for (auto& upload : uploads) upload->call.TryCancel();
    for (auto& upload : uploads) (void)upload->stream->Finish();
  }
  CHECK(value_of(get(port, "/metrics"), "dosegate_refusals_total{reason=\"TOO_MANY_CASES\"}") == 1);
  CHECK(value_of(get(port, "/metrics"), "dosegate_refusals_total{reason=\"TOO_MANY_CALLS\"}") == 1);
}

TEST_CASE("sessions whose connections are gone give way to new ones, the oldest first") {
  const Server server({"--max-cases", "8"});
  const auto plans = server.plans();
  std::vector<std::string> names;
  for (int i = 0; i < 8; ++i) {
    SessionClient session(*plans);
    names.push_back(session.opened().name());
    session.cancel();
    (void)session.finish();
  }
  CHECK(server.status().sessions() == 8);
  // The connections' ends take a moment to be known.
  REQUIRE(within(10, [&] { return create_case(*plans).ok(); }));
  SessionClient next(*plans);
  CHECK(server.status().cases() == 8);
  CHECK(server.status().sessions() == 7);
  SessionClient::Request::Open resume;
  resume.set_resume(names.back());
  CHECK(SessionClient(*plans, resume).opened().name() == names.back());
  Call call;
  const auto gone = plans->PlanningSession(&call);
  SessionClient::Request request;
  request.mutable_open()->set_resume(names.front());
  gone->Write(request);
  SessionClient::Response response;
  CHECK_FALSE(gone->Read(&response));
  CHECK(reason_of(gone->Finish()) == "NO_SUCH_SESSION");
}

TEST_CASE("sessions with a connection do not give way") {
  const Server server({"--max-cases", "2"});
  const auto plans = server.plans();
  SessionClient first(*plans), second(*plans);
  const grpc::Status refused = create_case(*plans);
  CHECK(reason_of(refused) == "TOO_MANY_CASES");
  first.send_all(phantom());
  CHECK(first.answer().event() == first.event());
}

TEST_CASE("streams that never say a word give way to those who do, and are ended after a while") {
  const Server server({"--max-calls", "32"});
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  std::vector<std::unique_ptr<Call>> calls;
  std::vector<v1::CheckPlanResponse> responses(40);
  std::vector<std::unique_ptr<grpc::ClientWriter<v1::CheckPlanRequest>>> checks;
  std::vector<std::unique_ptr<grpc::ClientReaderWriter<SessionClient::Request, SessionClient::Response>>> sessions;
  for (std::size_t i = 0; i < 40; ++i) {
    if (i % 10 == 0) channels.push_back(connect(server.address(), grpc::InsecureChannelCredentials()));
    const auto plans = v1::PlanCheckService::NewStub(channels.back());
    calls.push_back(std::make_unique<Call>());
    if (i % 2 == 0) {
      checks.push_back(plans->CheckPlan(calls.back().get(), &responses[i]));
    } else {
      sessions.push_back(plans->PlanningSession(calls.back().get()));
    }
  }
  std::this_thread::sleep_for(std::chrono::seconds(2));
  for (int i = 0; i < 5; ++i) {
    const grpc::Status status = check_plan(*server.plans());
    INFO(status.error_message());
    CHECK(status.ok());
  }
  for (auto& check : checks) {
    const grpc::Status status = check->Finish();
    const std::string reason = reason_of(status);
    INFO(status.error_message());
    CHECK((reason == "STREAM_IDLE" || reason == "TOO_MANY_CALLS"));
  }
  for (auto& session : sessions) {
    const std::string reason = reason_of(session->Finish());
    CHECK((reason == "STREAM_IDLE" || reason == "TOO_MANY_CALLS"));
  }
}

TEST_CASE("a client that takes every connection there may be keeps nobody out") {
  const TlsServer server(setup(), {"--max-connections", "32"});
  const auto before = server.channel(&setup().tps);
  const auto plans = v1::PlanCheckService::NewStub(before);
  SessionClient session(*plans);
  std::vector<std::shared_ptr<grpc::Channel>> greedy;
  for (int i = 0; i < 60; ++i) {
    greedy.push_back(server.channel(&setup().planner));
    ask(greedy.back());
  }
  for (int i = 0; i < 10; ++i) {
    const grpc::Status status = ask(server.channel(&setup().tps));
    INFO(status.error_message());
    CHECK(status.ok());
  }
  session.send_all(phantom());
  CHECK(session.answer().event() == session.event());
}

TEST_CASE("calls that are begun on every connection there may be, and say no word, take less than 512 MiB") {
  const Server server({"--max-connections", "256"});  // as over TCP
  const std::string calls = begun_calls("/dosegate.v1.PlanCheckService/CreateCase");
  REQUIRE(server.status().cases() == 0);  // the test's own connection is there first
  std::vector<int> all;
  std::size_t begun = 0;
  for (int i = 0; i < 400; ++i) {
    all.push_back(connect_raw(server.address()));
    if (::send(all.back(), calls.data(), calls.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(calls.size())) ++begun;
  }
  CHECK(begun >= 200);
  std::this_thread::sleep_for(std::chrono::seconds(3));
  if (!e2e::are_sanitized()) {
    const long resident = server.resident_mib();
    CHECK(resident > 200);  // they have been taken
    CHECK(resident < 512);
  }
  const grpc::Status checked = check_plan(*server.plans());
  INFO(checked.error_message());
  CHECK(checked.ok());
  for (const int fd : all) ::close(fd);
}
