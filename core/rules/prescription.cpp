#include "core/rules/prescription.h"

#include <cmath>

#include "core/context/tolerances.h"
#include "core/geometry/inside.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

// Below it the median of the target is too cold for the prescription; what covers it, above it, too hot. How far the
// median lies above depends on the isodose that is prescribed to.
constexpr double kColdMedian = 0.90, kHotCoverage = 1.10;

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

void doubt(const std::string& sentence, Finding& f) {
  if (f.status == FindingStatus::kPass) f.status = FindingStatus::kWarning;
  f.message += " " + sentence;
}

// A volume with its share of the target, to the precision of what is printed of it.
std::string dose_in_words(const Dvh& dvh, double share) {
  const Tolerance tolerance{1e-3, Dose::gy(0.005)};
  return fixed(dvh.dose_of_hottest(share * dvh.total(), std::nullopt, tolerance).value.in_gy(), 2) + " Gy";
}

// The beam doses, each at a point of its own, may add up to anything between what is prescribed and the hottest point.
bool beams_disagree(Dose beams, Dose per_fraction, std::optional<Dose> hottest) {
  const Dose most = hottest && *hottest > per_fraction ? *hottest : per_fraction;
  return beams / per_fraction < 1.0 - kBeamDoseTolerance || beams / most > 1.0 + kBeamDoseTolerance;
}

// Total, beam doses and dose grid against one another. A disagreement turns a pass into a warning.
void check_agreement(const Context& context, Dose total, int fractions, Finding& f) {
  const Plan& plan = *context.input().plan;
  const Dose per_fraction = (1.0 / fractions) * total;
  const auto& factor = context.reading().factor;
  const std::string& target = context.protocol().prescription.target_role;
  const RoleState& state = context.role(target);
  std::optional<Dose> hottest;
  if (factor && context.input().dose) hottest = (*factor / fractions) * context.input().dose->maximum();
  std::string doubts;
  for (const FractionGroup& group : plan.fraction_groups) {
    if (const std::optional<Dose> beams = beam_dose_sum(plan, group)) {
      if (beams_disagree(*beams, per_fraction, hottest)) {
        doubts += " The beam doses (300A,0084) add up to " + fixed(beams->in_gy(), 3) + " Gy a fraction.";
      }
    } else {
      f.message += " The plan states no beam doses to compare with.";
    }
  }
  if (const auto& dose = context.target_dose()) {
    const bool cold = dose->median / total<kColdMedian, hot = dose->coverage / total> kHotCoverage;
    if (cold)
      doubts += " The median dose of the " + target + " in the dose grid is " + dose_in_words(*state.dvh, 0.5) + ".";
    if (hot)
      doubts += " 95 % of the " + target + " get " + dose_in_words(*state.dvh, 0.95) + " or more in the dose grid.";
  } else if (!context.reading().problem.empty() && !context.input().course.doses.empty()) {
    f.message += " Not compared with the dose grid: " + context.reading().problem;
  }
  if (doubts.empty()) return;
  doubt(doubts.substr(1), f);
  f.hint = "Check that prescription, beam doses and dose grid belong to one calculation.";
}

// A part of the target to which less is prescribed: what is prescribed to the whole is not what it gets.
void check_parts(const Context& context, Dose total, Finding& f) {
  const Subject& c = context.input();
  const std::string& target = context.protocol().prescription.target_role;
  const auto& roi = context.role(target).match.roi;
  for (const PrescribedElsewhere& other : prescribed_elsewhere(c, context.protocol(), context.matches())) {
    if (!roi || other.dose > total || same_prescription(other.dose, total)) continue;
    if (lies_inside(c.structures.at(other.roi_number), c.structures.at(roi->number)) == Inside::kNo) continue;
    doubt("To " + quoted(other.roi) + " (ROI " + std::to_string(other.roi_number) +
              "), a part of it, the plan prescribes " + fixed(other.dose.in_gy(), 3) + " Gy.",
          f);
    f.hint = "Check which dose the tumour is to get, and correct the prescription in the plan.";
  }
}

}  // namespace

PrescriptionRule PrescriptionRule::read(ObjectReader& o, const CheckRole&) {
  using Quantity = PrescriptionRule::Quantity;
  constexpr EnumName kQuantities[] = {{"TOTAL_DOSE", 1}, {"FRACTIONS", 2}, {"DOSE_PER_FRACTION", 3}};
  PrescriptionRule rule;
  const int quantity = o.enumeration("quantity", "QUANTITY_UNSPECIFIED", kQuantities, Need::kRequired);
  if (quantity == 2) rule.quantity = Quantity::kFractions;
  if (quantity == 3) rule.quantity = Quantity::kDosePerFraction;
  o.finish();
  return rule;
}

RuleNeeds PrescriptionRule::needs() const {
  RuleNeeds out;
  out.plan = true;
  return out;
}

Finding PrescriptionRule::evaluate(const Context& context) const {
  const auto& prescribed = context.protocol().prescription;
  const std::string no_plan_hint = "Give the RT Plan that the dose was calculated for.";
  if (!context.input().plan) return not_evaluable("There is no RT Plan.", no_plan_hint);
  const PlannedFractions& fractions = context.fractions();
  const Prescribed& prescription = context.prescription();
  if (quantity == PrescriptionRule::Quantity::kFractions) {
    if (!fractions.count) return not_evaluable(fractions.problem, fractions.hint);
    Finding f = compare("Number of fractions", *fractions.count, prescribed.fractions, 0.0, "");
    if (!fractions.doubt.empty()) doubt(fractions.doubt, f);
    return f;
  }
  if (!prescription.dose) return not_evaluable(prescription.problem, prescription.hint);
  const Dose total = *prescription.dose;
  if (quantity == PrescriptionRule::Quantity::kTotalDose) {
    Finding f = compare("Prescribed total dose", total.in_gy(), prescribed.total.in_gy(), kTotalToleranceGy, "Gy");
    check_parts(context, total, f);
    for (const std::string& sentence : prescription.doubts) doubt(sentence, f);
    if (f.status == FindingStatus::kWarning && f.hint.empty()) f.hint = "Check the prescription in the plan.";
    return f;
  }
  if (!fractions.count) return not_evaluable(fractions.problem, fractions.hint);
  Finding f = compare("Dose a fraction (total over fractions)", total.in_gy() / *fractions.count,
                      prescribed.per_fraction.in_gy(), kFractionToleranceGy, "Gy");
  check_agreement(context, total, *fractions.count, f);
  if (!fractions.doubt.empty()) doubt(fractions.doubt, f);
  return f;
}

Requirement PrescriptionRule::requirement(const Protocol&) const {
  switch (quantity) {
    case Quantity::kTotalDose:
      return {"", "total dose"};
    case Quantity::kFractions:
      return {"", "number of fractions"};
    case Quantity::kDosePerFraction:
      return {"", "dose per fraction"};
  }
  return {"", "prescription"};
}

}  // namespace dosegate
