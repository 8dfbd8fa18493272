// How nearly doses of a prescription have to agree. DS strings carry them to 0.001 Gy or better; nobody prescribes
// finer than 0.01 Gy.
#pragma once

#include <cmath>

#include "core/quantity/units.h"

namespace dosegate {

inline constexpr double kTotalToleranceGy = 0.01, kFractionToleranceGy = 0.005;

// Whether two doses of a whole course are one prescription.
inline bool same_prescription(Dose a, Dose b) { return std::abs((a - b).in_gy()) <= kTotalToleranceGy; }

// Beam doses refer to one point of each beam: in a sound plan they add up to the prescription within this part of it.
inline constexpr double kBeamDoseTolerance = 0.05;

}  // namespace dosegate
