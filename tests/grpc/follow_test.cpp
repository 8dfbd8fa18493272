// Those who look on: what they see is what the planning system is told, and they cost it nothing.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "tests/grpc/session_client.h"
#include "tests/grpc/tls_server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;
using Parts = v1::FollowSessionsResponse;

namespace {

v1::FollowSessionsRequest everything() {
  v1::FollowSessionsRequest request;
  request.set_curves(true);
  request.set_pictures(true);
  return request;
}

class Follow {
 public:
  explicit Follow(v1::PlanCheckService::Stub& plans, const v1::FollowSessionsRequest& request = everything())
      : stream_(plans.FollowSessions(&call_, request)) {}
  ~Follow() {
    if (is_finished_) return;
    call_.TryCancel();
    Parts rest;
    while (stream_->Read(&rest)) {
    }
    (void)stream_->Finish();
  }
  Follow(const Follow&) = delete;
  Follow& operator=(const Follow&) = delete;

  // The next message of that kind, others left out; requires that one comes.
  Parts next(Parts::PartCase kind) {
    Parts part;
    while (stream_->Read(&part)) {
      seen.push_back(part.part_case());
      if (part.part_case() == kind) return part;
    }
    FAIL("the stream has ended: " << finish().error_message());
    return part;
  }
  Parts checked_at(std::uint64_t revision) {
    for (;;) {
      Parts part = next(Parts::kChecked);
      if (part.checked().revision() >= revision) return part;
    }
  }
  grpc::Status finish() {
    Parts rest;
    while (stream_->Read(&rest)) {
    }
    is_finished_ = true;
    return stream_->Finish();
  }

  std::vector<Parts::PartCase> seen;

 private:
  Call call_;
  std::unique_ptr<grpc::ClientReader<Parts>> stream_;
  bool is_finished_ = false;
};

SessionClient::Request::Open with_options(const Messages& messages) {
  SessionClient::Request::Open open;
  *open.mutable_options() = messages.options;
  return open;
}

std::string json_of_case(v1::PlanCheckService::Stub& plans, const SessionClient& session) {
  return report_of(plans, session.opened().case_name());
}

v1::Report parsed(const std::string& json) {
  v1::Report report;
  REQUIRE(google::protobuf::util::JsonStringToMessage(json, &report).ok());
  return report;
}

}  // namespace

TEST_CASE("a follower sees of each revision the very report that the planning system was told of, then its curves") {
  const Server server;
  const auto plans = server.plans();
  Follow follow(*plans);
  SessionClient session(*plans, with_options(phantom()));
  const Parts begun = follow.next(Parts::kBegun);
  CHECK(begun.session() == session.opened().name());
  CHECK(begun.begun().protocol_json().find("ChiCTR2000036385") != std::string::npos);
  session.send_all(phantom());
  for (const char* name : {"", "hot-cord", "pass"}) {
    if (*name != '\0') REQUIRE(session.send_dose(phantom(name)));
    const auto update = session.answer();
    const Parts checked = follow.checked_at(update.revision());
    CHECK(checked.session() == session.opened().name());
    CHECK(checked.checked().revision() == update.revision());
    CHECK(checked.checked().event() == update.event());
    CHECK(checked.checked().report().verdict() == update.verdict());
    CHECK(checked.checked().report().SerializeAsString() == parsed(json_of_case(*plans, session)).SerializeAsString());
    REQUIRE(checked.checked().plans_size() == 1);
    CHECK(checked.checked().plans(0).label() == phantom().plan.label());
    CHECK(checked.checked().plans(0).beams_size() == 0);
    for (;;) {
      const Parts curves = follow.next(Parts::kCurves);
      CHECK(curves.curves().problem().empty());
      if (curves.curves().revision() != update.revision()) continue;
      REQUIRE(curves.curves().dvh().rois_size() > 5);
      CHECK(curves.curves().dvh().rois(0).curve().lower_cc_size() > 10);
      break;
    }
  }
}

TEST_CASE("who begins to follow late sees what there is, a session that was ended is over") {
  const Server server;
  const auto plans = server.plans();
  SessionClient session(*plans, with_options(phantom()));
  session.send_all(phantom());
  const auto update = session.answer();
  v1::FollowSessionsRequest request = everything();
  request.set_session(session.opened().name());
  Follow one(*plans, request);
  Follow all(*plans);
  CHECK(one.checked_at(update.revision()).checked().revision() == update.revision());
  CHECK(one.next(Parts::kState).state().connected());
  CHECK(one.next(Parts::kCurves).curves().revision() == update.revision());
  (void)all.checked_at(update.revision());
  CHECK(session.end().ok());
  (void)one.next(Parts::kOver);
  CHECK(one.finish().ok());
  CHECK(all.next(Parts::kOver).session() == session.opened().name());

  request.set_session("sessions/none");
  Follow none(*plans, request);
  const grpc::Status status = none.finish();
  CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(reason_of(status) == "NO_SUCH_SESSION");
  request.set_heartbeat_seconds(3601);
  CHECK(Follow(*plans, request).finish().error_code() == grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_CASE("a connection that breaks is told of, and what has changed and is not checked is stale") {
  const Server server;
  const auto plans = server.plans();
  Follow follow(*plans);
  auto session = std::make_unique<SessionClient>(*plans, with_options(phantom()));
  session->send_all(phantom());
  const auto update = session->answer();
  bool was_stale = false;
  for (;;) {
    const Parts state = follow.next(Parts::kState);
    was_stale |= state.state().stale();
    if (!state.state().stale() && was_stale) break;
  }
  session->cancel();
  (void)session->finish();
  Parts state = follow.next(Parts::kState);
  while (state.state().connected()) state = follow.next(Parts::kState);
  SessionClient::Request::Open resume;
  resume.set_resume(session->opened().name());
  SessionClient again(*plans, resume);
  CHECK(again.answer().revision() == update.revision() + 1);
  state = follow.next(Parts::kState);
  while (!state.state().connected()) state = follow.next(Parts::kState);
}

TEST_CASE("a follower sees its client's sessions alone, and none when its right is taken") {
  const TlsSetup own;
  const TlsServer server(own);
  const auto plans = v1::PlanCheckService::NewStub(server.channel(&own.tps));
  const auto others = v1::PlanCheckService::NewStub(server.channel(&own.planner));
  SessionClient session(*plans, with_options(phantom()));
  session.send_all(phantom());
  (void)session.answer();
  v1::FollowSessionsRequest request = everything();
  request.set_heartbeat_seconds(1);
  Follow stranger(*others, request);
  (void)stranger.next(Parts::kHeartbeat);
  (void)stranger.next(Parts::kHeartbeat);
  CHECK(std::all_of(stranger.seen.begin(), stranger.seen.end(),
                    [](Parts::PartCase kind) { return kind == Parts::kHeartbeat; }));
  request.set_session(session.opened().name());
  CHECK(Follow(*others, request).finish().error_code() == grpc::StatusCode::NOT_FOUND);
  const auto gate = v1::PlanCheckService::NewStub(server.channel(&own.gate));
  CHECK(Follow(*gate).finish().error_code() == grpc::StatusCode::PERMISSION_DENIED);

  Follow owner(*plans);
  (void)owner.next(Parts::kChecked);
  replace(own.rights, R"({"clients": [{"name": "gate.example", "rights": ["APPROVE"]}]})");
  const grpc::Status ended = owner.finish();
  CHECK(ended.error_code() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(reason_of(ended) == "RIGHT_MISSING");
}

TEST_CASE("followers beyond what may be are refused, and one that does not read gets the newest when it does") {
  const Server server;
  const auto plans = server.plans();
  std::vector<std::unique_ptr<Follow>> follows;
  for (int i = 0; i < 32; ++i) {
    follows.push_back(std::make_unique<Follow>(*plans));
    (void)follows.back()->next(Parts::kHeartbeat);
  }
  const grpc::Status refused = Follow(*plans).finish();
  CHECK(refused.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(reason_of(refused) == "TOO_MANY_FOLLOWERS");

  SessionClient session(*plans, with_options(phantom()));
  session.send_all(phantom());
  std::uint64_t last = session.answer().revision();
  for (int i = 0; i < 20; ++i) {
    REQUIRE(session.send_dose(phantom(i % 2 == 0 ? "hot-cord" : "pass")));
    last = session.answer().revision();
  }
  CHECK(follows.front()->checked_at(last).checked().revision() == last);
}

TEST_CASE("with --keep-doses a follower has contours and dose as they were sent, changed planes included") {
  const Server server({"--keep-doses"});
  const auto plans = server.plans();
  Follow follow(*plans);
  SessionClient session(*plans, with_options(phantom()));
  session.send_all(phantom());
  std::uint64_t revision = session.answer().revision();
  const auto dose_at = [&](std::uint64_t at) {
    for (;;) {
      Parts part = follow.next(Parts::kDose);
      if (part.dose().revision() >= at) return part;
    }
  };
  CHECK(dose_at(revision).dose().values() == phantom().values);
  REQUIRE(session.send_planes(phantom("hot-cord"), 3, 4));
  revision = session.answer().revision();
  const std::size_t plane = phantom().values.size() / phantom().dose.planes();
  std::string mixed = phantom().values;
  mixed.replace(3 * plane, 4 * plane, phantom("hot-cord").values, 3 * plane, 4 * plane);
  CHECK(dose_at(revision).dose().values() == mixed);
  CHECK(mixed != phantom().values);
}

TEST_CASE("without --keep-doses no dose is kept, contours are told all the same") {
  const Server server;
  const auto plans = server.plans();
  Follow follow(*plans);
  SessionClient session(*plans, with_options(phantom()));
  session.send_all(phantom());
  (void)session.answer();
  int structures = 0;
  while (structures != static_cast<int>(phantom().structures.size())) {
    structures = follow.next(Parts::kContours).contours().structures_size();
  }
  (void)follow.next(Parts::kHeartbeat);
  CHECK(std::find(follow.seen.begin(), follow.seen.end(), Parts::kDose) == follow.seen.end());
}
