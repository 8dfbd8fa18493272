#include "core/context/dose_reading.h"

#include <cmath>

#include "core/context/fraction_groups.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

// The hottest point of a plan gets at least this part of what is prescribed, whatever its quality; at most that many
// times is what tells one reading from another.
constexpr double kLeastRatio = 0.5, kMostRatio = 2.0;
// Nearly all of a target gets no more than that: what is prescribed is what covers it.
constexpr double kMostCoverage = 1.5;
// A reading fits when the target's median, or what covers it, comes this near to the prescription.
constexpr double kFits = 0.25;
// A dose of half a course (two fractions) hides in the range of the maximum; it never comes near the prescription.
constexpr double kNearPrescription = 0.75;
constexpr double kCgyPerGy = 100.0;

DoseReading refused(std::string problem, std::string hint) { return {{}, {}, std::move(problem), std::move(hint)}; }

DoseReading one_fraction(const Plan* plan, const std::string& why) {
  if (plan != nullptr && plan->fraction_groups.size() > 1) {
    return refused(
        "The dose grid holds one fraction (" + why + "), and the plan has " +
            std::to_string(plan->fraction_groups.size()) +
            " fraction groups (300A,0070): what a fraction of the others gives is not known.",
        "Export the dose of the whole course, with DoseSummationType PLAN; if the grid holds it, say so with "
        "--dose-is course.");
  }
  const std::optional<int> fractions = plan != nullptr ? planned_fractions(*plan, {}).count : std::nullopt;
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

DoseReading by_tag(const DoseGrid& grid, const Plan* plan) {
  switch (grid.summation()) {
    case DoseSummation::kPlan:
      return {1.0, "The whole course (DoseSummationType PLAN).", {}, {}};
    case DoseSummation::kBeams:
      return {1.0, "The whole course: the sum of every beam's dose.", {}, {}};
    case DoseSummation::kFraction:
      if (plan != nullptr && plan->fraction_groups.size() > 1) {
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

bool fits(Dose a, Dose b) { return std::abs(a / b - 1.0) <= kFits; }

// Without a target the maximum alone says how the dose would lie to the prescription if it were `scale` times as high.
bool would_fit(const ScaleEvidence& e, double scale) {
  if (e.median) return fits(scale * *e.median, e.prescribed) || fits(scale * *e.coverage, e.prescribed);
  const double ratio = scale * e.maximum / e.largest_prescribed;
  return ratio >= kLeastRatio && ratio <= kMostRatio;
}

ScaleDoubt another(std::string problem, std::string hint) {
  return {ScaleDoubt::Kind::kOtherReading, std::move(problem), std::move(hint)};
}

}  // namespace

DoseReading read_dose(const Subject& subject) {
  const DoseGrid* const grid = subject.dose;
  const Plan* const plan = subject.plan;
  if (subject.dose_refused) return refused(subject.dose_refused.problem, subject.dose_refused.hint);
  if (grid == nullptr) return refused("There is no dose grid.", "Give the RT Dose of the plan.");
  if (!grid->problem().empty()) return refused(grid->problem(), grid->problem_hint());
  switch (subject.options.dose_meaning) {
    case DoseMeaning::kAsTagged:
      break;
    case DoseMeaning::kCourse:
      return {1.0, "The whole course, as the site stated.", {}, {}};
    case DoseMeaning::kFraction:
      return one_fraction(plan, "as the site stated");
  }
  return by_tag(*grid, plan);
}

ScaleDoubt doubt_scale(const DoseReading& reading, DoseMeaning meaning, DoseSummation summation,
                       const ScaleEvidence& given) {
  ScaleEvidence e = given;
  const bool by_beams = e.is_protocols && e.beams;
  if (by_beams) {
    e.prescribed = *e.beams;  // what the plan itself says
    if (e.largest_prescribed < *e.beams) e.largest_prescribed = *e.beams;
  }
  const double ratio = e.maximum / e.prescribed;
  const bool low = ratio < kLeastRatio;
  const bool high =
      e.coverage ? *e.coverage / e.prescribed > kMostCoverage : e.maximum / e.largest_prescribed > kMostRatio;
  const bool half_hidden = ratio < kNearPrescription && e.fractions && *e.fractions > 1 && would_fit(e, *e.fractions);
  if (!low && !high && !half_hidden) return {};
  const Dose shown = high && e.coverage ? *e.coverage : e.maximum;
  if (e.beams && fits(e.median.value_or(e.maximum), *e.beams)) return {};

  const std::string problem =
      (high && e.coverage ? "The dose of at least " + fixed(shown.in_gy(), 2) + " Gy that 95 % of the target get"
                          : "The dose grid's maximum of " + fixed(shown.in_gy(), 2) + " Gy") +
      (by_beams ? " contradicts the beam doses times fractions, " : " contradicts the prescribed ") +
      fixed(e.prescribed.in_gy(), 2) + " Gy";
  const double factor = *reading.factor;
  if (!high && e.fractions && *e.fractions > 1 && factor == 1.0 && would_fit(e, *e.fractions)) {
    return another(problem + "; times the " + std::to_string(*e.fractions) +
                       " fractions planned it would fit: the grid seems to hold one fraction" +
                       (summation == DoseSummation::kFraction
                            ? ", although its tag FRACTION means the whole fraction group (DICOM PS3.3 C.8.8.3)."
                            : "."),
                   meaning == DoseMeaning::kCourse
                       ? "If the grid holds one fraction, say --dose-is fraction instead of course."
                       : "If the grid holds one fraction, say so with --dose-is fraction; else export the dose of the "
                         "whole course.");
  }
  if (high && factor != 1.0 && would_fit(e, 1.0 / factor)) {
    return another(problem + "; without the factor of " + fixed(factor, 0) +
                       " it would fit: the grid seems to hold the whole course.",
                   meaning == DoseMeaning::kFraction
                       ? "If the grid holds the whole course, leave --dose-is fraction out, or say --dose-is course."
                       : "If the grid holds the whole course, say so with --dose-is course.");
  }
  for (const bool times : {false, true}) {
    if (times == high || !would_fit(e, times ? kCgyPerGy : 1.0 / kCgyPerGy)) continue;
    return another(
        problem + (times ? "; times 100 it would fit: a dose in Gy seems to be called one in cGy."
                         : "; divided by 100 it would fit: a dose in cGy seems to be called one in Gy."),
        "Check the unit of the dose, Dose Units (3004,0002) and Dose Grid Scaling (3004,000E), and export it "
        "again.");
  }
  return {
      ScaleDoubt::Kind::kUnexplained, problem + ".",
      "Check that the dose belongs to this plan and is in Gy, and export it again. If it is right, say what the grid "
      "holds with --dose-is course or --dose-is fraction."};
}

}  // namespace dosegate
