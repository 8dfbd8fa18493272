// Random changes of which plans, structure sets and doses a case holds, and by which names: in a case and in what it
// should hold, together.
#pragma once

#include <string>
#include <utility>

#include "tests/abi/small_patient.h"

namespace dosegate::abi_test {

// Walk: below(n) gives a random number below n.
template <typename Walk>
class CourseChanges {
 public:
  CourseChanges(Walk& walk, dosegate_case* c, Content& content) : walk_(walk), case_(c), content_(content) {}

  // Answers what was done.
  std::string change() {
    const bool more = !content_.more_plans.empty() || !content_.more_sets.empty() || !content_.more_doses.empty();
    if (more && walk_.below(4) != 0) return leave_one_of_each();
    switch (walk_.below(7)) {
      case 0:
        return rename_plan();
      case 1:
        return rename_set();
      case 2:
        return rename_dose();
      case 3:
        return say_what_belongs();
      case 4:
        return add_plan();
      case 5:
        return add_set();
      default:
        return add_dose();
    }
  }

 private:
  std::string some_name() {
    constexpr const char* kNames[] = {"", "A", "B", "Plan \xc3\xa9"};
    return kNames[walk_.below(4)];
  }

  std::string rename_plan() {
    const std::string before = std::exchange(content_.plan_name, some_name());
    if (content_.more_plans.erase(content_.plan_name) > 0 || before != content_.plan_name) {
      if (walk_.below(2) == 0) content_.set_plan(case_);  // there are two for a moment, or one is replaced
      REQUIRE(api().case_remove_plan(case_, before.c_str(), nullptr) == DOSEGATE_OK);
    }
    content_.set_plan(case_);
    return "plan '" + before + "' is now '" + content_.plan_name + "'";
  }

  std::string rename_set() {
    if (content_.structures.empty()) return "no structure set";
    const std::string before = std::exchange(content_.set_name, some_name());
    if (before == content_.set_name) return "the set keeps its name";
    if (content_.more_sets.erase(content_.set_name) > 0) {
      REQUIRE(api().case_remove_structure_set(case_, content_.set_name.c_str(), nullptr) == DOSEGATE_OK);
    }
    const auto set_all = [&] {
      for (const auto& [number, oval] : content_.structures) oval.set(case_, number, content_.set_name);
    };
    const bool first = walk_.below(2) == 0;
    if (first) set_all();
    if (walk_.below(2) == 0) {
      REQUIRE(api().case_remove_structure_set(case_, before.c_str(), nullptr) == DOSEGATE_OK);
    } else {
      for (const auto& [number, oval] : content_.structures) {
        REQUIRE(api().case_remove_structure(case_, before.c_str(), number, nullptr) == DOSEGATE_OK);
      }
    }
    if (!first) set_all();
    return "set '" + before + "' is now '" + content_.set_name + "'";
  }

  std::string rename_dose() {
    const std::string before = std::exchange(content_.label.name, some_name());
    if (before == content_.label.name) return "the dose keeps its name";
    content_.more_doses.erase(content_.label.name);
    if (walk_.below(2) == 0) REQUIRE(content_.dose.set(case_, content_.label) == DOSEGATE_OK);
    REQUIRE(api().case_remove_dose(case_, before.c_str(), nullptr) == DOSEGATE_OK);
    REQUIRE(content_.dose.set(case_, content_.label) == DOSEGATE_OK);
    return "dose '" + before + "' is now '" + content_.label.name + "'";
  }

  // Rightly, wrongly, or not at all.
  std::string say_what_belongs() {
    const auto name = [&](const std::string& right) { return walk_.below(6) == 0 ? some_name() : right; };
    content_.label.plans.clear();
    for (std::uint32_t n = walk_.below(3); n > 0; --n) {
      const std::string plan = name(content_.plan_name);
      if (!plan.empty()) content_.label.plans.push_back(plan);
    }
    content_.label.structure_set = name(content_.set_name);
    REQUIRE(content_.dose.set(case_, content_.label) == DOSEGATE_OK);
    content_.plan_set = name(content_.set_name);
    content_.set_plan(case_);
    return "the dose is of " + std::to_string(content_.label.plans.size()) + " plans and set '" +
           content_.label.structure_set + "', the plan of '" + content_.plan_set + "'";
  }

  std::string add_plan() {
    const std::string name = some_name();
    if (name == content_.plan_name) return "no further plan";
    content_.more_plans[name] = kAbiPlan;
    REQUIRE(api().case_set_plan(case_, text(named(kAbiPlan, name)), nullptr) == DOSEGATE_OK);
    return "further plan '" + name + "'";
  }

  std::string add_set() {
    const std::string name = some_name();
    if (name == content_.set_name || content_.structures.empty()) return "no further set";
    Ovals& ovals = content_.more_sets[name];
    auto [number, oval] = *content_.structures.begin();
    oval.x += walk_.below(9);
    oval.set(case_, number, name);
    ovals.insert_or_assign(number, oval);
    return "further set '" + name + "' with " + std::to_string(number);
  }

  std::string add_dose() {
    const std::string name = some_name();
    if (name == content_.label.name) return "no further dose";
    Dose more = content_.dose;  // on the same grid, so that what was kept of the other would fit
    const unsigned seed = walk_.below(50);
    for (std::uint32_t p = 0; p < more.plane_count; ++p) more.fill_plane(p, seed);
    REQUIRE(more.set(case_, {name, {}, {}}) == DOSEGATE_OK);
    if (more.defect.empty() && walk_.below(2) == 0) {
      more.fill_plane(0, seed + 1);
      REQUIRE(more.set_planes(case_, 0, 1, name) == DOSEGATE_OK);
    }
    content_.more_doses.insert_or_assign(name, more);
    return "further dose '" + name + "'";
  }

  // Of several of a kind any one stays: the others go, one by one.
  std::string leave_one_of_each() {
    std::string done = "one of each:";
    while (!content_.more_plans.empty()) {
      const auto more = content_.more_plans.begin();
      const bool takes_place = walk_.below(2) == 0;
      const std::string gone = takes_place ? std::exchange(content_.plan_name, more->first) : more->first;
      if (takes_place) content_.plan = more->second, content_.plan_set.clear();
      REQUIRE(api().case_remove_plan(case_, gone.c_str(), nullptr) == DOSEGATE_OK);
      content_.more_plans.erase(more);
      done += " without plan '" + gone + "'";
    }
    while (!content_.more_sets.empty()) {
      const auto more = content_.more_sets.begin();
      const bool takes_place = walk_.below(2) == 0 || content_.structures.empty();
      const std::string gone = takes_place ? std::exchange(content_.set_name, more->first) : more->first;
      const bool is_held = !takes_place || !content_.structures.empty();
      if (takes_place) content_.structures = more->second;
      if (is_held) REQUIRE(api().case_remove_structure_set(case_, gone.c_str(), nullptr) == DOSEGATE_OK);
      content_.more_sets.erase(more);
      done += " without set '" + gone + "'";
    }
    while (!content_.more_doses.empty()) {
      const auto more = content_.more_doses.begin();
      const bool takes_place = walk_.below(2) == 0;
      const std::string gone = takes_place ? content_.label.name : more->first;
      if (takes_place) content_.label = {more->first, {}, {}}, content_.dose = more->second;
      REQUIRE(api().case_remove_dose(case_, gone.c_str(), nullptr) == DOSEGATE_OK);
      content_.more_doses.erase(more);
      done += " without dose '" + gone + "'";
    }
    return done;
  }

  Walk& walk_;
  dosegate_case* case_;
  Content& content_;
};

}  // namespace dosegate::abi_test
