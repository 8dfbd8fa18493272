// Whether the dose can be what it was read as.
#include <algorithm>
#include <utility>

#include "core/context/context.h"

namespace dosegate {

// A dose whose scale contradicts the prescription is no dose: every role loses it.
void Context::check_scale() {
  if (!reading_.factor) return;
  const RoleState& target = role(protocol_.prescription.target_role);
  constexpr double kMedian = 0.5, kCoverage = 0.95;  // of the target's volume
  if (target.dvh) {
    target_dose_ = TargetDose{target.dvh->estimate_dose_of_hottest(kMedian * target.dvh->total()),
                              target.dvh->estimate_dose_of_hottest(kCoverage * target.dvh->total())};
  }
  ScaleEvidence evidence;
  evidence.is_protocols = !prescription_.dose;
  evidence.prescribed = prescription_.dose.value_or(protocol_.prescription.total);
  evidence.largest_prescribed = std::max(evidence.prescribed, largest_prescribed(case_).value_or(Dose()));
  if (case_.plan) evidence.beams = course_of_beam_doses(*case_.plan);
  evidence.fractions = fractions_.count;
  evidence.maximum = *reading_.factor * engine_.grid->maximum();
  if (target_dose_) {
    evidence.median = target_dose_->median;
    evidence.coverage = target_dose_->coverage;
  }
  const DoseMeaning meaning = case_.options.dose_meaning;
  ScaleDoubt doubt = doubt_scale(reading_, meaning, engine_.grid->summation(), evidence);
  if (doubt.kind != ScaleDoubt::Kind::kNone && target_dose_) {
    // What is told, and refuses a dose, is no estimate: that may be some Gy off where the dose is rough.
    const auto hottest = [&](double share) {
      const Tolerance of_what_is_told{1e-3, Dose::gy(0.005)};
      return target.dvh->dose_of_hottest(share * target.dvh->total(), std::nullopt, of_what_is_told).value;
    };
    target_dose_ = TargetDose{hottest(kMedian), hottest(kCoverage)};
    evidence.median = target_dose_->median;
    evidence.coverage = target_dose_->coverage;
    doubt = doubt_scale(reading_, meaning, engine_.grid->summation(), evidence);
  }
  if (doubt.kind == ScaleDoubt::Kind::kNone) return;
  if (doubt.kind == ScaleDoubt::Kind::kUnexplained && meaning != DoseMeaning::kAsTagged) {
    overruled_ = std::move(doubt);
    return;
  }
  reading_ = {{}, {}, std::move(doubt.problem), std::move(doubt.hint)};
  target_dose_.reset();
  for (auto* roles : {&roles_, &drawn_}) {
    for (auto& [id, state] : *roles) {
      if (!state.problem.empty()) continue;
      state.dvh.reset();
      state.mean.reset();
      state.dose_problem = reading_.problem;
      state.dose_hint = reading_.hint;
      state.outside_note.clear();
    }
  }
}

}  // namespace dosegate
