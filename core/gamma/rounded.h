// What is stored of a gamma and its bounds.
#pragma once

#include <bit>
#include <cstdint>

namespace dosegate::gamma {

inline constexpr double kSingle = 0x1p-24;         // relative precision of a stored dose
inline constexpr double kJustOver1 = 1.0 + 1e-12;  // more than rounding adds to a square

// To single precision, of what is finite and not negative: its bits are in its order.
inline float rounded_down(double x) {
  const auto f = static_cast<float>(x);
  return static_cast<double>(f) > x ? std::bit_cast<float>(std::bit_cast<std::int32_t>(f) - 1) : f;
}
inline float rounded_up(double x) {
  const auto f = static_cast<float>(x);
  return static_cast<double>(f) < x ? std::bit_cast<float>(std::bit_cast<std::int32_t>(f) + 1) : f;
}

// By what a gamma of up to `upper` may be off: the precision and the placement of doses.
inline double left_open(double upper, double gy, double per_dose, double shift_gy) {
  return (kSingle * gy + shift_gy) * per_dose + kSingle * (gy * per_dose + upper) + 1e-9;
}

}  // namespace dosegate::gamma
