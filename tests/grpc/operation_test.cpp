// What those who run a server see and do: its log, its metrics, health, reflection, administration, its parent.
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>

#include "tests/grpc/generic_call.h"
#include "tests/grpc/http_get.h"
#include "tests/grpc/session_client.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

std::vector<boost::json::object> lines_of(const std::string& log) {
  std::vector<boost::json::object> all;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) all.push_back(boost::json::parse(line).as_object());
  return all;
}

std::string text_of(const boost::json::object& line, const char* key) {
  return std::string(line.at(key).as_string().c_str());
}

// Of calls of `method`, in their order.
std::vector<boost::json::object> calls_of(const std::string& log, const std::string& method) {
  std::vector<boost::json::object> all;
  for (boost::json::object& line : lines_of(log)) {
    if (text_of(line, "event") == "call" && text_of(line, "method") == "/dosegate.v1." + method) all.push_back(line);
  }
  return all;
}

std::uint64_t memory_of_cases(const Server& server) {
  Call call;
  v1::ListCasesResponse cases;
  REQUIRE(server.administration()->ListCases(&call, {}, &cases).ok());
  std::uint64_t sum = 0;
  for (const auto& listed : cases.cases()) sum += listed.memory_bytes();
  return sum;
}

grpc::Status ask_dvh(const Server& server, const std::string& name, const std::string& roi, const std::string& metric) {
  Call call;
  v1::GetDvhRequest request;
  request.set_name(name);
  request.mutable_request()->add_rois(roi);
  request.mutable_request()->add_metrics(metric);
  v1::GetDvhResponse response;
  return server.plans()->GetDvh(&call, request, &response);
}

}  // namespace

TEST_CASE("a server ends with the process that started it, however that ends, and takes its socket away") {
  const e2e::TemporaryFolder folder;
  const std::string socket = (folder / "s/socket").string();
  const Running shell =
      start({"/bin/sh", "-c",
             std::string("'") + grpc_program() + "' --listen 'unix:" + socket + "' --parent --drain-seconds 1 & wait"});
  REQUIRE(read_line(shell.out) == "dosegate-grpc dosegate.v1 unix:" + socket);
  CHECK(std::filesystem::exists(socket));
  REQUIRE(::kill(shell.pid, SIGKILL) == 0);
  (void)exit_code_of(shell.pid);
  const auto killed = std::chrono::steady_clock::now();
  // The server's end of the pipe was the last one.
  CHECK(read_line(shell.out).empty());
  CHECK(std::chrono::steady_clock::now() - killed < std::chrono::seconds(20));
  ::close(shell.out);
  CHECK_FALSE(std::filesystem::exists(socket));
}

TEST_CASE("a server whose parent cannot be told its address ends, and says why") {
  const e2e::TemporaryFolder folder;
  const std::string socket = (folder / "s/socket").string();
  e2e::RunOptions options;
  options.stdout_path = "/dev/full";
  const e2e::Outcome outcome = e2e::run({"--listen", "unix:" + socket, "--parent"}, options, grpc_program());
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.err.find("--parent: the address cannot be told") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(socket));
}

TEST_CASE("metrics are read beside connections that say nothing") {
  const unsigned port = free_port();
  const Server server({"--metrics", "127.0.0.1:" + std::to_string(port)});
  std::vector<support::Descriptor> silent;
  for (int i = 0; i < 6; ++i) silent.push_back(connect_to(port));
  CHECK(value_of(get(port, "/metrics"), "dosegate_cases") == 0);
}

TEST_CASE("metrics are read within two seconds beside any number of connections that drip their requests") {
  const unsigned port = free_port();
  const Server server({"--metrics", "127.0.0.1:" + std::to_string(port)});
  std::vector<support::Descriptor> slow;
  std::size_t ended = 0;
  const auto drip = [&](const support::Descriptor& connection, const std::string& bytes) {
    return ::send(connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
  };
  for (int i = 0; i < 60; ++i) {
    slow.push_back(connect_to(port));
    drip(slow.back(), "GET /metrics HTTP/1.1\r\nX: ");
  }
  for (int round = 0; round < 4; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    CHECK(value_of(get(port, "/metrics"), "dosegate_cases") == 0);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
    std::this_thread::sleep_for(std::chrono::milliseconds(800));
    ended = 0;
    for (const support::Descriptor& connection : slow) ended += drip(connection, "a") ? 0 : 1;
  }
  CHECK(ended == slow.size());  // however long they drip
  CHECK(get(port, "/").rfind("HTTP/1.1 404", 0) == 0);
}

TEST_CASE("metrics are served as Prometheus reads them, to this machine only, and change with the calls") {
  const unsigned port = free_port();
  const std::string address = "127.0.0.1:" + std::to_string(port);
  const Server server({"--metrics", address});
  std::string metrics = get(port, "/metrics");
  INFO(metrics);
  CHECK(metrics.rfind("HTTP/1.1 200", 0) == 0);
  CHECK(value_of(metrics, "dosegate_cases") == 0);
  CHECK(value_of(metrics, "dosegate_memory_bytes") == 0);
  CHECK(value_of(metrics, "dosegate_memory_limit_bytes") == double(std::size_t{2048} << 20));

  const std::string name = make_case(*server.plans(), phantom());
  SessionClient session(*server.plans());
  CHECK_FALSE(ask_dvh(server, "cases/none", "Liver", "Mean[Gy]").ok());
  CHECK_FALSE(call(server.channel(), "/nobody.Serves/This").status.ok());
  metrics = get(port, "/metrics");
  INFO(metrics);
  CHECK(metrics.find("# TYPE dosegate_calls_total counter") != std::string::npos);
  CHECK(value_of(metrics, "dosegate_cases") == 2);
  CHECK(value_of(metrics, "dosegate_sessions") == 1);
  CHECK(value_of(metrics, "dosegate_memory_bytes") > 1e6);
  const std::string of_service = "{code=\"OK\",method=\"/dosegate.v1.PlanCheckService/";
  CHECK(value_of(metrics, "dosegate_calls_total" + of_service + "CreateCase\"}") == 1);
  CHECK(value_of(metrics, "dosegate_calls_total" + of_service + "UploadDose\"}") == 1);
  CHECK(value_of(metrics, "dosegate_calls_total{code=\"NOT_FOUND\",method=\"/dosegate.v1.PlanCheckService/GetDvh\"}") ==
        1);
  CHECK(value_of(metrics, "dosegate_call_seconds_count{method=\"/dosegate.v1.PlanCheckService/UploadDose\"}") == 1);
  CHECK(metrics.find("nobody") == std::string::npos);

  e2e::RunOptions options;
  options.seconds = 20;
  const e2e::TemporaryFolder folder;
  const std::string socket = "unix:" + (folder / "s/socket").string();
  for (const std::string& refused : {std::string("0.0.0.0:") + std::to_string(free_port()), std::string("[::]:9464"),
                                     std::string("9464"), std::string("localhost:9464"), address}) {
    INFO(refused);
    const e2e::Outcome outcome = e2e::run({"--listen", socket, "--metrics", refused}, options, grpc_program());
    INFO(outcome.err);
    CHECK(outcome.exit_code == 3);
    CHECK(outcome.error_lines() == 1);
    CHECK(outcome.err.find("--metrics") != std::string::npos);
  }
}

TEST_CASE("the log has one line of JSON a call, and names no patient and no structure unless that is asked for") {
  for (const bool with_messages : {false, true}) {
    std::vector<std::string> arguments = {"--log", "calls"};
    if (with_messages) arguments.emplace_back("--log-messages");
    const Server server(arguments);
    const std::string name = make_case(*server.plans(), phantom());
    CHECK(ask_dvh(server, name, phantom().structures[0].name(), "Mean[Gy]").ok());
    const grpc::Status refused = ask_dvh(server, name, "Structure of Jane Doe", "Mean[Gy]");
    REQUIRE_FALSE(refused.ok());
    REQUIRE(refused.error_message().find("Jane Doe") != std::string::npos);
    CHECK_FALSE(ask_dvh(server, "cases/Jane Doe", "Liver", "Mean[Gy]").ok());
    const std::string log = server.log_with("NO_SUCH_CASE");
    INFO(log);
    const auto lines = lines_of(log);
    REQUIRE(lines.size() == 8);
    CHECK(text_of(lines.front(), "event") == "serving");
    CHECK(text_of(lines.front(), "address") == server.address());
    for (const boost::json::object& line : lines) {
      CHECK(line.at("time").as_string().size() == 24);
      CHECK(text_of(line, "level") == "info");
    }
    CHECK(calls_of(log, "PlanCheckService/CreateCase").size() == 1);
    CHECK(calls_of(log, "PlanCheckService/SetPlan").size() == 1);
    CHECK(calls_of(log, "PlanCheckService/SetStructures").size() == 1);
    CHECK(calls_of(log, "PlanCheckService/UploadDose").size() == 1);
    const auto dvhs = calls_of(log, "PlanCheckService/GetDvh");
    REQUIRE(dvhs.size() == 3);
    CHECK(text_of(dvhs[0], "code") == "OK");
    CHECK(dvhs[0].at("ms").as_double() > 0);
    CHECK_FALSE(dvhs[0].contains("reason"));
    CHECK(text_of(dvhs[1], "code") != "OK");
    CHECK(text_of(dvhs[1], "reason") == reason_of(refused));
    CHECK(text_of(dvhs[2], "reason") == "NO_SUCH_CASE");
    CHECK((log.find("Jane Doe") != std::string::npos) == with_messages);
    CHECK(log.find(phantom().structures[0].name()) == std::string::npos);
  }
  const Server quiet;
  CHECK_FALSE(ask_dvh(quiet, "cases/none", "Liver", "Mean[Gy]").ok());
  CHECK(quiet.log().empty());
}

TEST_CASE("health is told as grpc.health.v1, and reflection only where it is asked for") {
  const std::string list_services = "\x3a\x01*";  // list_services: "*"
  const std::string reflect = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  const Server plain, open({"--reflection"});
  for (const Server* server : {&plain, &open}) {
    const Answer healthy = call(server->channel(), "/grpc.health.v1.Health/Check");
    CHECK(healthy.status.ok());
    CHECK(healthy.bytes == "\x08\x01");  // status: SERVING
    const Answer unknown = call(server->channel(), "/grpc.health.v1.Health/Check", "\x0a\x03non");
    CHECK(unknown.status.error_code() == grpc::StatusCode::NOT_FOUND);
  }
  CHECK(call(plain.channel(), reflect, list_services).status.error_code() == grpc::StatusCode::UNIMPLEMENTED);
  const Answer services = call(open.channel(), reflect, list_services);
  CHECK(services.status.ok());
  for (const char* service : {"PlanCheckService", "ProtocolService", "AdministrationService"}) {
    CHECK(services.bytes.find(std::string("dosegate.v1.") + service) != std::string::npos);
  }
}

TEST_CASE("whoever runs the server sees what it holds, and ends a case or a session's case") {
  const Server server({"--max-cases", "7", "--max-memory-mib", "1000"});
  const auto plans = server.plans();
  v1::GetServerStatusResponse status = server.status();
  CHECK(status.engine_version().find('.') != std::string::npos);
  CHECK(status.cases() == 0);
  CHECK(status.most_cases() == 7);
  CHECK(status.sessions() == 0);
  CHECK(status.memory_bytes() == 0);
  CHECK(status.most_memory_bytes() == std::uint64_t{1000} << 20);

  const std::string name = make_case(*plans, phantom());
  SessionClient session(*plans);
  // An upload gives back what it had taken a moment after it was answered.
  for (int i = 0; i < 100 && server.status().memory_bytes() != memory_of_cases(server); ++i) ::usleep(50'000);
  status = server.status();
  CHECK(status.cases() == 2);
  CHECK(status.sessions() == 1);
  CHECK(status.memory_bytes() > phantom().values.size());

  Call listing;
  v1::ListCasesResponse cases;
  REQUIRE(server.administration()->ListCases(&listing, {}, &cases).ok());
  REQUIRE(cases.cases_size() == 2);
  CHECK(cases.cases(0).name() < cases.cases(1).name());
  for (const auto& listed : cases.cases()) {
    CHECK(listed.owner().empty());
    CHECK(listed.idle_seconds() >= 0);
    CHECK(listed.idle_seconds() < 60);
    CHECK(listed.memory_bytes() == (listed.name() == name ? status.memory_bytes() : 0));
  }

  const auto evict = [&](const std::string& what) {
    Call call;
    v1::EvictCaseRequest request;
    request.set_name(what);
    v1::EvictCaseResponse response;
    return server.administration()->EvictCase(&call, request, &response);
  };
  REQUIRE(evict(name).ok());
  CHECK(reason_of(ask_dvh(server, name, "Liver", "Mean[Gy]")) == "NO_SUCH_CASE");
  CHECK(evict(name).error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(reason_of(evict("cases/none")) == "NO_SUCH_CASE");

  REQUIRE(evict(session.opened().case_name()).ok());
  CHECK_FALSE(session.next());
  const grpc::Status ended = session.finish();
  CHECK(ended.error_code() == grpc::StatusCode::ABORTED);
  CHECK(reason_of(ended) == "EVICTED");
  Call resuming;
  const auto again = plans->PlanningSession(&resuming);
  v1::PlanningSessionRequest request;
  request.mutable_open()->set_resume(session.opened().name());
  again->Write(request);
  v1::PlanningSessionResponse response;
  CHECK_FALSE(again->Read(&response));
  CHECK(reason_of(again->Finish()) == "NO_SUCH_SESSION");

  for (int i = 0; i < 100 && server.status().memory_bytes() != 0; ++i) ::usleep(50'000);
  status = server.status();
  CHECK(status.cases() == 0);
  CHECK(status.sessions() == 0);
  CHECK(status.memory_bytes() == 0);
}
