// How a beam is delivered, from its control points (DICOM PS3.3 C.8.8.14: between two control points the machine moves
// linearly with the meterset).
#pragma once

#include <string_view>

#include "core/plan/plan.h"

namespace dosegate {

enum class Technique {
  kUnknown,        // control points are missing, or do not state meterset, gantry and aperture
  kStatic,         // one aperture, one gantry angle
  kStepAndShoot,   // several apertures, which change only while the beam is off
  kSlidingWindow,  // the aperture changes while the beam is on, the gantry stands
  kArc,            // the gantry turns while the beam is on, the aperture stays
  kConformalArc,   // and the aperture changes, the meterset is even over the angle: it may follow the target's outline
  kModulatedArc    // and the aperture changes, the meterset varies over the angle, or the beam is off between apertures
};
std::string_view name_of(Technique technique);  // "sliding window"

Technique technique_of(const Beam& beam);

// Set-up beams and the like do not count.
bool treats(const Beam& beam);
// The beam that a fraction group refers to; one that the plan does not have counts.
bool treats(const Plan& plan, const ReferencedBeam& reference);

}  // namespace dosegate
