// A dosegate-grpc process of the test's own, and calls to it.
#pragma once

#include <google/rpc/error_details.pb.h>
#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/dicom/reader.h"
#include "dosegate/v1/service.grpc.pb.h"
#include "tests/e2e/run_program.h"

namespace dosegate::grpc_test {

// The built dosegate-grpc, or the one that the environment variable DOSEGATE_GRPC_PROGRAM names.
std::string grpc_program();

// Started by the constructor, which returns when it serves; ended by SIGTERM at the end.
class Server {
 public:
  explicit Server(const std::vector<std::string>& more_arguments = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& address() const { return address_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  pid_t pid() const { return pid_; }
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

// Everything of it set by the unary calls and UploadDose. The case's name.
std::string make_case(v1::PlanCheckService::Stub& plans, const Messages& messages);
grpc::Status upload(v1::PlanCheckService::Stub& plans, const std::string& name, const v1::DoseHeader& header,
                    const std::vector<v1::DoseChunk>& chunks);

}  // namespace dosegate::grpc_test
