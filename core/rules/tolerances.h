// How nearly doses of a prescription have to agree. DS strings carry them to 0.001 Gy or better; nobody prescribes
// finer than 0.01 Gy.
#pragma once

namespace dosegate {

inline constexpr double kTotalToleranceGy = 0.01, kFractionToleranceGy = 0.005;

}  // namespace dosegate
