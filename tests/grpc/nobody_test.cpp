// Streams that need no right, and clients whose certificate has no name that counts: together they are one client.
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "tests/grpc/generic_call.h"
#include "tests/grpc/http_get.h"
#include "tests/grpc/tls_server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

constexpr const char* kServing = "\x08\x01";

// A stream of the health service for six seconds: DEADLINE_EXCEEDED where the server kept it.
std::future<grpc::StatusCode> watch(const std::shared_ptr<grpc::Channel>& channel) {
  return std::async(std::launch::async, [channel] {
    return call(channel, "/grpc.health.v1.Health/Watch", grpc::ByteBuffer(nullptr, 0), std::chrono::seconds(6))
        .status.error_code();
  });
}

std::size_t count(std::vector<std::future<grpc::StatusCode>>& streams, grpc::StatusCode code) {
  std::size_t count = 0;
  for (auto& stream : streams) count += stream.get() == code ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("streams of the health service, which need no right, are bounded by client, and another client has its own") {
  const TlsSetup& own = setup();
  const TlsServer server(own);
  std::vector<std::future<grpc::StatusCode>> greedy;
  for (int i = 0; i < 40; ++i) greedy.push_back(watch(server.channel(&own.stranger)));
  std::this_thread::sleep_for(std::chrono::seconds(2));
  auto honest = watch(server.channel(&own.tps));
  CHECK(call(server.channel(&own.tps), "/grpc.health.v1.Health/Check").bytes == kServing);
  CHECK(ask(server.channel(&own.tps)).ok());
  int kept = 0, ended = 0;
  for (auto& stream : greedy) {
    const grpc::StatusCode code = stream.get();
    kept += code == grpc::StatusCode::DEADLINE_EXCEEDED ? 1 : 0;
    ended += code == grpc::StatusCode::CANCELLED ? 1 : 0;
  }
  CHECK(kept == 16);
  CHECK(ended == 24);
  CHECK(honest.get() == grpc::StatusCode::DEADLINE_EXCEEDED);  // the client's own: it was kept
  // What was counted has been given back.
  const auto again = watch(server.channel(&own.stranger)).get();
  CHECK(again == grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_CASE(
    "clients whose certificate has no name are one client over TCP, with one share of the health service's streams") {
  const TlsSetup& own = setup();
  const TlsServer server(own, {"--log", "calls"});
  const Identity nobodies[] = {own.authority.issue("tps.example", "URI:spiffe://tps.example/x"),
                               own.authority.issue("tps.example", "email:someone@tps.example"),
                               own.authority.issue("tps.example", "IP:127.0.0.1"),
                               own.authority.issue("tps.example", "DNS:*.example"), own.authority.issue("", "")};
  std::vector<std::future<grpc::StatusCode>> greedy;
  for (const Identity& nobody : nobodies) {
    const auto channel = server.channel(&nobody);
    const grpc::Status status = ask(channel);
    CHECK(reason_of(status) == "RIGHT_MISSING");
    CHECK(status.error_message().find("has no name that counts") != std::string::npos);
    for (int i = 0; i < 10; ++i) greedy.push_back(watch(channel));
  }
  std::this_thread::sleep_for(std::chrono::seconds(2));
  CHECK(call(server.channel(&own.tps), "/grpc.health.v1.Health/Check").bytes == kServing);
  CHECK(count(greedy, grpc::StatusCode::DEADLINE_EXCEEDED) == 16);
  CHECK(server.process().log_with("*nobody*").find(R"("client":"*nobody*")") != std::string::npos);
}

TEST_CASE("over a Unix socket no share keeps the health service's streams from who may enter its folder") {
  const Server server;
  std::vector<std::future<grpc::StatusCode>> all;
  for (int i = 0; i < 24; ++i) all.push_back(watch(server.channel()));
  CHECK(count(all, grpc::StatusCode::DEADLINE_EXCEEDED) == 24);
}

TEST_CASE("connections of clients whose certificate has no name give way before those that have not called yet") {
  const TlsServer server(setup(), {"--max-connections", "48"});
  const Identity nobody = setup().authority.issue("tps.example", "URI:spiffe://tps.example/x");
  std::vector<std::shared_ptr<grpc::Channel>> greedy;
  std::vector<std::future<grpc::StatusCode>> streams;
  for (int i = 0; i < 44; ++i) {  // two give way to each that comes while they are still closing
    greedy.push_back(server.channel(&nobody));
    ask(greedy.back());
    streams.push_back(watch(greedy.back()));
  }
  // As honest ones do that are still in their handshake, these say nothing yet.
  const std::string address = server.process().address();
  const auto port = static_cast<unsigned>(std::stoul(address.substr(address.rfind(':') + 1)));
  std::vector<support::Descriptor> young;
  for (int i = 0; i < 10; ++i) young.push_back(connect_to(port));
  std::this_thread::sleep_for(std::chrono::seconds(1));
  for (const support::Descriptor& connection : young) {
    char byte = 0;
    CHECK(::recv(connection.get(), &byte, 1, MSG_DONTWAIT) == -1);  // neither said anything nor ended
  }
  CHECK(count(streams, grpc::StatusCode::DEADLINE_EXCEEDED) <= 16);
}
