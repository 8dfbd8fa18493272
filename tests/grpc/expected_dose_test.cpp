// A session that says which grid its doses will have before the first of them is computed.
#include <catch2/catch.hpp>

#include "tests/grpc/session_client.h"

using namespace dosegate;
using namespace dosegate::grpc_test;
using Catch::Matchers::Contains;
using Request = v1::PlanningSessionRequest;
using Response = v1::PlanningSessionResponse;

TEST_CASE("a dose that is expected is answered when it is prepared for, changes nothing, and then comes as any other") {
  const Server server;
  const auto plans = server.plans();
  Messages messages = phantom();
  messages.dose = phantom("hot-cord").dose, messages.values = phantom("hot-cord").values;
  SessionClient session(*plans, opened_with_options(messages));
  REQUIRE(session.send(messages.plan));
  for (const v1::Structure& structure : messages.structures) REQUIRE(session.send(structure));
  CHECK(session.answer().verdict() == v1::Report::INCOMPLETE);
  const std::string without_dose = report_of(*plans, session.opened().case_name());

  Request expected;
  *expected.mutable_expected_dose() = messages.dose;
  expected.mutable_expected_dose()->mutable_values()->clear_sha256();  // nobody knows it yet
  REQUIRE(session.send(expected));
  const Response::Update prepared = session.answer();
  CHECK(prepared.changes_size() == 0);
  CHECK(prepared.verdict() == v1::Report::INCOMPLETE);
  CHECK(report_of(*plans, session.opened().case_name()) == without_dose);

  REQUIRE(session.send_dose(messages));
  CHECK(session.answer().verdict() == v1::Report::FAIL);
  CHECK(report_of(*plans, session.opened().case_name()) == report_of(*plans, make_case(*plans, messages)));

  // One that is overtaken by an event is not prepared for to the end, and no harm done.
  Request finer = expected;
  REQUIRE(session.send(finer));
  REQUIRE(session.send_dose(phantom()));
  CHECK(session.answer().verdict() == v1::Report::PASS);
  CHECK(session.end().ok());
}

TEST_CASE("an expected dose that could be none is refused by the name of its field, and the session goes on") {
  const Server server;
  const auto plans = server.plans();
  SessionClient session(*plans, opened_with_options(phantom()));
  session.send_all(phantom());
  REQUIRE(session.answer().verdict() == v1::Report::PASS);
  const auto refused = [&](const auto& spoil) {
    Request request;
    v1::DoseHeader& header = *request.mutable_expected_dose();
    header = phantom().dose;
    spoil(header);
    REQUIRE(session.send(request));
    const Response::Refused refusal = session.refusal();
    return refusal.status().message() + " " + reason_of(refusal);
  };
  CHECK_THAT(refused([](v1::DoseHeader& h) { h.clear_position_mm(); }), Contains("expected_dose.position_mm"));
  CHECK_THAT(refused([](v1::DoseHeader& h) { h.mutable_values()->set_size_bytes(8); }),
             Contains("expected_dose.values.size_bytes"));
  CHECK_THAT(refused([](v1::DoseHeader& h) { h.set_column_spacing_mm(-1); }),
             Contains("expected_dose.column_spacing_mm"));
  CHECK_THAT(refused([](v1::DoseHeader& h) {
               h.set_columns(1 << 20), h.set_rows(1 << 20);
               h.mutable_values()->set_size_bytes(std::uint64_t{1} << 60);
             }),
             Contains("DOSE_TOO_LARGE"));
  REQUIRE(session.send_dose(phantom()));
  CHECK(session.answer().verdict() == v1::Report::PASS);
}
