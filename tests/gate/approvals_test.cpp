// dosegate-approvals, end to end: what it answers, what it refuses, and how it ends.
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "adapters/cli/documents.h"
#include "adapters/gate/dsse.h"
#include "dosegate/v1/approval.grpc.pb.h"
#include "tests/gate/site.h"
#include "tests/grpc/certificates.h"

extern char** environ;  // NOLINT: POSIX

using namespace dosegate::gate_test;
using dosegate::e2e::read_file;
using v1Response = dosegate::v1::ApproveResponse;
namespace v1 = dosegate::v1;

namespace {

// A clinic whose ledger knows the report on one plan, and the server.
class Served {
 public:
  // `more`: of a server on TCP, its certificates and rights; empty: on a Unix socket.
  explicit Served(std::vector<std::string> more = {}) : more_(std::move(more)) {
    plan = site.phantom("pass");
    policy = site.policy("policy");
    report = site.report(plan, "report");
    REQUIRE(site.approve(plan, policy, "first").exit_code == 0);
    start();
  }
  ~Served() { end(SIGKILL); }

  void start() {
    const std::string socket = more_.empty() ? "unix:" + site / "socket" : "127.0.0.1:0";
    std::vector<std::string> line = {dosegate::e2e::built_program(DOSEGATE_APPROVALS),
                                     "--listen",
                                     socket,
                                     "--policy",
                                     policy,
                                     "--key",
                                     site.private_key(9),
                                     "--ledger",
                                     site.ledger()};
    line.insert(line.end(), more_.begin(), more_.end());
    std::vector<char*> argv;
    for (std::string& text : line) argv.push_back(text.data());
    argv.push_back(nullptr);
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    REQUIRE(::posix_spawn_file_actions_init(&actions) == 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    REQUIRE(::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string said;
    char c = 0;
    while (::read(ends[0], &c, 1) == 1 && c != '\n') said += c;
    ::close(ends[0]);
    const std::string before = "dosegate-approvals dosegate.v1 ";
    REQUIRE(said.rfind(before + socket.substr(0, socket.size() - (more_.empty() ? 0 : 1)), 0) == 0);
    address = said.substr(before.size());
    if (!more_.empty()) return;
    REQUIRE(address == socket);
    stub_ = v1::ApprovalService::NewStub(grpc::CreateChannel(socket, grpc::InsecureChannelCredentials()));
  }

  int end(int signal) {
    if (pid_ <= 0) return -1;
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  v1::ApproveRequest request() const {
    v1::ApproveRequest made;
    made.add_report_jsons(read_file(report));
    v1::Report read;
    REQUIRE(dosegate::cli::read_document(made.report_jsons(0), read) == "");
    *made.mutable_inputs() = read.inputs();
    return made;
  }

  grpc::Status ask(const v1::ApproveRequest& request, v1Response& response) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    return stub_->Approve(&context, request, &response);
  }

  Site site;
  std::string plan, policy, report, address;

 private:
  const std::vector<std::string> more_;
  std::unique_ptr<v1::ApprovalService::Stub> stub_;
  pid_t pid_ = -1;
};

// The statement, without when it was decided and where it stands.
std::string undated(const std::string& envelope) {
  std::string text = dosegate::gate::Envelope::read(envelope).payload;
  const std::size_t at = text.find("\"decidedAt\":\""), place = text.find(",\"ledger\":{");
  REQUIRE(at != std::string::npos);
  REQUIRE(place != std::string::npos);
  return text.substr(0, at) + text.substr(at + 34, place - at - 34);
}

}  // namespace

TEST_CASE("approvals: a report that the ledger knows is decided on as dosegate approve decides",
          "[gate][e2e][approvals]") {
  Served served;
  v1Response response;
  const grpc::Status status = served.ask(served.request(), response);
  INFO(status.error_message() << response.ShortDebugString());
  REQUIRE(status.ok());
  CHECK(response.outcome() == v1Response::APPROVED);
  dosegate::e2e::write_file(served.site / "decision", response.decision());
  CHECK(served.site.verify("decision", {served.plan, "--approved"}).exit_code == 0);
  REQUIRE(served.site.approve(served.plan, served.policy, "with-files", {"--report", served.report}).exit_code == 0);
  CHECK(undated(response.decision()) == undated(read_file(served.site / "with-files")));
  CHECK(served.site.verify_ledger({"--witness", served.site / "decision"}).exit_code == 0);
  CHECK(served.end(SIGTERM) == 0);
}

TEST_CASE("approvals: what is not known, not as it was, or not whole is held, and the reason said",
          "[gate][e2e][approvals]") {
  Served served;
  const auto held = [&](const std::string& code, auto change) {
    v1::ApproveRequest request = served.request();
    change(request);
    v1Response response;
    const grpc::Status status = served.ask(request, response);
    INFO(code << ": " << status.error_message() << response.ShortDebugString());
    REQUIRE(status.ok());
    CHECK(response.outcome() == v1Response::HELD);
    bool is_said = false;
    for (const auto& reason : response.reasons()) is_said = is_said || reason.code() == code;
    CHECK(is_said);
  };
  held("REPORT_MISSING", [](auto& r) { r.clear_report_jsons(); });
  held("REPORT_NOT_BELIEVED", [](auto& r) { r.mutable_report_jsons(0)->append(" "); });
  held("REPORT_NOT_BELIEVED", [](auto& r) { r.mutable_inputs(0)->set_sha256(std::string(64, 'a')); });
  held("INPUT_MISSING", [](auto& r) { r.clear_inputs(); });
  held("INPUT_MISSING", [](auto& r) { r.mutable_inputs(0)->clear_sha256(); });
}

TEST_CASE("approvals: what cannot be read is refused, and the server goes on", "[gate][e2e][approvals]") {
  Served served;
  const auto refused = [&](auto change) {
    v1::ApproveRequest request = served.request();
    change(request);
    v1Response response;
    const grpc::Status status = served.ask(request, response);
    INFO(request.ByteSizeLong() << " bytes: " << status.error_message());
    CHECK(status.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
    CHECK(response.outcome() == v1Response::OUTCOME_UNSPECIFIED);
  };
  refused([](auto& r) { r.set_report_jsons(0, "{"); });
  refused([](auto& r) { r.set_report_jsons(0, std::string(100'000, '[')); });
  refused([](auto& r) { r.add_report_jsons(r.report_jsons(0)); });
  refused([](auto& r) { r.add_waivers("{}"); });
  refused([](auto& r) {
    for (int i = 0; i < 300; ++i) r.add_waivers("x");
  });
  refused([](auto& r) { r.mutable_inputs(0)->set_sha256("zz"); });
  refused([](auto& r) { r.mutable_inputs(0)->set_role(std::string(1000, 'r')); });
  refused([](auto& r) {
    for (int i = 0; i < 100; ++i) r.add_inputs()->set_role("RTPLAN");
  });
  refused([](auto& r) { r.set_subject(std::string(2000, 's')); });
  std::mt19937 random(5);
  for (int i = 0; i < 100; ++i) {  // a changed byte: refused, or held; never approved
    v1::ApproveRequest request = served.request();
    std::string& text = *request.mutable_report_jsons(0);
    text[random() % text.size()] = static_cast<char>('!' + random() % 90);
    if (text == read_file(served.report)) continue;
    v1Response response;
    served.ask(request, response);
    CHECK(response.outcome() != v1Response::APPROVED);
  }
  v1Response response;
  REQUIRE(served.ask(served.request(), response).ok());
  CHECK(response.outcome() == v1Response::APPROVED);
}

TEST_CASE("approvals: a request of very many parts is refused before it is read, and the server goes on",
          "[gate][e2e][approvals]") {
  Served served;
  v1::ApproveRequest request = served.request();
  for (int i = 0; i < 5'000'000; ++i) request.add_waivers();  // 2 bytes each on the wire, 64 when it is read
  v1Response response;
  const grpc::Status refused = served.ask(request, response);
  INFO(refused.error_message());
  CHECK(refused.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(refused.error_message().find("very many parts") != std::string::npos);
  REQUIRE(served.ask(served.request(), response).ok());
  CHECK(response.outcome() == v1Response::APPROVED);
}

TEST_CASE("approvals: a server that is killed has lost nothing that it answered", "[gate][e2e][approvals][kill]") {
  Served served;
  std::vector<std::string> answers;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 5; ++i) {
      v1Response response;
      if (served.ask(served.request(), response).ok()) answers.push_back(response.decision());
    }
    served.end(SIGKILL);
    served.start();
  }
  CHECK(answers.size() == 15);
  for (std::size_t i = 0; i < answers.size(); ++i)
    dosegate::e2e::write_file(served.site / std::to_string(i), answers[i]);
  std::vector<std::string> witnesses;
  for (std::size_t i = 0; i < answers.size(); ++i)
    witnesses.insert(witnesses.end(), {"--witness", served.site / std::to_string(i)});
  CHECK(served.site.verify_ledger(witnesses).exit_code == 0);
}

TEST_CASE("approvals: over TCP a client without a certificate, with a stranger's, or without the right is refused",
          "[gate][e2e][approvals][tls]") {
  using namespace dosegate::grpc_test;
  const dosegate::e2e::TemporaryFolder folder;
  const Authority authority(folder.path(), "authority"), others(folder.path(), "others");
  const Identity server = authority.issue("localhost", "DNS:localhost,IP:127.0.0.1");
  const Identity gate = authority.issue("gate", "DNS:gate.example"), tps = authority.issue("tps", "DNS:tps.example");
  const Identity forged = others.issue("gate", "DNS:gate.example"),
                 old = authority.issue("gate", "DNS:gate.example", {.days = -1});
  const std::string rights = (folder / "rights.json").string();
  dosegate::e2e::write_file(rights, R"({"clients": [{"name": "gate.example", "rights": ["APPROVE"]},
                                                    {"name": "tps.example", "rights": ["CHECK"]}]})");
  Served served({"--tls-cert", server.certificate, "--tls-key", server.key, "--tls-clients", authority.certificate(),
                 "--rights", rights});
  v1Response response;
  const auto ask = [&](const std::shared_ptr<grpc::ChannelCredentials>& shown, int seconds) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
    grpc::ChannelArguments apart;  // a connection of its own
    apart.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = v1::ApprovalService::NewStub(grpc::CreateCustomChannel(served.address, shown, apart));
    return stub->Approve(&context, served.request(), &response);
  };
  const auto rows = [&] {
    const dosegate::e2e::Outcome o = dosegate::e2e::run({"ledger", "export", "--ledger", served.site.ledger()});
    REQUIRE(o.exit_code == 0);
    return std::count(o.out.begin(), o.out.end(), '\n');
  };
  const auto before = rows();
  const std::string& trusted = authority.certificate();
  CHECK(ask(credentials(trusted, nullptr), 20).error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK(ask(credentials(trusted, &forged), 20).error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK(ask(credentials(trusted, &old), 20).error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK_FALSE(ask(grpc::InsecureChannelCredentials(), 20).ok());
  CHECK_FALSE(ask(credentials(others.certificate(), &gate), 20).ok());  // who trusts another server
  CHECK(ask(credentials(trusted, &tps), 20).error_code() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(rows() == before);
  const grpc::Status status = ask(credentials(trusted, &gate), 60);
  INFO(status.error_message());
  REQUIRE(status.ok());
  CHECK(response.outcome() == v1Response::APPROVED);
  CHECK(rows() > before);
  CHECK(served.end(SIGTERM) == 0);
  const dosegate::e2e::Outcome refused =
      dosegate::e2e::run({"--listen", "127.0.0.1:0", "--policy", served.policy, "--ledger", served.site.ledger()}, {},
                         dosegate::e2e::built_program(DOSEGATE_APPROVALS));
  CHECK(refused.exit_code == 3);
  CHECK(refused.err.find("every client shows a certificate") != std::string::npos);
}
