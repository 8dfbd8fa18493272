// How a beam is delivered, from its control points (DICOM PS3.3 C.8.8.14: between two control points the machine moves
// linearly with the meterset).
#pragma once

#include <optional>
#include <string_view>

#include "core/plan/plan.h"

namespace dosegate {

enum class Technique {
  kUnknown,        // control points are missing, or do not state meterset, gantry and aperture
  kStatic,         // one aperture, one gantry angle
  kStepAndShoot,   // through several apertures that stand still goes more than half of the meterset
  kSlidingWindow,  // the aperture changes while the beam is on, and it is not step-and-shoot; the gantry stands
  kArc,            // the gantry turns while the beam is on, the aperture stays
  kConformalArc,   // and the aperture changes, the meterset is even over the angle: it may follow the target's outline
  kModulatedArc    // and the aperture changes, the meterset varies over the angle, or the beam is off between apertures
};
std::string_view name_of(Technique technique);  // "sliding window"

Technique technique_of(const Beam& beam);

// What a technique rests on, as parts of the meterset.
struct Delivery {
  Technique technique = Technique::kUnknown;
  // Given through the one aperture that has most of it, standing still; and given while leaves or jaws move. Both 0
  // where the technique is not known.
  double one_aperture = 0.0, moving = 0.0;
  std::optional<double> moving_leaves;  // of the leaf pairs that open; none: not known

  // Several apertures in name only: nearly all is given through one (kNearlyAll), or few leaves move (kFewLeaves).
  bool is_nearly_one_aperture() const;
};
inline constexpr double kNearlyAll = 0.90, kFewLeaves = 0.10;
Delivery delivery_of(const Beam& beam);

// Not where its Treatment Delivery Type (300A,00CE) is of an image: SETUP, OPEN_PORTFILM, TRMT_PORTFILM. CONTINUATION
// goes on with a treatment, and a word that the standard does not know takes no beam out of judgement.
bool treats(const Beam& beam);

}  // namespace dosegate
