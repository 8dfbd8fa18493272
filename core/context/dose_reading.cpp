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

DoseReading refused(Prose problem, Prose hint) { return {{}, {}, std::move(problem), std::move(hint)}; }

DoseReading one_fraction(const Plan* plan, const Message& why) {
  if (plan != nullptr && plan->fraction_groups.size() > 1) {
    return refused(say<Said::kOneFractionOfSeveral>(why, plan->fraction_groups.size()),
                   say<Said::kExportWholeCourse>());
  }
  const std::optional<int> fractions = plan != nullptr ? planned_fractions(*plan, {}).count : std::nullopt;
  if (!fractions) return refused(say<Said::kOneFractionUnknown>(why), say<Said::kGivePlanWithFractions>());
  return {static_cast<double>(*fractions), say<Said::kReadOneFraction>(why, *fractions), {}, {}};
}

DoseReading by_tag(const DoseGrid& grid, const Plan* plan) {
  switch (grid.summation()) {
    case DoseSummation::kPlan:
      return {1.0, say<Said::kReadCourse>(), {}, {}};
    case DoseSummation::kBeams:
      return {1.0, say<Said::kReadBeams>(), {}, {}};
    case DoseSummation::kFraction:
      if (plan != nullptr && plan->fraction_groups.size() > 1) {
        return refused(say<Said::kOneGroupOfSeveral>(plan->fraction_groups.size()), say<Said::kExportSumOfPlan>());
      }
      return {1.0, say<Said::kReadGroup>(), {}, {}};
    case DoseSummation::kFractionSession:
      return one_fraction(plan, say<Said::kBySessionTag>());
    case DoseSummation::kMultiPlan:
    case DoseSummation::kOther:
      break;  // grid.problem() has said so
  }
  return refused(say<Said::kNotDoseOfPlan>(), say<Said::kExportSumOfPlan>());
}

bool fits(Dose a, Dose b) { return std::abs(a / b - 1.0) <= kFits; }

// Without a target the maximum alone says how the dose would lie to the prescription if it were `scale` times as high.
bool would_fit(const ScaleEvidence& e, double scale) {
  if (e.median) return fits(scale * *e.median, e.prescribed) || fits(scale * *e.coverage, e.prescribed);
  const double ratio = scale * e.maximum / e.largest_prescribed;
  return ratio >= kLeastRatio && ratio <= kMostRatio;
}

ScaleDoubt another(Prose problem, Prose hint) {
  return {ScaleDoubt::Kind::kOtherReading, std::move(problem), std::move(hint)};
}

}  // namespace

DoseReading read_dose(const Subject& subject) {
  const DoseGrid* const grid = subject.dose;
  const Plan* const plan = subject.plan;
  if (subject.dose_refused) return refused(subject.dose_refused.problem, subject.dose_refused.hint);
  if (grid == nullptr) return refused(say<Said::kNoDoseGrid>(), say<Said::kGiveDose>());
  if (!grid->problem().empty()) return refused(grid->problem(), grid->problem_hint());
  switch (subject.options.dose_meaning) {
    case DoseMeaning::kAsTagged:
      break;
    case DoseMeaning::kCourse:
      return {1.0, say<Said::kReadAsCourse>(), {}, {}};
    case DoseMeaning::kFraction:
      return one_fraction(plan, say<Said::kAsSiteStated>());
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

  const Number is = number(shown.in_gy(), 2, "Gy"), prescribed = number(e.prescribed.in_gy(), 2, "Gy");
  const Message problem = high && e.coverage ? (by_beams ? say<Said::kCoverageContradictsBeams>(is, prescribed)
                                                         : say<Said::kCoverageContradicts>(is, prescribed))
                                             : (by_beams ? say<Said::kMaximumContradictsBeams>(is, prescribed)
                                                         : say<Said::kMaximumContradicts>(is, prescribed));
  const double factor = *reading.factor;
  if (!high && e.fractions && *e.fractions > 1 && factor == 1.0 && would_fit(e, *e.fractions)) {
    return another(summation == DoseSummation::kFraction ? say<Said::kScaleOneFractionTag>(problem, *e.fractions)
                                                         : say<Said::kScaleOneFraction>(problem, *e.fractions),
                   meaning == DoseMeaning::kCourse ? say<Said::kSayFractionNotCourse>() : say<Said::kSayFraction>());
  }
  if (high && factor != 1.0 && would_fit(e, 1.0 / factor)) {
    return another(say<Said::kScaleWholeCourse>(problem, number(factor, 0)),
                   meaning == DoseMeaning::kFraction ? say<Said::kSayCourseNotFraction>() : say<Said::kSayCourse>());
  }
  for (const bool times : {false, true}) {
    if (times == high || !would_fit(e, times ? kCgyPerGy : 1.0 / kCgyPerGy)) continue;
    return another(times ? say<Said::kScaleTimes>(problem) : say<Said::kScaleDivided>(problem),
                   say<Said::kCheckUnitOfDose>());
  }
  return {ScaleDoubt::Kind::kUnexplained, say<Said::kScaleUnexplained>(problem), say<Said::kCheckDoseAndExport>()};
}

}  // namespace dosegate
