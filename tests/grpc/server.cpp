#include "tests/grpc/server.h"

#include <fcntl.h>
#include <google/rpc/status.pb.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>
#include <variant>

#include "adapters/remote/messages.h"

namespace dosegate::grpc_test {
namespace {

constexpr int kPatience = 120;  // seconds; the machine may be busy

template <typename Detail>
Detail detail_of(const grpc::Status& status) {
  google::rpc::Status all;
  Detail found;
  if (!all.ParseFromString(status.error_details())) return found;
  for (const auto& any : all.details()) {
    if (any.Is<Detail>()) any.UnpackTo(&found);
  }
  return found;
}

}  // namespace

std::string grpc_program() { return e2e::built_program(DOSEGATE_GRPC_PROGRAM); }

Running start(std::vector<std::string> arguments, const std::string& err) {
  int out[2];
  REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
  const int log = err.empty() ? -1 : ::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  REQUIRE((err.empty() || log >= 0));
  std::vector<char*> argv;
  for (std::string& a : arguments) argv.push_back(a.data());
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    if (log >= 0) ::dup2(log, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(out[1]);
  if (log >= 0) ::close(log);
  return {pid, out[0]};
}

int exit_code_of(pid_t pid) {
  int status = 0;
  for (int waited = 0; ::waitpid(pid, &status, WNOHANG) == 0; ++waited) {
    if (waited == kPatience * 10) ::kill(pid, SIGKILL);
    ::usleep(100'000);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string read_line(int fd) {
  std::string line;
  char c = 0;
  pollfd p{fd, POLLIN, 0};
  while (::poll(&p, 1, kPatience * 1000) == 1 && ::read(fd, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

std::shared_ptr<grpc::Channel> connect(const std::string& address,
                                       const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments channel;
  channel.SetMaxReceiveMessageSize(-1);
  channel.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, credentials, channel);
}

Server::Server(const std::vector<std::string>& more_arguments, const std::string& listen) {
  address_ = listen.empty() ? "unix:" + (folder_ / "s/socket").string() : listen;
  std::vector<std::string> arguments = {grpc_program(), "--listen", address_};
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  const Running running = start(arguments, (folder_ / "log").string());
  pid_ = running.pid;
  const std::string line = read_line(running.out), ready = "dosegate-grpc dosegate.v1 ";
  ::close(running.out);
  INFO(log());
  const bool is_socket = address_.rfind("unix:", 0) == 0;
  if (is_socket) {
    REQUIRE(line == ready + address_);
    channel_ = connect(address_, grpc::InsecureChannelCredentials());
  } else {
    REQUIRE(line.rfind(ready, 0) == 0);
    address_ = line.substr(ready.size());
  }
}

std::string Server::log_with(const std::string& text, int seconds) const {
  for (int waited = 0; waited < seconds * 20 && log().find(text) == std::string::npos; ++waited) ::usleep(50'000);
  return log();
}

v1::GetServerStatusResponse Server::status() const {
  Call call;
  v1::GetServerStatusResponse response;
  REQUIRE(administration()->GetServerStatus(&call, {}, &response).ok());
  return response;
}

Server::~Server() {
  if (pid_ <= 0) return;
  const int code = end();
  INFO(log());
  CHECK(code == 0);  // a sanitizer that found something ends it with another code
}

int Server::end() {
  channel_.reset();  // an idle channel of a blocking client answers no ping, for which the server would wait
  ::kill(pid_, SIGTERM);
  return exit_code_of(std::exchange(pid_, -1));
}

sockaddr_un socket_name(const std::string& address) {
  const std::string path = address.substr(5);
  sockaddr_un name{};
  REQUIRE(path.size() < sizeof name.sun_path);
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
  return name;
}

int connect_raw(const std::string& address) {
  const sockaddr_un name = socket_name(address);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(fd >= 0);
  REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  return fd;
}

long Server::resident_mib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib / 1024;
  }
  return -1;
}

void Server::kill() {
  ::kill(pid_, SIGKILL);
  (void)exit_code_of(std::exchange(pid_, -1));
}

Call::Call() { set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(kPatience)); }

std::string reason_of(const grpc::Status& status) { return detail_of<google::rpc::ErrorInfo>(status).reason(); }
std::string field_of(const grpc::Status& status) {
  const auto bad = detail_of<google::rpc::BadRequest>(status);
  return bad.field_violations_size() == 0 ? "" : bad.field_violations(0).field();
}

std::vector<v1::DoseChunk> Messages::chunks(std::size_t bytes) const {
  std::vector<v1::DoseChunk> out;
  for (std::size_t at = 0; at < values.size(); at += bytes) {
    v1::DoseChunk chunk;
    chunk.set_offset_bytes(at);
    chunk.set_data(values.substr(at, bytes));
    out.push_back(std::move(chunk));
  }
  return out;
}

Messages read_messages(const std::string& folder) {
  dicom::ReadResult read = dicom::read_case({folder}, {});
  REQUIRE(std::holds_alternative<dicom::RtCase>(read));
  const auto& rt = std::get<dicom::RtCase>(read);
  Messages m;
  m.plan = rt.plan.value();
  // As the command line states them.
  m.options.set_outside_grid(v1::CaseOptions::REFUSE);
  m.options.set_scope(v1::CaseOptions::PLAN_ONLY);
  for (const auto& input : rt.inputs) *m.options.add_inputs() = input;
  for (const auto& note : rt.notes) *m.options.add_note_sentences() = note;
  for (const auto& structure : rt.structures) m.structures.push_back(remote::message_of(structure));
  const dicom::Dose& dose = rt.dose.value();
  m.dose = remote::header_of(dose);
  m.values.assign(reinterpret_cast<const char*>(dose.values.data()), dose.values.size());
  return m;
}

const Messages& phantom(const std::string& name) {
  static std::map<std::string, Messages> made;
  const auto found = made.find(name);
  if (found != made.end()) return found->second;
  const e2e::TemporaryFolder folder;
  REQUIRE(e2e::run({"phantom", (folder / "p").string(), "--case", name}).exit_code == 0);
  Messages messages = read_messages((folder / "p").string());
  // Another dose of the same patient.
  if (name != "pass") messages.dose.set_frame_of_reference_uid(phantom().dose.frame_of_reference_uid());
  return made.emplace(name, std::move(messages)).first->second;
}

std::string empty_case(v1::PlanCheckService::Stub& plans) {
  Call call;
  v1::CreateCaseResponse response;
  REQUIRE(plans.CreateCase(&call, {}, &response).ok());
  return response.name();
}

grpc::Status upload(v1::PlanCheckService::Stub& plans, const std::string& name, const v1::DoseHeader& header,
                    const std::vector<v1::DoseChunk>& chunks) {
  Call call;
  v1::UploadDoseResponse response;
  const auto stream = plans.UploadDose(&call, &response);
  v1::UploadDoseRequest request;
  request.mutable_open()->set_name(name);
  *request.mutable_open()->mutable_header() = header;
  bool open = stream->Write(request);
  for (std::size_t n = 0; open && n < chunks.size(); ++n) {
    *request.mutable_chunk() = chunks[n];
    open = stream->Write(request);
  }
  stream->WritesDone();
  return stream->Finish();
}

std::string make_case(v1::PlanCheckService::Stub& plans, const Messages& messages) {
  v1::CreateCaseRequest create;
  *create.mutable_options() = messages.options;
  v1::CreateCaseResponse created;
  Call creating, setting, drawing;
  REQUIRE(plans.CreateCase(&creating, create, &created).ok());
  v1::SetPlanRequest plan;
  plan.set_name(created.name());
  *plan.mutable_plan() = messages.plan;
  v1::SetPlanResponse plan_set;
  REQUIRE(plans.SetPlan(&setting, plan, &plan_set).ok());
  v1::SetStructuresRequest structures;
  structures.set_name(created.name());
  for (const auto& s : messages.structures) *structures.add_structures() = s;
  v1::SetStructuresResponse structures_set;
  REQUIRE(plans.SetStructures(&drawing, structures, &structures_set).ok());
  const grpc::Status status = upload(plans, created.name(), messages.dose, messages.chunks());
  INFO(status.error_message());
  REQUIRE(status.ok());
  return created.name();
}

std::string report_of(v1::PlanCheckService::Stub& plans, const std::string& name) {
  v1::CheckCaseRequest request;
  request.set_name(name);
  v1::CheckCaseResponse response;
  Call call;
  const grpc::Status status = plans.CheckCase(&call, request, &response);
  INFO(status.error_message());
  REQUIRE(status.ok());
  return response.report_json();
}

}  // namespace dosegate::grpc_test
