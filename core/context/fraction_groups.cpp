#include "core/context/fraction_groups.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/context/tolerances.h"
#include "core/plan/technique.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

constexpr std::int32_t kMostFractions = 1000;

bool near(Dose a, Dose b) { return std::abs(a / b - 1.0) <= kBeamDoseTolerance; }

PlannedFractions unknown(std::string problem, std::string hint) {
  return {{}, std::move(problem), std::move(hint), {}};
}

// "10 fractions of 2 Gy and 5 of 5 Gy"
std::string in_words(const Plan& plan) {
  constexpr std::size_t kMost = 8;
  std::string out;
  const auto& groups = plan.fraction_groups;
  for (std::size_t i = 0; i < groups.size() && i < kMost; ++i) {
    if (i > 0) out += i + 1 == groups.size() ? " and " : ", ";
    out += std::to_string(groups[i].fractions_planned.value_or(0)) + (i == 0 ? " fractions" : "");
    if (const auto dose = beam_dose_sum(plan, groups[i])) out += " of " + fixed(dose->in_gy(), 3) + " Gy";
  }
  return out + (groups.size() > kMost ? ", ..." : "");
}

PlannedFractions of_several(const Plan& plan, int sum, std::optional<Dose> total) {
  const auto& groups = plan.fraction_groups;
  const std::string has = "The plan has " + std::to_string(groups.size()) + " fraction groups (300A,0070), ";
  const std::string hint =
      "Export the plan with one fraction group, or the phases as plans of their own; what is given counts by the "
      "clinical record.";
  std::vector<Dose> doses;
  for (const FractionGroup& group : groups) {
    const auto dose = beam_dose_sum(plan, group);
    if (!dose || !(dose->in_gy() > 0.0)) {
      return unknown(has + in_words(plan) +
                         ", and does not state the dose of each beam (300A,0084): which are given together, and with "
                         "what dose a fraction, is not known.",
                     hint);
    }
    doses.push_back(*dose);
  }
  const bool even = std::all_of(doses.begin(), doses.end(), [&](Dose d) { return near(d, doses.front()); });
  if (!even) {
    return unknown(has + "by their beam doses " + in_words(plan) +
                       ": its fractions are not alike, and which are given together is not known.",
                   hint);
  }
  const Dose course = *course_of_beam_doses(plan);
  const bool as_many = std::all_of(groups.begin(), groups.end(), [&](const FractionGroup& g) {
    return g.fractions_planned == groups.front().fractions_planned;
  });
  if (as_many || !total || !near(course, *total)) {
    return unknown(has + "by their beam doses " + in_words(plan) +
                       ": whether they are given together or one after another " + "is not known" +
                       (as_many || !total ? "." : ", and neither makes up the prescription."),
                   hint);
  }
  return {sum, {}, {}, has + in_words(plan) + ", taken as one after another: " + std::to_string(sum) + " fractions."};
}

// A group for set-up or imaging, of no beam and no brachytherapy, gives nothing.
bool gives_nothing(const FractionGroup& g) { return g.beams.empty() && g.brachy_setups == 0; }

}  // namespace

std::optional<Dose> beam_dose_sum(const Plan& plan, const FractionGroup& group) {
  Dose sum;
  bool any = false;
  for (const ReferencedBeam& reference : group.beams) {
    if (!treats(plan, reference)) continue;
    if (!reference.beam_dose) return {};
    sum = sum + *reference.beam_dose;
    any = true;
  }
  if (!any) return {};
  return sum;
}

std::optional<Dose> course_of_beam_doses(const Plan& plan) {
  if (plan.fraction_groups.empty()) return {};
  Dose sum;
  for (const FractionGroup& group : plan.fraction_groups) {
    if (gives_nothing(group)) continue;
    const auto dose = beam_dose_sum(plan, group);
    if (!dose || !group.fractions_planned) return {};
    sum = sum + static_cast<double>(*group.fractions_planned) * *dose;
  }
  if (!(sum.in_gy() > 0.0)) return {};
  return sum;
}

bool groups_name_no_beam(const Plan& plan) {
  return std::all_of(plan.fraction_groups.begin(), plan.fraction_groups.end(),
                     [](const FractionGroup& g) { return g.beams.empty(); });
}

PlannedFractions planned_fractions(const Plan& plan, std::optional<Dose> total) {
  const auto& groups = plan.fraction_groups;
  if (!groups_name_no_beam(plan) && std::any_of(groups.begin(), groups.end(), gives_nothing)) {
    Plan treating = plan;
    std::erase_if(treating.fraction_groups, gives_nothing);
    return planned_fractions(treating, total);
  }
  if (!groups_name_no_beam(plan) &&
      std::any_of(groups.begin(), groups.end(), [](const FractionGroup& g) { return g.brachy_setups > 0; })) {
    return unknown(
        "The plan has brachytherapy (300A,00A0) beside its beams: which fractions are given together is not known.",
        "Export them as plans of their own.");
  }
  const std::string again = "State it in the planning system and export the plan again.";
  if (groups.empty()) {
    return unknown("The plan has no fraction group (300A,0070): its number of fractions is not known.", again);
  }
  std::int32_t sum = 0;
  for (const FractionGroup& group : groups) {
    const auto& n = group.fractions_planned;
    if (!n || *n < 1 || *n > kMostFractions || sum + *n > kMostFractions) {
      return unknown("The plan does not state its number of fractions planned (300A,0078).", again);
    }
    sum += *n;
  }
  if (groups.size() == 1) return {sum, {}, {}, {}};
  return of_several(plan, sum, total);
}

}  // namespace dosegate
