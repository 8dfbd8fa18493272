// A session follows where slices lie.
#include <catch2/catch.hpp>
#include <string>

#include "tests/grpc/session_client.h"

using namespace dosegate;
using namespace dosegate::grpc_test;
using Request = v1::PlanningSessionRequest;

namespace {

// Two of its slices left out, on which the other structures are drawn.
Messages with_two_pieces() {
  Messages patient = phantom();
  for (v1::Structure& structure : patient.structures) {
    if (structure.name() != "Duodenum") continue;
    const int middle = structure.contours_size() / 2;
    structure.mutable_contours()->DeleteSubrange(middle - 1, 2);
  }
  return patient;
}

}  // namespace

TEST_CASE("a session follows the slices of the set: those of other structures, and those that are stated") {
  const Server server;
  const auto plans = server.plans();
  const Messages patient = with_two_pieces();
  SessionClient session(*plans, opened_with_options(patient));
  session.send_all(patient);
  session.answer();
  const v1::Structure* duodenum = nullptr;
  Request request;
  v1::Slices images;
  for (const v1::Structure& structure : patient.structures) {
    if (structure.name() == "Duodenum") duodenum = &structure;
    for (const v1::Contour& contour : structure.contours()) images.add_at_mm(contour.points_mm(2));
  }
  REQUIRE(duodenum != nullptr);
  const auto status_of = [&](const std::string& rule) {
    v1::CheckCaseRequest check;
    check.set_name(session.opened().case_name());
    v1::CheckCaseResponse response;
    Call call;
    REQUIRE(plans->CheckCase(&call, check, &response).ok());
    for (const v1::Finding& finding : response.report().findings()) {
      if (finding.rule_id() == rule) return finding.status();
    }
    return v1::Finding::STATUS_UNSPECIFIED;
  };
  CHECK(status_of("OR-4.V45") == v1::Finding::PASS);

  for (const v1::Structure& structure : patient.structures) {
    if (&structure == duodenum) continue;
    request.mutable_remove_structure()->set_roi_number(structure.roi_number());
    REQUIRE(session.send(request));
  }
  session.answer();
  CHECK(status_of("OR-4.V45") == v1::Finding::NOT_EVALUABLE);

  images.set_frame_of_reference_uid(duodenum->frame_of_reference_uid());
  images.set_axis(v1::Slices::Z);
  *request.mutable_slices() = images;
  REQUIRE(session.send(request));
  CHECK(by_rule(session.answer())["OR-4.V45"].kind() == v1::FindingChange::RESOLVED);
  CHECK(status_of("OR-4.V45") == v1::Finding::PASS);

  request.mutable_slices()->clear_at_mm();
  REQUIRE(session.send(request));
  CHECK(by_rule(session.answer())["OR-4.V45"].finding().status() == v1::Finding::NOT_EVALUABLE);

  request.mutable_slices()->set_axis(v1::Slices::AXIS_UNSPECIFIED);
  REQUIRE(session.send(request));
  CHECK(session.refusal().status().code() == static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  CHECK(session.end().ok());
}

TEST_CASE("slices are stated of a case by SetSlices, and in CheckPlan") {
  const Server server;
  const auto plans = server.plans();
  Messages patient = with_two_pieces();
  std::erase_if(patient.structures, [](const v1::Structure& s) { return s.name() != "Duodenum"; });
  REQUIRE(patient.structures.size() == 1);
  const std::string name = make_case(*plans, patient);
  const auto is_open = [](const std::string& report) {
    return report.find("more than one slice is missing") != std::string::npos;
  };
  CHECK(is_open(report_of(*plans, name)));
  v1::SetSlicesRequest request;
  request.set_name(name);
  v1::Slices& slices = *request.mutable_slices();
  slices.set_frame_of_reference_uid(patient.structures[0].frame_of_reference_uid());
  slices.set_axis(v1::Slices::Z);
  for (int n = -40; n <= 40; ++n) slices.add_at_mm(5.0 * n);
  for (int n = 0; n < 2; ++n) {  // again
    Call call;
    v1::SetSlicesResponse response;
    REQUIRE(plans->SetSlices(&call, request, &response).ok());
    CHECK_FALSE(is_open(report_of(*plans, name)));
  }
  for (const bool stated : {true, false}) {
    Call call;
    v1::CheckPlanResponse response;
    const auto stream = plans->CheckPlan(&call, &response);
    v1::CheckPlanRequest part;
    part.mutable_open();
    REQUIRE(stream->Write(part));
    *part.mutable_structure() = patient.structures[0];
    REQUIRE(stream->Write(part));
    *part.mutable_slices() = slices;
    if (stated) REQUIRE(stream->Write(part));
    stream->WritesDone();
    REQUIRE(stream->Finish().ok());
    CHECK(is_open(response.report_json()) != stated);
  }
}
