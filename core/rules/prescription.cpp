#include <cmath>

#include "core/plan/technique.h"
#include "core/report/text.h"
#include "core/rules/rules.h"
#include "core/rules/tolerances.h"

namespace dosegate {
namespace {

// Beam doses refer to one point of each beam and the grid to the median of the target; both differ from the
// prescription by a few percent in a sound plan.
constexpr double kBeamDoseTolerance = 0.05, kGridTolerance = 0.10;

Finding not_evaluable(std::string message, std::string hint) {
  Finding f;
  f.status = FindingStatus::kNotEvaluable;
  f.message = std::move(message);
  f.hint = std::move(hint);
  return f;
}

Finding compare(const std::string& what, double value, double limit, double tolerance, const std::string& unit) {
  Finding f;
  f.value = f.lower = f.upper = value;
  f.limit = limit;
  f.unit = unit;
  const bool same = std::abs(value - limit) <= tolerance;
  f.status = same ? FindingStatus::kPass : FindingStatus::kDeviation;
  const std::string suffix = unit.empty() ? "" : " " + unit;
  f.message = what + " is " + fixed(value, 3) + suffix + ", the protocol's is " + fixed(limit, 3) + suffix + ".";
  if (!same) f.hint = "Correct the prescription in the plan.";
  return f;
}

// Dose of one fraction summed over the beams that treat; none when a beam states no dose.
std::optional<Dose> beam_dose_sum(const Plan& plan) {
  Dose sum;
  bool any = false;
  for (const auto& group : plan.fraction_groups) {
    for (const auto& reference : group.beams) {
      if (!treats(plan, reference)) continue;
      if (!reference.beam_dose) return {};
      sum = sum + *reference.beam_dose;
      any = true;
    }
  }
  if (!any) return {};
  return sum;
}

// Total, beam doses and dose grid against one another. A disagreement turns a pass into a warning.
void check_agreement(const Context& context, Dose total, int fractions, Finding& f) {
  const Plan& plan = *context.input().plan;
  const Dose per_fraction = (1.0 / fractions) * total;
  std::string doubts;
  if (plan.fraction_groups.size() == 1) {
    if (const std::optional<Dose> beams = beam_dose_sum(plan)) {
      if (std::abs(*beams / per_fraction - 1.0) > kBeamDoseTolerance) {
        doubts += " The beam doses (300A,0084) add up to " + fixed(beams->in_gy(), 3) + " Gy a fraction.";
      }
    } else {
      f.message += " The plan states no beam doses to compare with.";
    }
  }
  const std::string& target = context.protocol().prescription.target_role;
  if (const RoleState& state = context.role(target); state.dvh) {
    const Dose median = state.dvh->estimate_dose_of_hottest(0.5 * state.dvh->total());
    if (std::abs(median / total - 1.0) > kGridTolerance) {
      doubts += " The median dose of the " + target + " in the dose grid is " + fixed(median.in_gy(), 2) + " Gy.";
    }
  } else if (!context.reading().problem.empty() && context.input().dose) {
    f.message += " Not compared with the dose grid: " + context.reading().problem;
  }
  if (doubts.empty()) return;
  if (f.status == FindingStatus::kPass) f.status = FindingStatus::kWarning;
  f.message += doubts;
  f.hint = "Check that prescription, beam doses and dose grid belong to one calculation.";
}

}  // namespace

Finding evaluate(const PrescriptionRule& rule, const Context& context) {
  const auto& prescribed = context.protocol().prescription;
  const std::string no_plan_hint = "Give the RT Plan that the dose was calculated for.";
  if (!context.input().plan) return not_evaluable("There is no RT Plan.", no_plan_hint);
  const Plan& plan = *context.input().plan;
  const std::optional<int> fractions = planned_fractions(plan);
  if (rule.quantity == PrescriptionRule::Quantity::kFractions) {
    if (!fractions) {
      return not_evaluable("The plan does not state its number of fractions planned (300A,0078).",
                           "State it in the planning system and export the plan again.");
    }
    return compare("Number of fractions", *fractions, prescribed.fractions, 0.0, "");
  }
  const Result<Dose> total = context.plan_prescription();
  if (!total) {
    return not_evaluable(total.error().message, "State the prescription of the " + prescribed.target_role +
                                                    " in the planning system and export the plan again.");
  }
  if (rule.quantity == PrescriptionRule::Quantity::kTotalDose) {
    return compare("Prescribed total dose", total->in_gy(), prescribed.total.in_gy(), kTotalToleranceGy, "Gy");
  }
  if (!fractions) {
    return not_evaluable("The plan does not state its number of fractions planned (300A,0078).",
                         "State it in the planning system and export the plan again.");
  }
  Finding f = compare("Dose a fraction (total over fractions)", total->in_gy() / *fractions,
                      prescribed.per_fraction.in_gy(), kFractionToleranceGy, "Gy");
  check_agreement(context, *total, *fractions, f);
  return f;
}

}  // namespace dosegate
