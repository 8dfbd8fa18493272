// A case as it goes over the wire, a dosegate-grpc to send it to, and a planning session.
#pragma once

#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "dosegate/dosegate.hpp"
#include "dosegate/v1/service.grpc.pb.h"
#include "tests/bench/full_size.h"

namespace dosegate::bench {

struct WireCase {
  v1::Plan plan;
  std::vector<v1::Structure> structures;
  v1::DoseHeader dose;
  std::vector<std::string> values;  // two doses of the same grid

  // The two in the plugin's form; the values as they are in `values[n]`.
  dosegate_dose in_process(std::size_t n) const;
  void set(Case& c) const;
};

WireCase wire_case(const FullSize& data);
// A folder of DICOM RT files; the second dose is 2 % less. Throws std::runtime_error.
WireCase wire_case(const std::string& folder);

// Started beside this program on a Unix socket of its own; ended with the object.
class ServerProcess {
 public:
  explicit ServerProcess(const std::vector<std::string>& more_arguments = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  std::shared_ptr<grpc::Channel> connect() const;
  pid_t pid() const { return pid_; }

 private:
  std::string folder_, address_;
  pid_t pid_ = -1;
};

// Begun with plan and structures, which have been answered; it has no dose. Throws std::runtime_error where the server
// does not do as it should.
class WireSession {
 public:
  WireSession(const std::shared_ptr<grpc::Channel>& channel, const WireCase& data, bool with_hash);
  ~WireSession();
  // Says which grid the doses will have, and waits until that is prepared for.
  void expect_dose();
  // Sends dose `n` whole and waits for the update that answers it.
  v1::PlanningSessionResponse::Update dose(std::size_t n);
  std::uint64_t event() const { return event_; }

 private:
  v1::PlanningSessionResponse::Update answer();
  void write(v1::PlanningSessionRequest& request);

  const WireCase& data_;
  const bool with_hash_;
  std::unique_ptr<v1::PlanCheckService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PlanningSessionRequest, v1::PlanningSessionResponse>> stream_;
  std::uint64_t event_ = 0;
};

}  // namespace dosegate::bench
