// How much of anything is taken before it is refused. The defaults are far above what exporters write.
#pragma once

#include <cstdint>

namespace dosegate::dicom {

struct Limits {
  std::uint64_t file_bytes = std::uint64_t{1} << 31;      // 2 GiB
  std::uint64_t inflated_bytes = std::uint64_t{1} << 30;  // of a deflated object
  std::uint64_t elements = 4'000'000;                     // attributes and items of an object
  std::uint64_t voxels = std::uint64_t{1} << 28;          // of a dose grid
  std::uint64_t contour_points = 50'000'000;              // of a structure set
  std::uint32_t sequence_depth = 32;                      // nested sequences; RT objects need 6
  std::uint32_t files = 100'000;                          // looked at in folders
};

}  // namespace dosegate::dicom
