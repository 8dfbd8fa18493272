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

Finding not_evaluable(Prose message, Prose hint) {
  Finding f;
  f.status = FindingStatus::kNotEvaluable;
  f.message = std::move(message);
  f.hint = std::move(hint);
  return f;
}

template <Said what>
Finding compare(double value, double limit, double tolerance, const std::string& unit) {
  Finding f;
  f.value = f.lower = f.upper = value;
  f.limit = limit;
  f.unit = unit;
  const bool same = std::abs(value - limit) <= tolerance;
  f.status = same ? FindingStatus::kPass : FindingStatus::kDeviation;
  f.message = say<what>(number(value, 3, unit), number(limit, 3, unit));
  if (!same) f.hint = say<Said::kCorrectPrescription>();
  return f;
}

void doubt(Prose sentence, Finding& f) {
  if (f.status == FindingStatus::kPass) f.status = FindingStatus::kWarning;
  f.message += std::move(sentence);
}

// A volume with its share of the target, to the precision of what is printed of it.
Number dose_of(const Dvh& dvh, double share) {
  const Tolerance tolerance{1e-3, Dose::gy(0.005)};
  return number(dvh.dose_of_hottest(share * dvh.total(), std::nullopt, tolerance).value.in_gy(), 2, "Gy");
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
  Prose doubts;
  for (const FractionGroup& group : plan.fraction_groups) {
    if (const std::optional<Dose> beams = beam_dose_sum(group)) {
      if (beams_disagree(*beams, per_fraction, hottest)) {
        doubts += say<Said::kBeamDosesAddUpTo>(number(beams->in_gy(), 3, "Gy"));
      }
    } else {
      f.message += say<Said::kNoBeamDoses>();
    }
  }
  if (const auto& dose = context.target_dose()) {
    const bool cold = dose->median / total<kColdMedian, hot = dose->coverage / total> kHotCoverage;
    if (cold) doubts += say<Said::kMedianInGrid>(target, dose_of(*state.dvh, 0.5));
    if (hot) doubts += say<Said::kCoverageInGrid>(target, dose_of(*state.dvh, 0.95));
  } else if (!context.reading().problem.empty() && !context.input().course.doses.empty()) {
    f.message += say<Said::kNotComparedWithGrid>(context.reading().problem);
  }
  if (doubts.empty()) return;
  doubt(std::move(doubts), f);
  f.hint = say<Said::kCheckOneCalculation>();
}

// A part of the target to which less is prescribed: what is prescribed to the whole is not what it gets.
void check_parts(const Context& context, Dose total, Finding& f) {
  const Subject& c = context.input();
  const std::string& target = context.protocol().prescription.target_role;
  const auto& roi = context.role(target).match.roi;
  Looking looking;
  looking.workers = context.workers();
  std::map<std::int32_t, bool> is_outside;  // several references may name one ROI
  for (const PrescribedElsewhere& other :
       prescribed_elsewhere(c, context.protocol(), context.matches(), context.workers())) {
    if (!roi || other.dose > total || same_prescription(other.dose, total)) continue;
    const auto [known, is_new] = is_outside.emplace(other.roi_number, false);
    if (is_new) {
      const Structure &part = c.structures.at(other.roi_number), &whole = c.structures.at(roi->number);
      known->second = lies_inside(part, whole, c.orientation(), looking) == Inside::kNo;
    }
    if (known->second) continue;
    doubt(say<Said::kPartPrescribedLess>(other.roi, other.roi_number, number(other.dose.in_gy(), 3, "Gy")), f);
    f.hint = say<Said::kCheckWhichDose>();
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
  if (!context.input().plan) return not_evaluable(say<Said::kNoRtPlan>(), say<Said::kGivePlanOfDose>());
  const PlannedFractions& fractions = context.fractions();
  const Prescribed& prescription = context.prescription();
  if (quantity == PrescriptionRule::Quantity::kFractions) {
    if (!fractions.count) return not_evaluable(fractions.problem, fractions.hint);
    Finding f = compare<Said::kPrescribedFractions>(*fractions.count, prescribed.fractions, 0.0, "");
    if (!fractions.doubt.empty()) doubt(fractions.doubt, f);
    return f;
  }
  if (!prescription.dose) return not_evaluable(prescription.problem, prescription.hint);
  const Dose total = *prescription.dose;
  if (quantity == PrescriptionRule::Quantity::kTotalDose) {
    Finding f = compare<Said::kPrescribedTotal>(total.in_gy(), prescribed.total.in_gy(), kTotalToleranceGy, "Gy");
    check_parts(context, total, f);
    for (const auto& sentence : prescription.doubts) doubt(sentence, f);
    if (f.status == FindingStatus::kWarning && f.hint.empty()) f.hint = say<Said::kCheckPrescription>();
    return f;
  }
  if (!fractions.count) return not_evaluable(fractions.problem, fractions.hint);
  Finding f = compare<Said::kPrescribedPerFraction>(total.in_gy() / *fractions.count, prescribed.per_fraction.in_gy(),
                                                    kFractionToleranceGy, "Gy");
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
