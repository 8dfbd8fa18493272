// A case on the server that was changed and checked many times, against protocols whose roles share names but not
// derivations, answers as a new case of the same content, byte for byte.
#include <catch2/catch.hpp>
#include <random>
#include <utility>

#include "tests/grpc/server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

// The shipped protocol, with another derivation behind the role Liver-GTV.
std::string protocol_json(v1::ProtocolService::Stub& protocols, const std::string& part) {
  v1::GetProtocolRequest request;
  request.set_name("protocols/ChiCTR2000036385");
  v1::GetProtocolResponse response;
  Call call;
  REQUIRE(protocols.GetProtocol(&call, request, &response).ok());
  std::string json = response.protocol_json();
  const std::size_t at = json.find("\"minus\":", json.find("\"derived\":")), end = json.find(']', at);
  REQUIRE(at != std::string::npos);
  json.replace(at, end + 1 - at, part);
  return json;
}

std::string report_of(v1::PlanCheckService::Stub& plans, const std::string& name, const std::string& protocol) {
  v1::CheckCaseRequest request;
  request.set_name(name);
  if (!protocol.empty()) request.mutable_protocol()->set_protocol_json(protocol);
  v1::CheckCaseResponse response;
  Call call;
  const grpc::Status status = plans.CheckCase(&call, request, &response);
  INFO(status.error_message());
  REQUIRE(status.ok());
  return response.report_json() + response.report().SerializeAsString();
}

// One case and what it should hold, changed together.
class Walk {
 public:
  Walk(unsigned seed, v1::PlanCheckService::Stub& plans)
      : random_(seed), plans_(plans), content_(phantom()), name_(make_case(plans, content_)) {}

  const Messages& content() const { return content_; }
  const std::string& name() const { return name_; }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  std::string step() {
    switch (below(11)) {
      case 0:
      case 1:
        return move_structure();
      case 2:
        return remove_or_restore();
      case 3:
        return set_dose();
      case 4:
        return set_options();
      case 5:
        return rename_plan();
      case 6:
        return rename_set();
      case 7:
        return rename_dose();
      case 8:
        return remove_and_put_back();
      case 9:
        return options_there_and_back();
      default:
        return set_plan();
    }
  }

 private:
  // Of the structures that the derivations are made of, and others.
  std::string move_structure() {
    v1::Structure& structure = content_.structures[below(content_.structures.size())];
    const double by = static_cast<double>(below(5)) - 2.0;
    for (v1::Contour& contour : *structure.mutable_contours()) {
      for (int i = 0; i < contour.points_mm_size(); i += 3) contour.set_points_mm(i, contour.points_mm(i) + by);
    }
    set(structure);
    return "moved " + structure.name();
  }
  std::string remove_or_restore() {
    if (!removed_.name().empty()) {
      content_.structures.push_back(std::exchange(removed_, {}));
      set(content_.structures.back());
      return "again " + content_.structures.back().name();
    }
    const auto at = content_.structures.begin() + static_cast<std::ptrdiff_t>(below(content_.structures.size()));
    removed_ = *at;
    content_.structures.erase(at);
    remove(removed_);
    return "without " + removed_.name();
  }
  void remove(const v1::Structure& structure) {
    v1::RemoveStructureRequest request;
    request.set_name(name_);
    request.set_roi_number(structure.roi_number());
    request.set_structure_set(structure.structure_set());
    v1::RemoveStructureResponse response;
    Call call;
    REQUIRE(plans_.RemoveStructure(&call, request, &response).ok());
  }
  // The very same: as if nothing had been.
  std::string remove_and_put_back() {
    const v1::Structure& structure = content_.structures[below(content_.structures.size())];
    remove(structure);
    set(structure);
    return "removed and put back " + structure.name();
  }
  std::string options_there_and_back() {
    const v1::CaseOptions before = content_.options;
    const std::string there = set_options();
    content_.options = before;
    send_options();
    return there + " and back";
  }
  std::string set_dose() {
    const Messages& other = phantom(below(2) == 0 ? "pass" : "hot-cord");
    const v1::DoseHeader before = std::exchange(content_.dose, other.dose);
    content_.dose.set_name_in_case(before.name_in_case());
    *content_.dose.mutable_plans() = before.plans();
    content_.values = other.values;
    REQUIRE(upload(plans_, name_, content_.dose, content_.chunks()).ok());
    return "dose";
  }
  std::string set_options() {
    content_.options = phantom().options;
    if (below(2) == 0) content_.options.set_between_slices(v1::BetweenSlices::INTERPOLATE);
    if (below(2) == 0) content_.options.set_outside_grid(v1::CaseOptions::ZERO);
    if (below(3) == 0) (*content_.options.mutable_structure_map())["Stomach"] = "Duodenum";
    send_options();
    return "options " + content_.options.ShortDebugString();
  }
  void send_options() {
    v1::SetOptionsRequest request;
    request.set_name(name_);
    *request.mutable_options() = content_.options;
    v1::SetOptionsResponse response;
    Call call;
    REQUIRE(plans_.SetOptions(&call, request, &response).ok());
  }
  std::string set_plan() {
    const std::string plan = content_.plan.name_in_case();
    content_.plan = phantom().plan;
    content_.plan.set_name_in_case(plan);
    if (below(2) == 0) content_.plan.mutable_fraction_groups(0)->set_fractions_planned(3);
    if (below(2) == 0) content_.plan.set_approval_status("REJECTED");
    send_plan();
    return "plan";
  }
  void send_plan() {
    v1::SetPlanRequest request;
    request.set_name(name_);
    *request.mutable_plan() = content_.plan;
    v1::SetPlanResponse response;
    Call call;
    REQUIRE(plans_.SetPlan(&call, request, &response).ok());
  }
  // Another name; the one before is removed, before or after the new one is there.
  std::string some_name() { return std::string("AB").substr(0, below(3)); }
  template <typename Set, typename Remove>
  void exchange(const Set& set, const Remove& remove) {
    const bool first = below(2) == 0;
    if (first) set();
    remove();
    if (!first) set();
  }
  std::string rename_plan() {
    const std::string before = content_.plan.name_in_case(), now = some_name();
    if (before == now) return "no other name";
    content_.plan.set_name_in_case(now);
    exchange([&] { send_plan(); },
             [&] {
               v1::RemovePlanRequest request;
               request.set_name(name_);
               request.set_name_in_case(before);
               v1::RemovePlanResponse response;
               Call call;
               REQUIRE(plans_.RemovePlan(&call, request, &response).ok());
             });
    return "plan '" + now + "'";
  }
  std::string rename_set() {
    const std::string before = content_.structures.front().structure_set(), now = some_name();
    if (before == now) return "no other name";
    for (v1::Structure& structure : content_.structures) structure.set_structure_set(now);
    removed_.set_structure_set(now);
    exchange(
        [&] {
          for (const v1::Structure& structure : content_.structures) set(structure);
        },
        [&] {
          v1::RemoveStructureSetRequest request;
          request.set_name(name_);
          request.set_structure_set(before);
          v1::RemoveStructureSetResponse response;
          Call call;
          REQUIRE(plans_.RemoveStructureSet(&call, request, &response).ok());
        });
    return "structure set '" + now + "'";
  }
  // Of the plan that is held, or of another.
  std::string rename_dose() {
    const std::string before = content_.dose.name_in_case(), now = some_name();
    if (before == now) return "no other name";
    content_.dose.set_name_in_case(now);
    content_.dose.clear_plans();
    if (below(4) == 0) content_.dose.add_plans(below(2) == 0 ? "A" : "C");
    exchange([&] { REQUIRE(upload(plans_, name_, content_.dose, content_.chunks()).ok()); },
             [&] {
               v1::RemoveDoseRequest request;
               request.set_name(name_);
               request.set_name_in_case(before);
               v1::RemoveDoseResponse response;
               Call call;
               REQUIRE(plans_.RemoveDose(&call, request, &response).ok());
             });
    return "dose '" + now + "'";
  }
  void set(const v1::Structure& structure) {
    v1::SetStructuresRequest request;
    request.set_name(name_);
    *request.add_structures() = structure;
    v1::SetStructuresResponse response;
    Call call;
    REQUIRE(plans_.SetStructures(&call, request, &response).ok());
  }

  std::mt19937 random_;
  v1::PlanCheckService::Stub& plans_;
  Messages content_;
  v1::Structure removed_;
  const std::string name_;
};

}  // namespace

TEST_CASE(
    "what a hosted case was asked before does not show in its answer, whatever was changed and by what protocol") {
  const std::string threads = GENERATE("1", "2");
  const Server server({"--threads", threads});
  const auto plans = server.plans();
  const auto protocols = server.protocols();
  const std::string choices[] = {"", protocol_json(*protocols, R"("minus": ["PTV"])"),
                                 protocol_json(*protocols, R"("within": ["CTV"])")};
  Walk walk(static_cast<unsigned>(std::stoul(threads)), *plans);
  std::string path, last;
  int changed = 0;
  constexpr int kSteps = DOSEGATE_SANITIZED ? 6 : 24;
  for (int step = 0; step < kSteps; ++step) {
    path += "\n" + walk.step();
    if (walk.below(3) == 0) continue;  // several changes at once
    const std::size_t choice = walk.below(3);
    const std::string answer = report_of(*plans, walk.name(), choices[choice]);
    const std::string fresh = make_case(*plans, walk.content());
    INFO(path << " against " << choice);
    REQUIRE((answer == report_of(*plans, fresh, choices[choice])));
    // Again, at once or after another protocol.
    if (const std::size_t other = walk.below(3); other != choice) {
      REQUIRE((report_of(*plans, walk.name(), choices[other]) == report_of(*plans, fresh, choices[other])));
    }
    REQUIRE((report_of(*plans, walk.name(), choices[choice]) == answer));
    v1::DeleteCaseRequest request;
    request.set_name(fresh);
    v1::DeleteCaseResponse response;
    Call call;
    REQUIRE(plans->DeleteCase(&call, request, &response).ok());
    changed += answer == last ? 0 : 1;
    last = answer;
  }
  CHECK(changed > kSteps / 3);
}
