// Rights that change while they are used: what was allowed ends, what cannot be read allows nothing.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/grpc/generic_call.h"
#include "tests/grpc/http_get.h"
#include "tests/grpc/session_client.h"
#include "tests/grpc/tls_server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

constexpr const char* kOnlyGate = R"({"clients": [{"name": "gate.example", "rights": ["APPROVE"]}]})";
constexpr const char* kServing = "\x08\x01";
constexpr const char* kNotServing = "\x08\x02";

template <typename F>
bool becomes(const F& is_so) {
  for (int i = 0; i < 100; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

std::string health(const TlsServer& server, const Identity& who) {
  return call(server.channel(&who), "/grpc.health.v1.Health/Check").bytes;
}

}  // namespace

TEST_CASE("a session whose client's right is taken is ended, and so is an upload and both say why") {
  const TlsSetup own;
  const TlsServer server(own);
  const auto channel = server.channel(&own.tps);
  const auto plans = v1::PlanCheckService::NewStub(channel);
  SessionClient session(*plans);
  session.send_all(phantom());
  (void)session.answer();
  const std::string name = empty_case(*plans);
  Call call;
  v1::UploadDoseResponse uploaded;
  const auto upload = plans->UploadDose(&call, &uploaded);
  v1::UploadDoseRequest part;
  part.mutable_open()->set_name(name);
  *part.mutable_open()->mutable_header() = phantom().dose;
  REQUIRE(upload->Write(part));

  replace(own.rights, kOnlyGate);
  // It is not the client that has to say something.
  CHECK_FALSE(session.next());
  const grpc::Status ended = session.finish();
  CHECK(ended.error_code() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(reason_of(ended) == "RIGHT_MISSING");
  *part.mutable_chunk() = phantom().chunks().front();
  upload->Write(part);
  const grpc::Status refused = upload->Finish();
  CHECK(refused.error_code() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(server.process().log_with("its client has no right any more").find("tps.example") != std::string::npos);

  // Given back in time, the session goes on.
  replace(own.rights, kRights);
  REQUIRE(becomes([&] { return ask(channel).ok(); }));
  SessionClient::Request::Open resume;
  resume.set_resume(session.opened().name());
  SessionClient again(*plans, resume);
  CHECK(again.opened().name() == session.opened().name());
}

TEST_CASE("a file of rights that is broken or gone takes all rights, in log, metrics and health, until it is mended") {
  for (const bool is_deleted : {false, true}) {
    INFO((is_deleted ? "deleted" : "broken"));
    const TlsSetup own;
    const unsigned port = free_port();
    const TlsServer server(own, {"--metrics", "127.0.0.1:" + std::to_string(port)});
    const auto channel = server.channel(&own.tps);
    REQUIRE(ask(channel).ok());
    CHECK(health(server, own.tps) == kServing);
    CHECK(value_of(get(port, "/metrics"), "dosegate_rights_usable") == 1);
    const auto plans = v1::PlanCheckService::NewStub(channel);
    SessionClient session(*plans);

    if (is_deleted) {
      std::filesystem::remove(own.rights);
    } else {
      replace(own.rights, R"({"clients": [)");
    }
    REQUIRE(becomes([&] { return !ask(channel).ok(); }));
    const grpc::Status refused = ask(channel);
    CHECK(refused.error_code() == grpc::StatusCode::PERMISSION_DENIED);
    CHECK(reason_of(refused) == "RIGHTS_UNUSABLE");
    CHECK(reason_of(ask(server.channel(&own.admin))) == "RIGHTS_UNUSABLE");
    CHECK(becomes([&] { return health(server, own.tps) == kNotServing; }));
    CHECK(value_of(get(port, "/metrics"), "dosegate_rights_usable") == 0);
    CHECK_FALSE(session.next());
    CHECK(reason_of(session.finish()) == "RIGHTS_UNUSABLE");
    CHECK(server.process().log_with("nobody has a right").find(R"("level":"error")") != std::string::npos);

    replace(own.rights, kRights);
    CHECK(becomes([&] { return ask(channel).ok(); }));
    CHECK(becomes([&] { return health(server, own.tps) == kServing; }));
    CHECK(value_of(get(port, "/metrics"), "dosegate_rights_usable") == 1);
  }
}

TEST_CASE("a key that is there twice in the file of rights is refused however it is written, never merged") {
  const char* const texts[] = {
      R"({"clients": [{"name": "a", "rights": ["CHECK"]}], "clients": [{"name": "b", "rights": ["CHECK"]}]})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"], "rights": ["ADMINISTER"]}]})",
      R"({"clients": [{"name": "a", "name": "b", "rights": ["CHECK"]}]})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"], "r\u0069ghts": ["ADMINISTER"]}]})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"]}], "\u0063lients": []})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"]}, {"name": "a", "rights": ["ADMINISTER"]}]})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"]}, {"name": "\u0061", "rights": ["ADMINISTER"]}]})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"]}, {"name": "A", "rights": ["ADMINISTER"]}]})",
      R"({"clients": [{"name": "a", "rights": ["CHECK", "CHECK"]}]})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"]}]} {"clients": []})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"]}], "Clients": []})",
      R"({"clients": [{"name": "a", "n\ame": "b", "rights": ["CHECK"]}]})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"], "r\ights": ["ADMINISTER"]}]})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"]}], "\clients": []})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"]}], "\x63lients": []})",
      R"({"clients": [{"name": "a", "rights": ["CHECK"], "rights": null}]})",
  };
  for (const char* text : texts) {
    INFO(text);
    const TlsSetup own;
    replace(own.rights, text);
    e2e::RunOptions options;
    options.seconds = 20;
    std::vector<std::string> arguments = own.arguments();
    arguments.insert(arguments.begin(), {"--listen", "127.0.0.1:0"});
    const e2e::Outcome outcome = e2e::run(arguments, options, grpc_program());
    INFO(outcome.err);
    CHECK(outcome.exit_code == 3);
    CHECK(outcome.error_lines() == 1);
    CHECK(outcome.err.find(own.rights) != std::string::npos);
  }
}

TEST_CASE(
    "only a DNS name of the certificate is the client: no URI, no e-mail address, no IP, no common name beside them") {
  const TlsSetup own;
  const TlsServer server(own);
  const auto check = [&](const char* alternatives, bool is_let_in) {
    INFO(alternatives);
    const Identity who = own.authority.issue("tps.example", alternatives);
    const grpc::Status status = ask(server.channel(&who));
    INFO(status.error_message());
    CHECK(status.ok() == is_let_in);
    if (!is_let_in) CHECK(status.error_code() == grpc::StatusCode::PERMISSION_DENIED);
  };
  check("", true);  // the common name, where nothing else is there
  check("DNS:tps.example", true);
  check("DNS:other.example,DNS:tps.example", true);
  check("URI:tps.example", false);
  check("email:tps.example", false);
  check("email:someone@tps.example", false);
  check("IP:127.0.0.1", false);
  check("URI:spiffe://tps.example/x", false);
  check("URI:tps.example,DNS:other.example", false);
  check("DNS:*.example", false);
  check("otherName:1.2.3.4;UTF8:tps.example", false);
  check("RID:1.2.3.4", false);
}

TEST_CASE("a pipe in the place of the file of rights or of a certificate is refused at once and holds nobody up") {
  const TlsSetup own;
  const TlsServer server(own);
  const auto channel = server.channel(&own.tps);
  REQUIRE(ask(channel).ok());
  const auto to_pipe = [](const std::string& path) {
    std::filesystem::remove(path);
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  };
  SECTION("of rights: it takes all rights") {
    to_pipe(own.rights);
    CHECK(becomes([&] { return reason_of(ask(channel)) == "RIGHTS_UNUSABLE"; }));
    CHECK_FALSE(server.process().log_with("is no regular file").empty());
    std::filesystem::remove(own.rights);
    replace(own.rights, kRights);
    CHECK(becomes([&] { return ask(channel).ok(); }));
  }
  SECTION("of a key: rights are still looked after") {
    to_pipe(own.server.key);
    CHECK(server.process().log_with("is no regular file").find(own.server.key) != std::string::npos);
    replace(own.rights, kOnlyGate);
    CHECK(becomes([&] { return reason_of(ask(channel)) == "RIGHT_MISSING"; }));
  }
}
