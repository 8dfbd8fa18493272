// Which plan, structures and dose are judged of what a case holds, and what is said where none is.
#include "core/case/subject.h"

#include <catch2/catch.hpp>

#include "core/geometry/test_shapes.h"

using namespace dosegate;

namespace {

DoseGrid grid() {
  return test::sample({}, [](const auto&) { return 1.0; });
}

Plan plan(const std::string& name, const std::string& structure_set = "") {
  Plan out;
  out.name_in_case = name;
  out.structure_set = structure_set;
  return out;
}

Structure structure(std::int32_t number) {
  Structure out;
  out.roi_number = number;
  return out;
}

// One of each, belonging together.
Case named_case() {
  Case c;
  c.course.plans["primary"] = plan("primary", "CT1");
  c.course.structure_sets["CT1"][1] = structure(1);
  c.course.doses.insert_or_assign("sum", HeldDose{grid(), {"primary"}, "CT1"});
  return c;
}

}  // namespace

TEST_CASE("of an empty case nothing is judged, and nothing is refused") {
  const Case c;
  const Subject s(c);
  CHECK(s.plan == nullptr);
  CHECK(s.dose == nullptr);
  CHECK(s.structures.empty());
  CHECK_FALSE(s.plan_refused);
  CHECK_FALSE(s.structures_refused);
  CHECK_FALSE(s.dose_refused);
  CHECK(c.course.is_short_form());
}

TEST_CASE("one of each is judged, with names or without") {
  Case unnamed;
  unnamed.course.plan().label = "LIVER";
  unnamed.course.structures()[1] = structure(1);
  unnamed.course.set_dose(grid());
  CHECK(unnamed.course.is_short_form());
  const Case named = named_case();
  CHECK_FALSE(named.course.is_short_form());
  for (const Case* c : {static_cast<const Case*>(&unnamed), &named}) {
    const Subject s(*c);
    CHECK(s.plan == &c->course.plans.begin()->second);
    CHECK(s.dose == &c->course.doses.begin()->second.grid);
    CHECK(s.structures.count(1) == 1);
    CHECK_FALSE(s.plan_refused);
    CHECK_FALSE(s.structures_refused);
    CHECK_FALSE(s.dose_refused);
  }
}

TEST_CASE("a name alone, or a word on what belongs to what, is no short form") {
  Case c;
  c.course.plan();
  CHECK(c.course.is_short_form());
  c.course.plan().structure_set = "CT1";
  CHECK_FALSE(c.course.is_short_form());
  c.course.plans.clear();
  c.course.doses.insert_or_assign("", HeldDose{grid(), {"primary"}, {}});
  CHECK_FALSE(c.course.is_short_form());
  c.course.doses.clear();
  c.course.structure_sets["CT1"][1] = structure(1);
  CHECK_FALSE(c.course.is_short_form());
}

TEST_CASE("of several plans none is judged, and neither is the dose") {
  Case c = named_case();
  c.course.plans[""] = plan("");
  const Subject s(c);
  CHECK(s.plan == nullptr);
  CHECK(s.dose == nullptr);
  CHECK(s.structures.size() == 1);
  CHECK(english(s.plan_refused.problem) ==
        "The case holds 2 plans, one without a name and 'primary' (on structure set 'CT1'), and which of them is to be "
        "judged is not said.");
  CHECK(english(s.plan_refused.hint) == "Remove all but the one that is meant, or check each in a case of its own.");
  CHECK(s.dose_refused.problem == s.plan_refused.problem);
  CHECK_FALSE(s.structures_refused);
}

TEST_CASE("of several doses none is judged, and the plan is") {
  Case c = named_case();
  c.course.doses.insert_or_assign("boost", HeldDose{grid(), {"primary", "boost"}, {}});
  const Subject s(c);
  CHECK(s.plan != nullptr);
  CHECK(s.dose == nullptr);
  CHECK(english(s.dose_refused.problem) ==
        "The case holds 2 doses, 'boost' (of plans 'primary' and 'boost') and 'sum' (of plan 'primary'), and which of "
        "them is to be judged is not said.");
}

TEST_CASE("of several structure sets none is judged") {
  Case c = named_case();
  c.course.structure_sets["CT2"][1] = structure(1);
  const Subject s(c);
  CHECK(s.structures.empty());
  CHECK(english(s.structures_refused.problem) ==
        "The case holds 2 structure sets, 'CT1' and 'CT2', and which of them is to be judged is not said.");
  CHECK(s.plan != nullptr);
  CHECK(s.dose != nullptr);
}

TEST_CASE("a dose of a plan that is not held is refused by name") {
  Case c = named_case();
  HeldDose& dose = c.course.doses.at("sum");
  dose.plans = {"boost"};
  CHECK(Subject(c).dose == nullptr);
  CHECK(english(Subject(c).dose_refused.problem) ==
        "Dose 'sum' is of plan 'boost', which the case does not hold; it holds plan 'primary'.");
  c.course.plans.clear();
  CHECK(english(Subject(c).dose_refused.problem) == "Dose 'sum' is of plan 'boost', which the case does not hold.");
  c.course.plans["primary"] = plan("primary");
  dose.plans = {"primary", "boost"};
  CHECK(english(Subject(c).dose_refused.problem) ==
        "Dose 'sum' is the sum of plans 'primary' and 'boost'; the case does not hold 'boost'.");
  dose.plans = {"primary", "primary"};
  CHECK_FALSE(Subject(c).dose_refused);
}

TEST_CASE("what belongs to a structure set that is not held is refused by name") {
  Case c = named_case();
  c.course.doses.at("sum").structure_set = "CT2";
  CHECK(english(Subject(c).dose_refused.problem) ==
        "Dose 'sum' belongs to structure set 'CT2', which the case does not hold; it holds structure set 'CT1'.");
  CHECK_FALSE(Subject(c).structures_refused);
  c.course.doses.at("sum").structure_set.clear();
  c.course.plans.at("primary").structure_set = "CT3";
  CHECK(Subject(c).structures.empty());
  CHECK(english(Subject(c).structures_refused.problem) ==
        "Plan 'primary' belongs to structure set 'CT3', which the case does not hold; it holds structure set 'CT1'.");
  c.course.structure_sets.clear();
  CHECK(english(Subject(c).structures_refused.problem) ==
        "Plan 'primary' belongs to structure set 'CT3', which the case does not hold.");
}

TEST_CASE("of very many, eight are named") {
  Case c;
  for (int i = 10; i < 30; ++i) c.course.plans[std::to_string(i)] = plan(std::to_string(i));
  CHECK(
      english(Subject(c).plan_refused.problem) ==
      "The case holds 20 plans, '10', '11', '12', '13', '14', '15', '16', '17' and 12 more, and which of them is to be "
      "judged is not said.");
}
