#include "tests/grpc/session_client.h"

#include <catch2/catch.hpp>

#include "dosegate/detail/sha256.hpp"

namespace dosegate::grpc_test {

SessionClient::SessionClient(v1::PlanCheckService::Stub& plans, const Request::Open& open)
    : stream_(plans.PlanningSession(&call_)) {
  Request request;
  *request.mutable_open() = open;
  REQUIRE(stream_->Write(request));
  const std::optional<Response> first = next();
  if (!first) FAIL(finish().error_message());
  REQUIRE(first->has_opened());
  opened_ = first->opened();
  event_ = opened_.event();
}

SessionClient::~SessionClient() {
  if (is_finished_) return;
  call_.TryCancel();
  stream_->Finish();
}

bool SessionClient::send(Request request) {
  request.set_event(++event_);
  return stream_->Write(request);
}

bool SessionClient::send(const v1::Plan& plan) {
  Request request;
  *request.mutable_plan() = plan;
  return send(std::move(request));
}

bool SessionClient::send(const v1::Structure& structure) {
  Request request;
  *request.mutable_structure() = structure;
  return send(std::move(request));
}

bool SessionClient::send_dose(const Messages& messages, std::size_t chunk) {
  Request request;
  *request.mutable_dose() = messages.dose;
  if (!send(std::move(request))) return false;
  for (const v1::DoseChunk& part : messages.chunks(chunk)) {
    Request next;
    *next.mutable_chunk() = part;
    if (!stream_->Write(next)) return false;
  }
  return true;
}

bool SessionClient::send_planes(const Messages& messages, std::uint32_t first, std::uint32_t count) {
  const std::size_t plane = messages.values.size() / messages.dose.planes();
  const std::string values = messages.values.substr(first * plane, count * plane);
  Request request;
  auto& planes = *request.mutable_dose_planes();
  planes.set_first_plane(first);
  planes.set_planes(count);
  planes.mutable_values()->set_type(messages.dose.values().type());
  planes.mutable_values()->set_size_bytes(values.size());
  planes.mutable_values()->set_sha256(detail::sha256_of(values));
  if (!send(std::move(request))) return false;
  Request next;
  next.mutable_chunk()->set_data(values);
  return stream_->Write(next);
}

void SessionClient::send_all(const Messages& messages) {
  REQUIRE(send(messages.plan));
  for (const v1::Structure& structure : messages.structures) REQUIRE(send(structure));
  REQUIRE(send_dose(messages));
}

std::optional<SessionClient::Response> SessionClient::next() {
  Response response;
  while (stream_->Read(&response)) {
    if (!response.has_heartbeat()) return response;
  }
  return std::nullopt;
}

SessionClient::Response::Update SessionClient::answer() {
  while (true) {
    const std::optional<Response> response = next();
    if (!response) FAIL("the stream ended: " << finish().error_message());
    INFO(response->ShortDebugString().substr(0, 500));
    REQUIRE(response->has_update());
    REQUIRE(response->update().event() <= event_);
    if (response->update().event() == event_) return response->update();
  }
}

SessionClient::Response::Refused SessionClient::refusal() {
  while (true) {
    const std::optional<Response> response = next();
    if (!response) FAIL("the stream ended: " << finish().error_message());
    if (response->has_refused()) return response->refused();
    REQUIRE(response->update().event() < event_);
  }
}

grpc::Status SessionClient::finish() {
  is_finished_ = true;
  return stream_->Finish();
}

grpc::Status SessionClient::end() {
  stream_->WritesDone();
  while (next()) {
  }
  return finish();
}

SessionClient::Request::Open opened_with_options(const Messages& messages) {
  SessionClient::Request::Open open;
  *open.mutable_options() = messages.options;
  return open;
}

std::string reason_of(const SessionClient::Response::Refused& refused) {
  return reason_of(grpc::Status(grpc::StatusCode::UNKNOWN, "", refused.status().SerializeAsString()));
}

std::map<std::string, v1::FindingChange> by_rule(const SessionClient::Response::Update& update) {
  std::map<std::string, v1::FindingChange> rules;
  for (const auto& change : update.changes()) rules[change.finding().rule_id()] = change;
  return rules;
}

}  // namespace dosegate::grpc_test
