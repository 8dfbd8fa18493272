#include "tests/grpc/server.h"

#include <fcntl.h>
#include <google/rpc/status.pb.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <variant>

#include "adapters/remote/messages.h"

namespace dosegate::grpc_test {
namespace {

constexpr int kPatience = 120;  // seconds; the machine may be busy

// The first line that comes out of `fd`.
std::string read_line(int fd) {
  std::string line;
  char c = 0;
  pollfd p{fd, POLLIN, 0};
  while (::poll(&p, 1, kPatience * 1000) == 1 && ::read(fd, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

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

std::string grpc_program() {
  const char* other = std::getenv("DOSEGATE_GRPC_PROGRAM");
  return other == nullptr ? DOSEGATE_GRPC_PROGRAM : other;
}

Server::Server(const std::vector<std::string>& more_arguments) : address_("unix:" + (folder_ / "s/socket").string()) {
  int out[2];
  REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
  std::vector<std::string> arguments = {grpc_program(), "--listen", address_};
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  std::vector<char*> argv;
  for (std::string& a : arguments) argv.push_back(a.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(out[1]);
  const std::string line = read_line(out[0]);
  ::close(out[0]);
  REQUIRE(line == "dosegate-grpc dosegate.v1 " + address_);
  grpc::ChannelArguments channel;
  channel.SetMaxReceiveMessageSize(-1);
  channel.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel_ = grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), channel);
}

Server::~Server() {
  if (pid_ > 0) end();
}

int Server::end() {
  channel_.reset();  // an idle channel of a blocking client answers no ping, for which the server would wait
  ::kill(pid_, SIGTERM);
  int status = 0;
  for (int waited = 0; ::waitpid(pid_, &status, WNOHANG) == 0; ++waited) {
    if (waited == kPatience * 10) ::kill(pid_, SIGKILL);
    ::usleep(100'000);
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void Server::kill() {
  ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
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
  for (const auto& input : rt.inputs) *m.options.add_inputs() = input;
  for (const auto& note : rt.notes) m.options.add_notes(note);
  for (const auto& structure : rt.structures) m.structures.push_back(remote::message_of(structure));
  const dicom::Dose& dose = rt.dose.value();
  m.dose = remote::header_of(dose);
  m.values.assign(reinterpret_cast<const char*>(dose.values.data()), dose.values.size());
  return m;
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

}  // namespace dosegate::grpc_test
