// A case and a session that hold several plans, structure sets and doses by name, over gRPC.
#include <catch2/catch.hpp>

#include "tests/grpc/server.h"
#include "tests/grpc/session_client.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

using Request = v1::PlanningSessionRequest;

// The phantom with names, one of each.
Messages named_phantom() {
  Messages messages = phantom();
  messages.plan.set_name_in_case("primary");
  messages.plan.set_structure_set("CT1");
  for (v1::Structure& structure : messages.structures) structure.set_structure_set("CT1");
  messages.dose.set_name_in_case("sum");
  messages.dose.add_plans("primary");
  messages.dose.set_structure_set("CT1");
  return messages;
}

v1::CheckCaseResponse check(v1::PlanCheckService::Stub& plans, const std::string& name) {
  v1::CheckCaseRequest request;
  request.set_name(name);
  v1::CheckCaseResponse response;
  Call call;
  REQUIRE(plans.CheckCase(&call, request, &response).ok());
  return response;
}

grpc::Status set_plan(v1::PlanCheckService::Stub& plans, const std::string& name, const v1::Plan& plan) {
  v1::SetPlanRequest request;
  request.set_name(name);
  *request.mutable_plan() = plan;
  v1::SetPlanResponse response;
  Call call;
  return plans.SetPlan(&call, request, &response);
}

grpc::Status remove_plan(v1::PlanCheckService::Stub& plans, const std::string& name, const std::string& plan) {
  v1::RemovePlanRequest request;
  request.set_name(name);
  request.set_name_in_case(plan);
  v1::RemovePlanResponse response;
  Call call;
  return plans.RemovePlan(&call, request, &response);
}

grpc::Status remove_dose(v1::PlanCheckService::Stub& plans, const std::string& name, const std::string& dose) {
  v1::RemoveDoseRequest request;
  request.set_name(name);
  request.set_name_in_case(dose);
  v1::RemoveDoseResponse response;
  Call call;
  return plans.RemoveDose(&call, request, &response);
}

grpc::Status remove_set(v1::PlanCheckService::Stub& plans, const std::string& name, const std::string& set) {
  v1::RemoveStructureSetRequest request;
  request.set_name(name);
  request.set_structure_set(set);
  v1::RemoveStructureSetResponse response;
  Call call;
  return plans.RemoveStructureSet(&call, request, &response);
}

const v1::Finding* finding(const v1::Report& report, const std::string& rule) {
  for (const v1::Finding& f : report.findings()) {
    if (f.rule_id() == rule) return &f;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("a case of one plan, structure set and dose with names passes, and the report lists them") {
  const Server server;
  const auto plans = server.plans();
  v1::Report report = check(*plans, make_case(*plans, named_phantom())).report();
  CHECK(report.verdict() == v1::Report::PASS);
  REQUIRE(report.course().plans_size() == 1);
  CHECK(report.course().plans(0).name() == "primary");
  CHECK(report.course().plans(0).structure_set() == "CT1");
  CHECK(report.course().structure_sets(0).structures() == static_cast<int>(phantom().structures.size()));
  CHECK(report.course().doses(0).plans(0) == "primary");
  report.clear_course();
  const v1::Report unnamed = check(*plans, make_case(*plans, phantom())).report();
  CHECK_FALSE(unnamed.has_course());
  CHECK((report.SerializeAsString() == unnamed.SerializeAsString()));
}

TEST_CASE("over gRPC a second plan, dose or structure set keeps a case from passing until it is removed, and counts") {
  const Server server;
  const auto plans = server.plans();
  Messages more = named_phantom();
  const std::string name = make_case(*plans, more);
  const std::string before = check(*plans, name).report_json();
  const std::uint64_t bytes = server.status().memory_bytes();
  const auto is_held_back = [&](const std::string& id) {
    const v1::Report report = check(*plans, name).report();
    CHECK(report.verdict() == v1::Report::INCOMPLETE);
    REQUIRE(finding(report, id) != nullptr);
    CHECK(finding(report, id)->status() == v1::Finding::NOT_EVALUABLE);
    CHECK(server.status().memory_bytes() > bytes);
  };
  more.plan.set_name_in_case("boost");
  REQUIRE(set_plan(*plans, name, more.plan).ok());
  is_held_back("dosegate.plans");
  CHECK(remove_plan(*plans, name, "other").error_code() == grpc::StatusCode::NOT_FOUND);
  REQUIRE(remove_plan(*plans, name, "boost").ok());

  more.dose.set_name_in_case("boost");
  REQUIRE(upload(*plans, name, more.dose, more.chunks()).ok());
  is_held_back("dosegate.doses");
  CHECK(server.status().memory_bytes() > bytes + more.values.size());
  CHECK(remove_dose(*plans, name, "other").error_code() == grpc::StatusCode::NOT_FOUND);
  REQUIRE(remove_dose(*plans, name, "boost").ok());

  v1::SetStructuresRequest structures;
  structures.set_name(name);
  *structures.add_structures() = more.structures.front();
  structures.mutable_structures(0)->set_structure_set("CT2");
  v1::SetStructuresResponse set;
  Call call;
  REQUIRE(plans->SetStructures(&call, structures, &set).ok());
  is_held_back("dosegate.structure_sets");
  CHECK(remove_set(*plans, name, "other").error_code() == grpc::StatusCode::NOT_FOUND);
  REQUIRE(remove_set(*plans, name, "CT2").ok());

  CHECK((check(*plans, name).report_json() == before));
  CHECK(server.status().memory_bytes() == bytes);
}

TEST_CASE("a session is told of plans, structure sets and doses by name, and of their removal") {
  const Server server;
  const auto plans = server.plans();
  Messages messages = named_phantom();
  Request::Open open;
  *open.mutable_options() = messages.options;
  SessionClient session(*plans, open);
  session.send_all(messages);
  CHECK(session.answer().verdict() == v1::Report::PASS);

  Messages more = messages;
  more.dose.set_name_in_case("boost");
  REQUIRE(session.send_dose(more));
  CHECK(session.answer().verdict() == v1::Report::INCOMPLETE);
  Request request;
  request.mutable_remove()->set_dose("boost");
  REQUIRE(session.send(request));
  CHECK(session.answer().verdict() == v1::Report::PASS);

  more.plan.set_name_in_case("boost");
  REQUIRE(session.send(more.plan));
  CHECK(session.answer().verdict() == v1::Report::INCOMPLETE);
  request.mutable_remove()->set_plan("boost");
  REQUIRE(session.send(request));
  CHECK(session.answer().verdict() == v1::Report::PASS);

  more.structures.front().set_structure_set("CT2");
  REQUIRE(session.send(more.structures.front()));
  CHECK(session.answer().verdict() == v1::Report::INCOMPLETE);
  request.mutable_remove()->set_structure_set("CT2");
  REQUIRE(session.send(request));
  CHECK(session.answer().verdict() == v1::Report::PASS);

  REQUIRE(session.send(request));
  CHECK(session.refusal().status().code() == static_cast<int>(grpc::StatusCode::NOT_FOUND));
  request.mutable_remove()->Clear();
  REQUIRE(session.send(request));
  CHECK(session.refusal().status().code() == static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  CHECK(session.end().ok());
}

TEST_CASE(
    "a gate that sends two plans or two doses in one call hears which are held, and the same name twice is an error") {
  const Server server;
  const auto plans = server.plans();
  const Messages messages = named_phantom();
  const auto whole = [&](const std::string& second_plan, const std::string& second_dose,
                         v1::CheckPlanResponse& response) {
    Call call;
    const auto stream = plans->CheckPlan(&call, &response);
    v1::CheckPlanRequest part;
    *part.mutable_open()->mutable_options() = messages.options;
    *part.mutable_open()->mutable_plan() = messages.plan;
    stream->Write(part);
    if (!second_plan.empty()) {
      *part.mutable_plan() = messages.plan;
      part.mutable_plan()->set_name_in_case(second_plan);
      stream->Write(part);
    }
    for (const v1::Structure& structure : messages.structures) {
      *part.mutable_structure() = structure;
      stream->Write(part);
    }
    for (const std::string& name : {messages.dose.name_in_case(), second_dose}) {
      if (name.empty()) continue;
      *part.mutable_dose() = messages.dose;
      part.mutable_dose()->set_name_in_case(name);
      stream->Write(part);
      for (const v1::DoseChunk& chunk : messages.chunks()) {
        *part.mutable_chunk() = chunk;
        stream->Write(part);
      }
    }
    stream->WritesDone();
    return stream->Finish();
  };
  v1::CheckPlanResponse response;
  REQUIRE(whole("", "", response).ok());
  CHECK(response.report().verdict() == v1::Report::PASS);
  REQUIRE(whole("boost", "", response).ok());
  CHECK(response.report().verdict() == v1::Report::INCOMPLETE);
  CHECK(response.report().course().plans_size() == 2);
  REQUIRE(whole("", "boost", response).ok());
  CHECK(response.report().verdict() == v1::Report::INCOMPLETE);
  CHECK(response.report().course().doses_size() == 2);
  CHECK(whole("primary", "", response).error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(whole("", "sum", response).error_code() == grpc::StatusCode::INVALID_ARGUMENT);
}
