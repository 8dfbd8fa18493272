// Doses in single-precision Gy, as a grid stores them, copied and checked in one pass.
#pragma once

#include <cstddef>

namespace dosegate {

// No treatment comes near it; a larger value is a broken file.
inline constexpr double kLargestGy = 1e6;

// Copies `count` values and raises `maximum` to the largest of them. False: not all are doses (not NaN, not negative,
// not over kLargestGy). `streams`: so many are copied that they push all else out of the processor's caches, and few of
// them are read soon; they go to memory past the caches, where the processor can.
bool copy_doses(const unsigned char* from, std::size_t count, bool streams, float* to, float& maximum);

}  // namespace dosegate
