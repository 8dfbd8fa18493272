#include "core/context/fraction_groups.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/context/tolerances.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

constexpr std::int32_t kMostFractions = 1000;

bool near(Dose a, Dose b) { return std::abs(a / b - 1.0) <= kBeamDoseTolerance; }

PlannedFractions unknown(Prose problem, Prose hint) { return {{}, std::move(problem), std::move(hint), {}}; }

// "10 fractions of 2 Gy and 5 of 5 Gy"
Listing in_words(const Plan& plan) {
  constexpr std::size_t kMost = 8;
  Listing out;
  const auto& groups = plan.fraction_groups;
  for (std::size_t i = 0; i < groups.size() && i < kMost; ++i) {
    const std::int32_t n = groups[i].fractions_planned.value_or(0);
    if (const auto sum = beam_dose_sum(groups[i])) {
      const Number dose = number(sum->in_gy(), 3, "Gy");
      out.items.emplace_back(i == 0 ? say<Said::kGroupFractionsOfDose>(n, dose) : say<Said::kGroupOfDose>(n, dose));
    } else {
      out.items.emplace_back(i == 0 ? Argument(say<Said::kGroupFractions>(n)) : Argument(n));
    }
  }
  if (groups.size() > kMost) {
    out.join = Join::kComma;
    out.items.emplace_back("...");
  }
  return out;
}

PlannedFractions of_several(const Plan& plan, int sum, std::optional<Dose> total) {
  const auto& groups = plan.fraction_groups;
  const std::size_t n = groups.size();
  const Message hint = say<Said::kExportOneGroup>();
  std::vector<Dose> doses;
  for (const FractionGroup& group : groups) {
    const auto dose = beam_dose_sum(group);
    if (!dose || !(dose->in_gy() > 0.0)) {
      return unknown(say<Said::kGroupsWithoutBeamDoses>(n, in_words(plan)), hint);
    }
    doses.push_back(*dose);
  }
  const bool even = std::all_of(doses.begin(), doses.end(), [&](Dose d) { return near(d, doses.front()); });
  if (!even) {
    return unknown(say<Said::kGroupsNotAlike>(n, in_words(plan)), hint);
  }
  const Dose course = *course_of_beam_doses(plan);
  const bool as_many = std::all_of(groups.begin(), groups.end(), [&](const FractionGroup& g) {
    return g.fractions_planned == groups.front().fractions_planned;
  });
  if (as_many || !total || !near(course, *total)) {
    return unknown(as_many || !total ? say<Said::kGroupsTogetherUnknown>(n, in_words(plan))
                                     : say<Said::kGroupsNeitherFits>(n, in_words(plan)),
                   hint);
  }
  return {sum, {}, {}, say<Said::kGroupsOneAfterAnother>(n, in_words(plan), sum)};
}

// A group for set-up or imaging, of no beam and no brachytherapy, gives nothing.
bool gives_nothing(const FractionGroup& g) { return g.beams.empty() && g.brachy_setups == 0; }

}  // namespace

std::optional<Dose> beam_dose_sum(const FractionGroup& group) {
  Dose sum;
  bool any = false;
  for (const ReferencedBeam& reference : group.beams) {
    if (!reference.treats) continue;
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
    const auto dose = beam_dose_sum(group);
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
    return unknown(say<Said::kBrachyBesideBeams>(), say<Said::kExportAsOwnPlans>());
  }
  const Message again = say<Said::kStateAndExport>();
  if (groups.empty()) return unknown(say<Said::kNoFractionGroup>(), again);
  std::int32_t sum = 0;
  for (const FractionGroup& group : groups) {
    const auto& n = group.fractions_planned;
    if (n && *n < 1) return unknown(say<Said::kFractionsNotPositive>(*n), again);
    if (!n || *n > kMostFractions || sum + *n > kMostFractions) {
      return unknown(say<Said::kFractionsNotStated>(), again);
    }
    sum += *n;
  }
  if (groups.size() == 1) return {sum, {}, {}, {}};
  return of_several(plan, sum, total);
}

}  // namespace dosegate
