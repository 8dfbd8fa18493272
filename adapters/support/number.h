// Numbers as text, whatever the locale.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace dosegate::support {

// The shortest text that reads back as the same number: "45", "49.5". NaN and infinity: "not a number".
inline std::string shortest(double value) {
  if (!std::isfinite(value)) return "not a number";
  std::array<char, 32> buffer;  // the longest is "-2.2250738585072014e-308"
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

}  // namespace dosegate::support
