#include "core/case/subject.h"

#include <map>
#include <string>
#include <vector>

namespace dosegate {
namespace {

Message called(const Plan& plan) {
  return plan.name_in_case.empty() ? say<Said::kHeldPlanUnnamed>() : say<Said::kHeldPlan>(plan.name_in_case);
}
Message called_set(const std::string& name) {
  return name.empty() ? say<Said::kHeldSetUnnamed>() : say<Said::kHeldSet>(name);
}
Message called_dose(const std::string& name) {
  return name.empty() ? say<Said::kHeldDoseUnnamed>() : say<Said::kHeldDose>(name);
}
Message one(const std::string& name) { return name.empty() ? say<Said::kUnnamedOne>() : say<Said::kNamedOne>(name); }

Listing listed_names(const std::vector<std::string>& names) {
  std::vector<Argument> items;
  for (const std::string& name : names) items.emplace_back(one(name));
  return listing(std::move(items));
}

// With what each belongs to.
Message described(const std::string& name, const Plan& plan) {
  return plan.structure_set.empty() ? one(name) : say<Said::kPlanOnSet>(one(name), plan.structure_set);
}
Message described(const std::string& name, const StructureSet&) { return one(name); }
Message described(const std::string& name, const HeldDose& dose) {
  return dose.plans.empty() ? one(name)
                            : say<Said::kDoseOfPlans>(one(name), dose.plans.size(), listed_names(dose.plans));
}

// Of several none is meant.
template <Said holds, typename T>
Refusal refuse_several(const std::map<std::string, T>& held) {
  if (held.size() < 2) return {};
  std::vector<Argument> items;
  for (const auto& [name, item] : held) items.emplace_back(described(name, item));
  return {say<holds>(held.size(), listing(std::move(items))), say<Said::kLeaveOneOfEach>()};
}

// Precondition: at most one set is held.
Refusal refuse_other_set(Message what, const std::string& named, const HeldCourse& course) {
  const auto& sets = course.structure_sets;
  if (named.empty() || sets.count(named) > 0) return {};
  return {sets.empty() ? say<Said::kSetNotHeld>(std::move(what), named)
                       : say<Said::kSetNotHeldButOne>(std::move(what), named, called_set(sets.begin()->first)),
          say<Said::kSetTheStructures>(named)};
}

// Precondition: at most one plan is held.
Refusal refuse_other_plan(const std::string& name, const HeldDose& dose, const HeldCourse& course) {
  std::vector<std::string> missing;
  for (const std::string& plan : dose.plans) {
    if (course.plans.count(plan) == 0) missing.push_back(plan);
  }
  if (missing.empty()) return {};
  if (dose.plans.size() > 1) {
    return {say<Said::kSumOfPlansNotHeld>(called_dose(name), listed_names(dose.plans), listed_names(missing)),
            say<Said::kSetDoseOfOnePlan>()};
  }
  return {course.plans.empty()
              ? say<Said::kPlanNotHeld>(called_dose(name), missing.front())
              : say<Said::kPlanNotHeldButOne>(called_dose(name), missing.front(), called(course.plans.begin()->second)),
          say<Said::kSetPlanOfDose>()};
}

Refusal refuse_structures(const HeldCourse& course) {
  if (Refusal several = refuse_several<Said::kHoldsSets>(course.structure_sets)) return several;
  if (course.plans.size() != 1) return {};
  const Plan& plan = course.plans.begin()->second;
  return refuse_other_set(called(plan), plan.structure_set, course);
}

Refusal refuse_dose(const HeldCourse& course, const Refusal& plan_refused) {
  if (Refusal several = refuse_several<Said::kHoldsDoses>(course.doses)) return several;
  if (course.doses.empty()) return {};
  if (plan_refused) return plan_refused;
  const auto& [name, dose] = *course.doses.begin();
  if (Refusal other = refuse_other_plan(name, dose, course)) return other;
  // Of several sets it names one that is held, or none: which is judged is refused already.
  return refuse_other_set(called_dose(name), dose.structure_set, course);
}

}  // namespace

Orientation Subject::orientation() const { return dose != nullptr ? dose->orientation() : Orientation(); }

Subject::Subject(const Case& c, const DoseGrid* expected)
    : course(c.course),
      plan_refused(refuse_several<Said::kHoldsPlans>(course.plans)),
      structures_refused(refuse_structures(course)),
      dose_refused(expected != nullptr ? Refusal{} : refuse_dose(course, plan_refused)),
      plan(course.plans.empty() || plan_refused ? nullptr : &course.plans.begin()->second),
      structures(course.structure_sets.empty() || structures_refused ? none_ : course.structure_sets.begin()->second),
      dose(expected != nullptr                    ? expected
           : course.doses.empty() || dose_refused ? nullptr
                                                  : &course.doses.begin()->second.grid),
      options(c.options),
      slices(c.slices),
      record(c.record ? &*c.record : nullptr),
      measurement(c.measurement ? &*c.measurement : nullptr) {}

}  // namespace dosegate
