// Which objects make up a plan, whatever the order in which they came.
#include "adapters/dicom_gate/pairing.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dosegate::dicom_gate;
using dosegate::gate::Instant;

namespace {

Facts plan_of(const std::string& uid, const std::string& structures, int beams = 0) {
  Facts facts;
  facts.role = Role::kPlan;
  facts.uid = uid;
  if (!structures.empty()) facts.structure_uids = {structures};
  facts.plan.emplace();
  auto& group = *facts.plan->add_fraction_groups();
  group.set_number(1);
  for (int beam = 1; beam <= beams; ++beam) {
    facts.plan->add_beams()->set_number(beam);
    group.add_beams()->set_beam_number(beam);
  }
  return facts;
}

Facts structures_of(const std::string& uid) {
  Facts facts;
  facts.role = Role::kStructures;
  facts.uid = uid;
  return facts;
}

Facts dose_of(const std::string& uid, const std::string& plan, const std::string& summation = "PLAN", int beam = 0) {
  Facts facts;
  facts.role = Role::kDose;
  facts.uid = uid;
  if (!plan.empty()) facts.plan_uids = {plan};
  facts.summation = summation;
  if (beam > 0) facts.beams = {{1, beam}};
  return facts;
}

Index index_of(const std::vector<Facts>& all) {
  Index index;
  for (const Facts& facts : all) index[facts.uid] = facts;
  return index;
}

std::vector<Group> groups_of(const std::vector<Facts>& all, const std::vector<std::string>& closed = {}) {
  static Index index;  // what the groups point to
  index = index_of(all);
  return group_up(index,
                  [&](const std::string& uid) { return std::find(closed.begin(), closed.end(), uid) != closed.end(); });
}

std::vector<std::string> uids_of(const Group& group) {
  std::vector<std::string> uids;
  for (const Facts* facts : group.objects) uids.push_back(facts->uid);
  return uids;
}

}  // namespace

TEST_CASE("dicom gate: a plan is complete with the structure set it names and a dose that names it", "[dicom-gate]") {
  const auto groups = groups_of({plan_of("1", "2"), structures_of("2"), dose_of("3", "1")});
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].is_complete());
  CHECK(groups[0].key == "1");
  CHECK(uids_of(groups[0]) == std::vector<std::string>{"2", "1", "3"});
}

TEST_CASE("dicom gate: what a plan lacks is named", "[dicom-gate]") {
  auto groups = groups_of({plan_of("1", "2")});
  REQUIRE(groups.size() == 1);
  REQUIRE(groups[0].missing.size() == 2);
  CHECK(groups[0].missing[0] == "RTSTRUCT: structure set 2 of plan 1 was not received.");
  CHECK(groups[0].missing[1] == "RTDOSE: no dose of plan 1 was received.");
  groups = groups_of({dose_of("3", "1")});
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].key == "1");
  CHECK(groups[0].missing == std::vector<std::string>{"RTPLAN: plan 1 of a dose was not received."});
  groups = groups_of({structures_of("2")});
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].missing == std::vector<std::string>{"RTPLAN: no plan refers to structure set 2."});
  groups = groups_of({dose_of("3", "")});
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].missing == std::vector<std::string>{"RTPLAN: dose 3 does not say of which plan it is."});
  groups = groups_of({plan_of("1", ""), dose_of("3", "1")});
  REQUIRE(groups.size() == 1);
  CHECK_FALSE(groups[0].is_complete());
}

TEST_CASE("dicom gate: two plans on one structure set are two, each with its own dose", "[dicom-gate]") {
  const auto groups =
      groups_of({plan_of("1", "2"), plan_of("4", "2"), structures_of("2"), dose_of("3", "1"), dose_of("5", "4")});
  REQUIRE(groups.size() == 2);
  CHECK(uids_of(groups[0]) == std::vector<std::string>{"2", "1", "3"});
  CHECK(uids_of(groups[1]) == std::vector<std::string>{"2", "4", "5"});
  CHECK((groups[0].is_complete() && groups[1].is_complete()));
}

TEST_CASE("dicom gate: doses of single beams are complete with the last beam", "[dicom-gate]") {
  const Facts plan = plan_of("1", "2", 2), structures = structures_of("2");
  auto groups = groups_of({plan, structures, dose_of("3", "1", "BEAM", 1)});
  REQUIRE(groups.size() == 1);
  REQUIRE(groups[0].missing.size() == 1);
  CHECK(groups[0].missing[0].find("No dose is given for beam 2") != std::string::npos);
  groups = groups_of({plan, structures, dose_of("3", "1", "BEAM", 1), dose_of("4", "1", "BEAM", 2)});
  CHECK(groups[0].is_complete());
  groups = groups_of({plan, structures, dose_of("3", "1", "BEAM", 1), dose_of("5", "1")});
  CHECK(groups[0].is_complete());
  Facts relative = dose_of("5", "1");
  relative.is_evaluated = false;
  CHECK_FALSE(groups_of({plan, structures, relative})[0].is_complete());
}

TEST_CASE("dicom gate: what a closed plan left behind makes no group", "[dicom-gate]") {
  CHECK(groups_of({structures_of("2"), dose_of("3", "1")}, {"1", "2"}).empty());
}

TEST_CASE("dicom gate: a UID is digits and dots, and leads nowhere", "[dicom-gate]") {
  CHECK(is_uid("1.2.840.10008"));
  for (const char* text : {"", ".", "..", "1..2", "1.2.", ".1", "1/2", "../x", "1.2a"}) CHECK_FALSE(is_uid(text));
  CHECK(is_uid(std::string(64, '1')));
  CHECK_FALSE(is_uid(std::string(65, '1')));
}
