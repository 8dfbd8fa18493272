// Names of places, and bounds, that both readings share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace dicom_test {

inline constexpr const char* kPixels = "7FE00010";

inline std::string place_of(const std::string& where, std::uint32_t tag) {
  char text[9];
  std::snprintf(text, sizeof text, "%08X", tag);
  return (where.empty() ? "" : where + "/") + text;
}
inline std::string item_of(const std::string& place, std::size_t index) {
  return place + "[" + std::to_string(index) + "]";
}

// Grids that a test compares; a mutant may announce any size.
inline bool is_small(std::uint64_t rows, std::uint64_t columns, std::uint64_t frames) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 24;
  return rows > 0 && columns > 0 && frames > 0 && rows * columns <= kMost / frames;
}

}  // namespace dicom_test
