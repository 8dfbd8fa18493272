// A planning system in a test: events out, answers in.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tests/grpc/server.h"

namespace dosegate::grpc_test {

class SessionClient {
 public:
  using Request = v1::PlanningSessionRequest;
  using Response = v1::PlanningSessionResponse;

  // Opens a session; requires that the server says so.
  explicit SessionClient(v1::PlanCheckService::Stub& plans, const Request::Open& open = {});
  ~SessionClient();

  const Response::Opened& opened() const { return opened_; }
  std::uint64_t event() const { return event_; }

  // Each numbers its event and returns without waiting; false when the stream is broken.
  bool send(Request request);
  bool send(const v1::Plan& plan);
  bool send(const v1::Structure& structure);
  bool send_dose(const Messages& messages, std::size_t chunk = 1 << 20);
  bool send_planes(const Messages& messages, std::uint32_t first, std::uint32_t count);
  bool send_raw(const Request& request) { return stream_->Write(request); }
  // Everything of a case.
  void send_all(const Messages& messages);

  // The next answer, heartbeats left out; none: the stream has ended.
  std::optional<Response> next();
  // The update that answers the last event; requires that what comes before is updates of earlier ones.
  Response::Update answer();
  // The refusal of the last event; requires that no update of it comes.
  Response::Refused refusal();

  grpc::Status finish();
  void cancel() { call_.TryCancel(); }
  grpc::Status end();  // says that this is all, reads the rest

 private:
  Call call_;
  std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> stream_;
  Response::Opened opened_;
  std::uint64_t event_ = 0;
  bool is_finished_ = false;
};

// Opens a session with the options of `messages`.
SessionClient::Request::Open opened_with_options(const Messages& messages);
std::string reason_of(const SessionClient::Response::Refused& refused);
// What an update tells, by the rule's id.
std::map<std::string, v1::FindingChange> by_rule(const SessionClient::Response::Update& update);

}  // namespace dosegate::grpc_test
