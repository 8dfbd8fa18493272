#include "core/case/subject.h"

#include "core/text/text.h"

namespace dosegate {
namespace {

constexpr const char* kOneEach = "Remove all but the one that is meant, or check each in a case of its own.";

// One thing as sentences call it: "dose 'boost'", "the dose without a name".
std::string called(const std::string& kind, const std::string& name) {
  return name.empty() ? "the " + kind + " without a name" : kind + " " + quoted(name);
}

// "'a', 'b' and one without a name"; of many the first eight.
std::string listed(std::vector<std::string> items) {
  constexpr std::size_t kMost = 8;
  const bool more = items.size() > kMost;
  if (more) items.resize(kMost);
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    out += (i == 0 ? "" : i + 1 == items.size() && !more ? " and " : ", ") + items[i];
  }
  return out + (more ? ", ..." : "");
}

std::string listed_names(const std::vector<std::string>& names) {
  std::vector<std::string> items;
  for (const std::string& name : names) items.push_back(quoted(name));
  return listed(std::move(items));
}

std::string described(const Plan& plan) {
  return plan.structure_set.empty() ? "" : " (on structure set " + quoted(plan.structure_set) + ")";
}
std::string described(const StructureSet&) { return {}; }
std::string described(const HeldDose& dose) {
  if (dose.plans.empty()) return {};
  return std::string(" (of plan") + (dose.plans.size() > 1 ? "s " : " ") + listed_names(dose.plans) + ")";
}

// Of several none is meant.
template <typename T>
Refusal refuse_several(const std::string& kind, const std::map<std::string, T>& held) {
  if (held.size() < 2) return {};
  std::vector<std::string> items;
  for (const auto& [name, item] : held) {
    items.push_back((name.empty() ? "one without a name" : quoted(name)) + described(item));
  }
  return {"The case holds " + std::to_string(held.size()) + " " + kind + "s, " + listed(std::move(items)) +
              ", and which of them is to be judged is not said.",
          kOneEach};
}

// "which the case does not hold"; what it holds instead, where that is one.
template <typename T>
std::string not_held(const std::string& kind, const std::map<std::string, T>& held) {
  if (held.empty()) return ", which the case does not hold.";
  return ", which the case does not hold; it holds " + called(kind, held.begin()->first) + ".";
}

// Precondition: at most one set, and `by` is the one thing of its kind.
Refusal refuse_other_set(const std::string& by, const std::string& named, const HeldCourse& course) {
  if (named.empty() || course.structure_sets.count(named) > 0) return {};
  return {capital(by) + " belongs to structure set " + quoted(named) + not_held("structure set", course.structure_sets),
          "Set the structures of " + quoted(named) + ", or remove what does not belong together."};
}

// Precondition: at most one plan.
Refusal refuse_other_plan(const std::string& name, const HeldDose& dose, const HeldCourse& course) {
  std::vector<std::string> missing;
  for (const std::string& plan : dose.plans) {
    if (course.plans.count(plan) == 0) missing.push_back(plan);
  }
  if (missing.empty()) return {};
  const std::string dose_name = capital(called("dose", name));
  if (dose.plans.size() > 1) {
    return {dose_name + " is the sum of plans " + listed_names(dose.plans) + "; the case does not hold " +
                listed_names(missing) + ".",
            "Remove the dose, and set one of a single plan together with that plan."};
  }
  return {dose_name + " is of plan " + quoted(missing.front()) + not_held("plan", course.plans),
          "Set the plan that the dose was calculated for, or remove the dose and set that of the plan held."};
}

Refusal refuse_structures(const HeldCourse& course) {
  if (Refusal several = refuse_several("structure set", course.structure_sets)) return several;
  if (course.plans.size() != 1) return {};
  const auto& [name, plan] = *course.plans.begin();
  return refuse_other_set(called("plan", name), plan.structure_set, course);
}

Refusal refuse_dose(const HeldCourse& course, const Refusal& plan_refused) {
  if (Refusal several = refuse_several("dose", course.doses)) return several;
  if (course.doses.empty()) return {};
  if (plan_refused) return plan_refused;
  const auto& [name, dose] = *course.doses.begin();
  if (Refusal other = refuse_other_plan(name, dose, course)) return other;
  // Of several sets it names one that is held, or none: which is judged is refused already.
  return refuse_other_set(called("dose", name), dose.structure_set, course);
}

}  // namespace

Subject::Subject(const Case& c)
    : course(c.course),
      plan_refused(refuse_several("plan", course.plans)),
      structures_refused(refuse_structures(course)),
      dose_refused(refuse_dose(course, plan_refused)),
      plan(course.plans.empty() || plan_refused ? nullptr : &course.plans.begin()->second),
      structures(course.structure_sets.empty() || structures_refused ? none_ : course.structure_sets.begin()->second),
      dose(course.doses.empty() || dose_refused ? nullptr : &course.doses.begin()->second.grid),
      options(c.options),
      slices(c.slices),
      record(c.record ? &*c.record : nullptr),
      measurement(c.measurement ? &*c.measurement : nullptr) {}

}  // namespace dosegate
