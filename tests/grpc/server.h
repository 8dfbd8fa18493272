// A dosegate-grpc process of the test's own, and calls to it.
#pragma once

#include <google/rpc/error_details.pb.h>
#include <grpcpp/grpcpp.h>
#include <sys/types.h>
#include <sys/un.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/dicom/reader.h"
#include "dosegate/v1/service.grpc.pb.h"
#include "tests/e2e/run_program.h"

namespace dosegate::grpc_test {

// The built dosegate-grpc (e2e::built_program).
std::string grpc_program();

// A program that runs beside the test; its standard output comes out of `out`.
struct Running {
  pid_t pid = -1;
  int out = -1;
};
// `err`: the file that its standard error goes to; empty: the test's own.
Running start(std::vector<std::string> arguments, const std::string& err = {});
// The exit code of a program that is to end, by itself or by a signal that was sent to it; -1: the signal ended it. One
// that does not end within two minutes is killed.
int exit_code_of(pid_t pid);
// The next line that comes out of `fd`, without its end.
std::string read_line(int fd);

// The name of unix:PATH, as the system's calls take it.
sockaddr_un socket_name(const std::string& address);
// A connection to unix:PATH, on which nothing has been said yet; whoever asked closes it.
int connect_raw(const std::string& address);

// Started by the constructor, which returns when it serves; ended by SIGTERM at the end.
class Server {
 public:
  // `listen`: empty for a Unix socket of its own, which channel() and the stubs are connected to.
  explicit Server(const std::vector<std::string>& more_arguments = {}, const std::string& listen = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& address() const { return address_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  pid_t pid() const { return pid_; }
  // What it has written to its standard error.
  std::string log() const { return e2e::read_file(folder_ / "log"); }
  // The same, as soon as it has `text` in it, or after `seconds`.
  std::string log_with(const std::string& text, int seconds = 10) const;
  v1::GetServerStatusResponse status() const;
  // Of the process; -1: it has ended.
  long resident_mib() const;
  std::unique_ptr<v1::AdministrationService::Stub> administration() const {
    return v1::AdministrationService::NewStub(channel_);
  }
  std::unique_ptr<v1::PlanCheckService::Stub> plans() const { return v1::PlanCheckService::NewStub(channel_); }
  std::unique_ptr<v1::ProtocolService::Stub> protocols() const { return v1::ProtocolService::NewStub(channel_); }
  // SIGTERM, then what it ended with; -1 where a signal ended it.
  int end();
  void kill();

 private:
  e2e::TemporaryFolder folder_;
  std::string address_;
  pid_t pid_ = -1;
  std::shared_ptr<grpc::Channel> channel_;
};

// Without sharing a connection with other channels.
std::shared_ptr<grpc::Channel> connect(const std::string& address,
                                       const std::shared_ptr<grpc::ChannelCredentials>& credentials);

// A call's context, with a deadline that ends a test which would hang.
class Call : public grpc::ClientContext {
 public:
  Call();
};

// The reason of google.rpc.ErrorInfo in a status, and the field that google.rpc.BadRequest names; empty: none.
std::string reason_of(const grpc::Status& status);
std::string field_of(const grpc::Status& status);

// A phantom's DICOM files as messages.
struct Messages {
  v1::CaseOptions options;
  v1::Plan plan;
  std::vector<v1::Structure> structures;
  v1::DoseHeader dose;
  std::string values;

  std::vector<v1::DoseChunk> chunks(std::size_t bytes = 256 << 10) const;
};
Messages read_messages(const std::string& folder);
// The case `name` of `dosegate phantom`, made once; its dose is of the same patient as that of "pass".
const Messages& phantom(const std::string& name = "pass");

// A case with nothing in it; its name.
std::string empty_case(v1::PlanCheckService::Stub& plans);
// Everything of it set by the unary calls and UploadDose. The case's name.
std::string make_case(v1::PlanCheckService::Stub& plans, const Messages& messages);
grpc::Status upload(v1::PlanCheckService::Stub& plans, const std::string& name, const v1::DoseHeader& header,
                    const std::vector<v1::DoseChunk>& chunks);
// What CheckCase says of it, as JSON; requires that the call succeeds.
std::string report_of(v1::PlanCheckService::Stub& plans, const std::string& name);

}  // namespace dosegate::grpc_test
