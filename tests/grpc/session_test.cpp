// The in-line path: what a planning system hears while it plans.
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include "dosegate/detail/sha256.hpp"
#include "tests/grpc/session_client.h"

using namespace dosegate;
using namespace dosegate::grpc_test;
using Request = v1::PlanningSessionRequest;
using Response = v1::PlanningSessionResponse;

TEST_CASE("a session tells everything first, then only what an event changed: appeared, moved, resolved") {
  const Server server;
  const auto plans = server.plans();
  SessionClient session(*plans, opened_with_options(phantom()));
  session.send_all(phantom());
  // Where events come slowly, or checks are fast, an earlier event has an update of its own.
  const std::optional<Response> told = session.next();
  REQUIRE((told && told->has_update()));
  CHECK(told->update().complete());
  const bool answers_all = told->update().event() == session.event();
  const Response::Update first = answers_all ? told->update() : session.answer();
  CHECK(first.complete() == answers_all);
  CHECK(first.verdict() == v1::Report::PASS);
  CHECK(first.revision() >= 1);

  REQUIRE(session.send_dose(phantom("hot-cord")));
  const Response::Update hot = session.answer();
  CHECK_FALSE(hot.complete());
  CHECK(hot.verdict() == v1::Report::FAIL);
  CHECK(hot.revision() == first.revision() + 1);
  REQUIRE(by_rule(hot).count("OR-6.Max") == 1);
  const v1::FindingChange cord = by_rule(hot)["OR-6.Max"];
  CHECK(cord.kind() == v1::FindingChange::APPEARED);
  CHECK(cord.finding().status() == v1::Finding::DEVIATION);
  CHECK(cord.finding().value() == Approx(42).margin(0.01));

  // 1 % more everywhere: the deviation stays and its value moves.
  Messages hotter = phantom("hot-cord");
  hotter.dose.set_scaling(hotter.dose.scaling() * 1.01);
  REQUIRE(session.send_dose(hotter));
  const v1::FindingChange moved = by_rule(session.answer())["OR-6.Max"];
  CHECK(moved.kind() == v1::FindingChange::MOVED);
  CHECK(moved.previous_value() == Approx(42).margin(0.01));
  CHECK(moved.finding().value() == Approx(42.42).margin(0.01));

  REQUIRE(session.send_dose(phantom()));
  const Response::Update cool = session.answer();
  CHECK(cool.verdict() == v1::Report::PASS);
  CHECK(by_rule(cool)["OR-6.Max"].kind() == v1::FindingChange::RESOLVED);
  CHECK(by_rule(cool)["OR-6.Max"].previous_status() == v1::Finding::DEVIATION);

  // The same dose again changes nothing, and is answered.
  REQUIRE(session.send_dose(phantom()));
  CHECK(session.answer().changes_size() == 0);
  CHECK(session.end().ok());
}

TEST_CASE("the case of a session gives the report that the command line gives, byte for byte") {
  const Server server;
  const auto plans = server.plans();
  Messages messages = phantom();
  messages.dose = phantom("hot-cord").dose, messages.values = phantom("hot-cord").values;
  SessionClient session(*plans, opened_with_options(messages));
  session.send_all(messages);
  session.answer();
  const std::string other = make_case(*plans, messages);
  CHECK((report_of(*plans, session.opened().case_name()) == report_of(*plans, other)));
}

TEST_CASE("a drift in small steps is told when it exceeds the stated amount, not before") {
  const Server server;
  const auto plans = server.plans();
  Request::Open open = opened_with_options(phantom());
  open.mutable_threshold()->set_dose_gy(0.5);
  open.set_include_passed(true);
  SessionClient session(*plans, open);
  session.send_all(phantom());
  session.answer();
  REQUIRE(session.send_dose(phantom("hot-cord")));
  CHECK(by_rule(session.answer()).count("OR-6.Max") == 1);
  for (const auto& [factor, is_told] : {std::pair{1.005, false}, {1.010, false}, {1.015, true}, {1.020, false}}) {
    Messages messages = phantom("hot-cord");
    messages.dose.set_scaling(messages.dose.scaling() * factor);
    REQUIRE(session.send_dose(messages));
    INFO(factor);
    CHECK(by_rule(session.answer()).count("OR-6.Max") == (is_told ? 1 : 0));
  }
}

TEST_CASE("doses sent without a pause are answered by the last one, and none is answered late") {
  const Server server;
  const auto plans = server.plans();
  SessionClient session(*plans, opened_with_options(phantom()));
  session.send_all(phantom());
  CHECK(session.answer().verdict() == v1::Report::PASS);
  const std::uint64_t last = session.event() + 12;  // before the sender counts
  std::thread sender([&] {
    for (int i = 0; i < 12; ++i) session.send_dose(phantom(i % 2 == 0 ? "hot-cord" : "pass"));
  });
  std::uint64_t event = 0, revision = 0;
  std::map<std::string, v1::Finding> held;
  while (event < last) {
    const auto response = session.next();
    REQUIRE(response);
    REQUIRE(response->has_update());
    const auto& update = response->update();
    CHECK(update.event() > event);
    CHECK(update.revision() == (revision == 0 ? update.revision() : revision + 1));
    // Each update is about the dose of its own event.
    const bool is_hot = (update.event() - (last - 12)) % 2 == 1;
    CHECK(update.verdict() == (is_hot ? v1::Report::FAIL : v1::Report::PASS));
    event = update.event(), revision = update.revision();
  }
  sender.join();
  CHECK(session.end().ok());
}

TEST_CASE("changed planes of a dose give what the whole dose gives") {
  const Server server;
  const auto plans = server.plans();
  SessionClient session(*plans, opened_with_options(phantom()));
  session.send_all(phantom());
  session.answer();
  Messages hot = phantom();
  const std::size_t plane = hot.values.size() / hot.dose.planes();
  const Messages& other = phantom("hot-cord");
  REQUIRE(other.values.size() == hot.values.size());
  REQUIRE(other.dose.scaling() == hot.dose.scaling());
  const std::uint32_t first = hot.dose.planes() / 3, count = 5;
  hot.values.replace(first * plane, count * plane, other.values, first * plane, count * plane);
  REQUIRE(session.send_planes(hot, first, count));
  session.answer();
  hot.dose.mutable_values()->set_sha256(detail::sha256_of(hot.values));
  const std::string whole = make_case(*plans, hot);
  CHECK((report_of(*plans, session.opened().case_name()) == report_of(*plans, whole)));
}

TEST_CASE("a session is resumed after a lost connection without sending its structures again") {
  const Server server;
  const auto plans = server.plans();
  Request::Open resume;
  std::uint64_t revision = 0;
  {
    SessionClient session(*plans, opened_with_options(phantom()));
    session.send_all(phantom());
    revision = session.answer().revision();
    resume.set_resume(session.opened().name());
    // In the middle of a dose: it has not been taken.
    Request request;
    *request.mutable_dose() = phantom("hot-cord").dose;
    REQUIRE(session.send(request));
    session.cancel();
  }
  SessionClient session(*plans, resume);
  CHECK(session.opened().event() == phantom().structures.size() + 2);
  const Response::Update all = session.answer();
  CHECK(all.complete());
  CHECK(all.verdict() == v1::Report::PASS);
  CHECK(all.revision() > revision);
  REQUIRE(session.send_dose(phantom("hot-cord")));
  CHECK(session.answer().verdict() == v1::Report::FAIL);
  CHECK(session.end().ok());

  // Ended in good order, it is over; the server forgets it a moment after it has said so.
  grpc::Status status;
  for (int i = 0; i < 100 && grpc_test::reason_of(status) != "NO_SUCH_SESSION"; ++i) {
    Call call;
    const auto stream = plans->PlanningSession(&call);
    Request request;
    *request.mutable_open() = resume;
    REQUIRE(stream->Write(request));
    Response response;
    if (stream->Read(&response)) call.TryCancel();
    status = stream->Finish();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(grpc_test::reason_of(status) == "NO_SUCH_SESSION");
}

TEST_CASE("a second connection takes a session over, and the first is told") {
  const Server server;
  const auto plans = server.plans();
  SessionClient first(*plans, opened_with_options(phantom()));
  first.send_all(phantom());
  first.answer();
  Request::Open resume;
  resume.set_resume(first.opened().name());
  SessionClient second(*plans, resume);
  CHECK(second.answer().verdict() == v1::Report::PASS);
  CHECK_FALSE(first.next());
  const grpc::Status status = first.finish();
  CHECK(status.error_code() == grpc::StatusCode::ABORTED);
  CHECK(grpc_test::reason_of(status) == "SESSION_TAKEN_OVER");
  REQUIRE(second.send_dose(phantom("hot-cord")));
  CHECK(second.answer().verdict() == v1::Report::FAIL);
}

TEST_CASE("an event that cannot be taken is refused with its reason, and the session goes on as it was") {
  const Server server;
  const auto plans = server.plans();
  SessionClient session(*plans, opened_with_options(phantom()));

  REQUIRE(session.send_planes(phantom(), 0, 2));
  CHECK(reason_of(session.refusal()) == "NO_DOSE");
  session.send_all(phantom());
  session.answer();

  Messages broken = phantom("hot-cord");
  broken.dose.mutable_values()->set_sha256(std::string(64, '0'));
  REQUIRE(session.send_dose(broken));
  CHECK(reason_of(session.refusal()) == "SHA256_MISMATCH");

  broken = phantom();
  broken.dose.mutable_frame_of_reference_uid()->append(std::string("\0.other", 7));
  REQUIRE(session.send_dose(broken));
  CHECK(reason_of(session.refusal()) == "INVALID_DOSE");

  Request request;
  request.mutable_structure()->set_roi_number(77);
  request.mutable_structure()->add_contours()->add_points_mm(1);
  REQUIRE(session.send(request));
  CHECK(session.refusal().status().message().find("contours[0].points_mm") != std::string::npos);

  REQUIRE(session.send_planes(phantom(), phantom().dose.planes() - 1, 2));
  CHECK(reason_of(session.refusal()) == "INVALID_DOSE");

  // A number that was there before.
  request.Clear();
  request.set_event(1);
  *request.mutable_plan() = phantom().plan;
  REQUIRE(session.send_raw(request));
  CHECK(reason_of(session.refusal()) == "EVENT_TAKEN");

  // A dose that another event cuts short.
  request.Clear();
  *request.mutable_dose() = phantom("hot-cord").dose;
  REQUIRE(session.send(request));
  REQUIRE(session.send(phantom().plan));
  const auto cut = session.refusal();
  CHECK(cut.event() == session.event() - 1);
  CHECK(session.answer().verdict() == v1::Report::PASS);
  CHECK(session.end().ok());
}

TEST_CASE("a stream that breaks the rules of a session is ended with the reason") {
  const Server server;
  const auto plans = server.plans();
  const auto status_after = [&](const std::vector<Request>& requests) {
    Call call;
    const auto stream = plans->PlanningSession(&call);
    for (const Request& request : requests) stream->Write(request);
    Response response;
    while (stream->Read(&response)) {
    }
    return stream->Finish();
  };
  Request open, chunk, plan, bad_threshold, bad_heartbeat, unknown_protocol;
  open.mutable_open();
  chunk.mutable_chunk()->set_data("x");
  plan.mutable_plan();
  bad_threshold.mutable_open()->mutable_threshold()->set_dose_gy(-1);
  bad_heartbeat.mutable_open()->set_heartbeat_seconds(4000);
  unknown_protocol.mutable_open()->mutable_protocol()->set_name("protocols/none");
  const std::tuple<std::vector<Request>, grpc::StatusCode, std::string> cases[] = {
      {{plan}, grpc::StatusCode::INVALID_ARGUMENT, "open"},
      {{open, open}, grpc::StatusCode::INVALID_ARGUMENT, "open"},
      {{open, chunk}, grpc::StatusCode::INVALID_ARGUMENT, "chunk"},
      {{bad_threshold}, grpc::StatusCode::INVALID_ARGUMENT, "open.threshold"},
      {{bad_heartbeat}, grpc::StatusCode::INVALID_ARGUMENT, "open.heartbeat_seconds"},
      {{unknown_protocol}, grpc::StatusCode::NOT_FOUND, "open.protocol.name"}};
  for (const auto& [requests, code, field] : cases) {
    const grpc::Status status = status_after(requests);
    INFO(field << ": " << status.error_message());
    CHECK(status.error_code() == code);
    CHECK(field_of(status) == field);
  }
}

TEST_CASE("heartbeats are sent back at once, and come by themselves when nothing else does") {
  const Server server;
  const auto plans = server.plans();
  Call call;
  const auto stream = plans->PlanningSession(&call);
  Request request;
  request.mutable_open()->set_heartbeat_seconds(1);
  REQUIRE(stream->Write(request));
  Response response;
  REQUIRE(stream->Read(&response));
  request.mutable_heartbeat()->set_count(4711);
  REQUIRE(stream->Write(request));
  REQUIRE(stream->Read(&response));
  CHECK(response.heartbeat().count() == 4711);
  REQUIRE(stream->Read(&response));  // after a second
  CHECK(response.heartbeat().count() == 1);
  stream->WritesDone();
  CHECK(stream->Finish().ok());
}

TEST_CASE("SIGTERM ends sessions at once and says so") {
  Server server({"--drain-seconds", "60"});
  const auto plans = server.plans();
  SessionClient session(*plans);
  const auto begun = std::chrono::steady_clock::now();
  std::thread ending([&] { CHECK(server.end() == 0); });
  CHECK_FALSE(session.next());
  CHECK(grpc_test::reason_of(session.finish()) == "SERVER_ENDING");
  ending.join();
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(30));
}
