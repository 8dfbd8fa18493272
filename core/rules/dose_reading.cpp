#include "core/rules/dose_reading.h"

#include <cmath>

#include "core/report/text.h"

namespace dosegate {
namespace {

// A plan's hottest point lies between these multiples of what is prescribed, whatever its quality.
constexpr double kLeastRatio = 0.5, kMostRatio = 2.0;

DoseReading refused(std::string problem, std::string hint) { return {{}, {}, std::move(problem), std::move(hint)}; }

DoseReading one_fraction(const std::optional<Plan>& plan, const std::string& why) {
  const std::optional<int> fractions = plan ? planned_fractions(*plan) : std::nullopt;
  if (!fractions) {
    return refused("The dose grid holds one fraction (" + why + "), and the plan does not state how many there are.",
                   "Give the RT Plan with its number of fractions planned (300A,0078), or export the dose of the "
                   "whole course.");
  }
  return {static_cast<double>(*fractions),
          "One fraction (" + why + "), multiplied by the " + std::to_string(*fractions) + " fractions planned.",
          {},
          {}};
}

DoseReading by_tag(const DoseGrid& grid, const std::optional<Plan>& plan) {
  switch (grid.summation()) {
    case DoseSummation::kPlan:
      return {1.0, "The whole course (DoseSummationType PLAN).", {}, {}};
    case DoseSummation::kBeams:
      return {1.0, "The whole course: the sum of every beam's dose.", {}, {}};
    case DoseSummation::kFraction:
      if (plan && plan->fraction_groups.size() > 1) {
        return refused("The dose grid holds one fraction group (DoseSummationType FRACTION), the plan has " +
                           std::to_string(plan->fraction_groups.size()) + ".",
                       "Export the dose with DoseSummationType PLAN.");
      }
      return {1.0, "The whole fraction group (DoseSummationType FRACTION, DICOM PS3.3 C.8.8.3).", {}, {}};
    case DoseSummation::kFractionSession:
      return one_fraction(plan, "DoseSummationType FRACTION_SESSION");
    case DoseSummation::kMultiPlan:
    case DoseSummation::kOther:
      break;  // grid.problem() has said so
  }
  return refused("The dose grid does not hold the dose of this plan.", "Export the dose with DoseSummationType PLAN.");
}

}  // namespace

std::optional<int> planned_fractions(const Plan& plan) {
  if (plan.fraction_groups.empty()) return {};
  int sum = 0;
  for (const auto& group : plan.fraction_groups) {
    if (!group.fractions_planned || *group.fractions_planned < 1 || *group.fractions_planned > 1000) return {};
    sum += *group.fractions_planned;
    if (sum > 1000) return {};
  }
  return sum;
}

DoseReading read_dose(const std::optional<DoseGrid>& grid, const std::optional<Plan>& plan, DoseMeaning meaning,
                      std::optional<Dose> prescribed) {
  if (!grid) return refused("There is no dose grid.", "Give the RT Dose of the plan.");
  if (!grid->problem().empty()) return refused(grid->problem(), grid->problem_hint());
  DoseReading reading;
  switch (meaning) {
    case DoseMeaning::kAsTagged:
      reading = by_tag(*grid, plan);
      break;
    case DoseMeaning::kCourse:
      reading = {1.0, "The whole course, as the site stated.", {}, {}};
      break;
    case DoseMeaning::kFraction:
      reading = one_fraction(plan, "as the site stated");
      break;
  }
  if (!reading.factor || !prescribed) return reading;

  const Dose most = *reading.factor * grid->maximum();
  const double ratio = most / *prescribed;
  if (ratio >= kLeastRatio && ratio <= kMostRatio) return reading;
  std::string problem = "The dose grid's maximum of " + fixed(most.in_gy(), 2) + " Gy contradicts the prescribed " +
                        fixed(prescribed->in_gy(), 2) + " Gy";
  const std::optional<int> fractions = plan ? planned_fractions(*plan) : std::nullopt;
  const double as_fraction = fractions ? ratio / *reading.factor * *fractions : 0.0;
  if (meaning != DoseMeaning::kFraction && as_fraction >= kLeastRatio && as_fraction <= kMostRatio) {
    return refused(problem + "; times the " + std::to_string(*fractions) +
                       " fractions planned it would fit: the grid seems to hold one fraction" +
                       (grid->summation() == DoseSummation::kFraction
                            ? ", although its tag FRACTION means the whole fraction group (DICOM PS3.3 C.8.8.3)."
                            : "."),
                   "If the grid holds one fraction, say so with --dose-is fraction; else export the dose of the whole "
                   "course.");
  }
  const double as_course = ratio / *reading.factor;
  if (meaning != DoseMeaning::kCourse && *reading.factor != 1.0 && as_course >= kLeastRatio &&
      as_course <= kMostRatio) {
    return refused(problem + "; without the factor of " + fixed(*reading.factor, 0) +
                       " it would fit: the grid seems to hold the whole course.",
                   "If the grid holds the whole course, say so with --dose-is course.");
  }
  return refused(problem + ".", "Check that the dose belongs to this plan and is in Gy, and export it again.");
}

}  // namespace dosegate
