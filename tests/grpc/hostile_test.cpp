// Clients that mean harm: what they cost is bounded, and others are served meanwhile.
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/grpc/generic_call.h"
#include "tests/grpc/server.h"
#include "tests/grpc/tls_server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

// The largest resident set that the process has had, MiB.
long peak_mib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib / 1024;
  }
  return -1;
}

std::ptrdiff_t descriptors(pid_t pid) {
  namespace fs = std::filesystem;
  return std::distance(fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd"), fs::directory_iterator());
}

grpc::Status check_case(v1::PlanCheckService::Stub& plans, const std::string& name, v1::Report::Verdict verdict) {
  Call call;
  v1::CheckCaseRequest request;
  request.set_name(name);
  v1::CheckCaseResponse response;
  const grpc::Status status = plans.CheckCase(&call, request, &response);
  if (status.ok()) CHECK(response.report().verdict() == verdict);
  return status;
}

template <typename F>
bool within(int seconds, const F& is_so) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

// A length-delimited field (protobuf.dev, "Encoding"); `tag` is its number and kind.
std::string part(const std::string& tag, const std::string& content) {
  std::string all = tag;
  std::size_t length = content.size();
  for (; length >= 128; length /= 128) all += static_cast<char>(length % 128 | 128);
  return all + static_cast<char>(length) + content;
}

// Empty ones: `tag` and a length of 0, or what `tag` has of two bytes itself.
std::string many_parts(const std::string& tag, std::size_t bytes) {
  const std::string one = tag.size() > 1 ? tag : tag + std::string(1, '\0');
  std::string all;
  all.reserve(bytes);
  while (all.size() + one.size() <= bytes) all += one;
  return all;
}

}  // namespace

TEST_CASE("a message of 2 GB is refused, whatever it calls, and takes no 2 GB of memory") {
  const Server server;
  const std::string name = make_case(*server.plans(), phantom());
  const long before = peak_mib(server.pid());
  REQUIRE(before > 0);
  {
    // The client has no 2 GB either: all slices are one.
    const grpc::Slice block(std::string(std::size_t{1} << 20, 'x'));
    const std::vector<grpc::Slice> slices(2048, block);
    const grpc::ByteBuffer message(slices.data(), slices.size());
    for (const char* method : {"SetStructures", "UploadDose", "PlanningSession"}) {
      const auto channel = connect(server.address(), grpc::InsecureChannelCredentials());
      const Answer answer = call(channel, std::string("/dosegate.v1.PlanCheckService/") + method, message);
      WARN(method << ": " << answer.status.error_code() << " " << answer.status.error_message()
                  << ", the server's peak " << peak_mib(server.pid()) << " MiB, before " << before << " MiB");
      CHECK(answer.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
    }
  }
  CHECK(peak_mib(server.pid()) - before < 1536);
  CHECK(check_case(*server.plans(), name, v1::Report::PASS).ok());
}

TEST_CASE("who has no right is refused before the request is read, whatever it would take when it is") {
  const TlsServer server(setup());
  const long before = peak_mib(server.process().pid());
  const Answer answer = call(server.channel(&setup().stranger), "/dosegate.v1.PlanCheckService/SetPlan",
                             part("\x12", many_parts("\x42", 31U << 20)));
  CHECK(answer.status.error_code() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(peak_mib(server.process().pid()) - before < 256);  // of beams it would be 2.5 GB
}

TEST_CASE("a message of very many parts is refused before it is read, whatever it calls and however deep they lie") {
  const Server server;
  const long before = peak_mib(server.pid());
  constexpr std::size_t kBytes = 8U << 20;
  // Field numbers as in proto/dosegate/v1: empty messages, unknown fields, which are kept, and unknown groups.
  const std::vector<std::pair<std::string, std::string>> requests = {
      {"PlanCheckService/SetPlan", part("\x12", many_parts("\x42", kBytes))},
      {"PlanCheckService/SetStructures", many_parts("\x12", kBytes)},
      {"PlanCheckService/SetStructures", part("\x12", many_parts("\x2a", kBytes))},
      {"PlanCheckService/CreateCase", many_parts("\x7a", kBytes)},
      {"PlanCheckService/DeleteCase", many_parts("\x7b\x7c", kBytes)},
      {"PlanCheckService/CheckCase", many_parts("\x7a", kBytes)},
      {"PlanCheckService/CheckPlan", part("\x0a", part("\x1a", many_parts("\x42", kBytes)))},
      {"PlanCheckService/UploadDose", many_parts("\x7a", kBytes)},
      {"PlanCheckService/PlanningSession", part("\x12", many_parts("\x7a", kBytes))},
      {"PlanCheckService/PlanningSession", many_parts("\x0a", kBytes)},  // of another kind than the schema's
      {"PlanCheckService/FollowSessions", many_parts("\x7a", kBytes)},
      {"ProtocolService/GetProtocol", many_parts("\x7a", kBytes)},
      {"AdministrationService/EvictCase", many_parts("\x7a", kBytes)}};
  for (const auto& [method, request] : requests) {
    INFO(method);
    const auto channel = connect(server.address(), grpc::InsecureChannelCredentials());
    const Answer answer = call(channel, "/dosegate.v1." + method, request);
    CHECK(answer.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
    CHECK(reason_of(answer.status) == "MESSAGE_TOO_LARGE");
  }
  WARN("resident at most " << peak_mib(server.pid()) << " MiB, before " << before << " MiB");
  CHECK(peak_mib(server.pid()) - before < 256);
  CHECK(report_of(*server.plans(), make_case(*server.plans(), phantom())).find("PASS") != std::string::npos);
}

TEST_CASE("a message that is packed by gRPC is refused before it is unpacked, to whatever size") {
  const Server server;
  const long before = peak_mib(server.pid());
  for (const grpc_compression_algorithm packed : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    Call context;
    context.set_compression_algorithm(packed);
    v1::ValidateProtocolRequest request;
    request.set_protocol_json(std::string(std::size_t{192} << 20, ' '));  // some 200 KB on the wire
    v1::ValidateProtocolResponse response;
    const grpc::Status status = server.protocols()->ValidateProtocol(&context, request, &response);
    INFO(status.error_message());
    CHECK(status.error_code() == grpc::StatusCode::UNIMPLEMENTED);
  }
  CHECK(peak_mib(server.pid()) - before < 96);
}

TEST_CASE("what is no message of the method is refused, and says so") {
  const Server server;
  for (const char* method : {"SetPlan", "CheckCase", "CheckPlan", "PlanningSession", "FollowSessions", "DeleteCase"}) {
    for (const std::string& bytes : {std::string("\x0a\x7fshort"), std::string("\x0f"), std::string(3, '\xff')}) {
      INFO(method);
      const Answer answer = call(server.channel(), std::string("/dosegate.v1.PlanCheckService/") + method, bytes);
      CHECK(answer.status.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
      CHECK(reason_of(answer.status) == "UNREADABLE");
    }
  }
}

TEST_CASE("sixty-four clients that send large doses at once all get through") {
  const Server server;
  const auto plans = server.plans();
  const std::string name = empty_case(*plans);
  v1::DoseHeader header = phantom().dose;
  constexpr unsigned kSide = 128, kPlanes = 32;  // 4 MiB
  header.set_columns(kSide);
  header.set_rows(kSide);
  header.set_planes(kPlanes);
  header.clear_plane_offsets_mm();
  for (unsigned plane = 0; plane < kPlanes; ++plane) header.add_plane_offsets_mm(plane);
  header.mutable_values()->set_type(v1::DoseValues::FLOAT64);
  header.mutable_values()->set_size_bytes(8UL * kSide * kSide * kPlanes);
  header.mutable_values()->clear_chunk_bytes();
  // Not that of the values: each upload comes to its end, and the case takes no memory for any.
  header.mutable_values()->set_sha256(std::string(64, '0'));
  std::vector<v1::DoseChunk> chunks(4);
  for (std::size_t n = 0; n < chunks.size(); ++n) {
    chunks[n].set_offset_bytes(n << 20);
    chunks[n].set_data(std::string(std::size_t{1} << 20, '\0'));
  }
  std::vector<grpc::Status> statuses(64);
  std::vector<std::thread> clients;
  const auto begun = std::chrono::steady_clock::now();
  for (grpc::Status& status : statuses) {
    clients.emplace_back([&] {
      const auto channel = connect(server.address(), grpc::InsecureChannelCredentials());
      status = upload(*v1::PlanCheckService::NewStub(channel), name, header, chunks);
    });
  }
  for (std::thread& client : clients) client.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  WARN("64 uploads of 4 MiB took " << took.count() << " s, the server's peak " << peak_mib(server.pid()) << " MiB");
  for (const grpc::Status& status : statuses) {
    INFO(status.error_code() << " " << status.error_message());
    CHECK(reason_of(status) == "SHA256_MISMATCH");
  }
}

TEST_CASE("a stream that is left open is ended, and what it had taken is given back") {
  // All at once, and long enough that a busy machine sees what they take before they are ended.
  const Server server({"--upload-idle-seconds", "8"});
  const auto plans = server.plans();
  const std::string name = empty_case(*plans);
  const v1::DoseChunk chunk = phantom().chunks().front();

  Call of_dose, of_plan, of_nothing;
  v1::UploadDoseResponse uploaded;
  v1::CheckPlanResponse checked, never;
  const auto dose = plans->UploadDose(&of_dose, &uploaded);
  v1::UploadDoseRequest part;
  part.mutable_open()->set_name(name);
  *part.mutable_open()->mutable_header() = phantom().dose;
  REQUIRE(dose->Write(part));
  *part.mutable_chunk() = chunk;
  REQUIRE(dose->Write(part));
  CHECK(within(10, [&] { return server.status().memory_bytes() >= chunk.data().size(); }));
  const std::uint64_t of_the_dose = server.status().memory_bytes();

  const auto plan = plans->CheckPlan(&of_plan, &checked);
  v1::CheckPlanRequest request;
  *request.mutable_open()->mutable_plan() = phantom().plan;
  REQUIRE(plan->Write(request));
  for (const v1::Structure& structure : phantom().structures) {
    *request.mutable_structure() = structure;
    REQUIRE(plan->Write(request));
  }
  *request.mutable_dose() = phantom().dose;
  REQUIRE(plan->Write(request));
  CHECK(within(10, [&] { return server.status().memory_bytes() > of_the_dose; }));

  const auto nothing = plans->CheckPlan(&of_nothing, &never);  // from the first moment on
  for (const grpc::Status& status : {dose->Finish(), plan->Finish(), nothing->Finish()}) {
    INFO(status.error_message());
    CHECK(status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
    CHECK(reason_of(status) == "STREAM_IDLE");
  }
  CHECK(within(10, [&] { return server.status().memory_bytes() == 0; }));
}

TEST_CASE("a thousand connections that say nothing or garbage hold up nobody, and are let go") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  if (limit.rlim_max < 2048) {
    WARN("skipped: a process may have " << limit.rlim_max << " descriptors here");
    return;
  }
  const Server server;
  const auto plans = server.plans();
  const std::string name = make_case(*plans, phantom());
  REQUIRE(check_case(*plans, name, v1::Report::PASS).ok());
  const std::ptrdiff_t before = descriptors(server.pid());
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  const std::string garbage[] = {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", std::string(1000, '\xff'), preface,
                                 preface + std::string(100, '\x7f'), preface + std::string(9, '\0')};
  std::vector<int> connections;
  for (std::size_t n = 0; n < 1000; ++n) {
    connections.push_back(connect_raw(server.address()));
    if (n % 2 == 0) continue;
    const std::string& text = garbage[n / 2 % std::size(garbage)];
    [[maybe_unused]] const auto sent = ::send(connections.back(), text.data(), text.size(), MSG_NOSIGNAL);
  }
  const auto begun = std::chrono::steady_clock::now();
  constexpr int kChecks = 20;
  for (int i = 0; i < kChecks; ++i) {
    // A new connection now and then; a change, so that the engine has to check.
    const auto channel = connect(server.address(), grpc::InsecureChannelCredentials());
    const auto newcomer = v1::PlanCheckService::NewStub(channel);
    v1::PlanCheckService::Stub& stub = i % 2 == 0 ? *plans : *newcomer;
    Call setting;
    v1::SetPlanRequest request;
    request.set_name(name);
    *request.mutable_plan() = phantom().plan;
    v1::SetPlanResponse response;
    REQUIRE(stub.SetPlan(&setting, request, &response).ok());
    CHECK(check_case(stub, name, v1::Report::PASS).ok());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  WARN(kChecks << " checks beside 1,000 connections took " << took.count() << " s; the server has "
               << descriptors(server.pid()) << " descriptors, " << before << " before, peak " << peak_mib(server.pid())
               << " MiB");
  // The server lets go of those who have not said a sensible word, before they do.
  CHECK(within(60, [&] { return descriptors(server.pid()) <= before + 10; }));
  for (const int fd : connections) ::close(fd);
  CHECK(check_case(*plans, name, v1::Report::PASS).ok());
}
