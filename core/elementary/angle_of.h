// An angle by its sine and cosine, the same to the last bit wherever the engine is compiled.
#pragma once

namespace dosegate {

// In radians, 0 to pi: that of a direction of `along` on one axis and `across`, which is not negative, on another; 0
// where both are 0. Within 1e-15 of its value. C libraries differ in the last bit of std::atan2, and reports may not:
// this takes no more of them than a square root, which is rounded correctly everywhere.
double angle_of(double across, double along);

}  // namespace dosegate
