// Sixteen reference points at once, each in a lane of its own: gamma among the eight cells around its nearest voxel
// centre, with a bound that one expansion gives for all eight. README.md in this folder has the argument. Most points
// need no other look.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace dosegate::gamma {

inline constexpr std::size_t kLanes = 16;

// Of a number of reference points the n-th is lane n. Lengths are in units of the distance criterion.
struct Batch {
  // The doses of the 27 voxel centres around each point's nearest, Gy: nodes[9 z + 3 y + x][n], x, y, z from 0 (below)
  // to 2 (above).
  std::array<const float*, 27> nodes;
  // Along each axis: from the reference point to the nearest voxel centre, the width of the cells below and above it,
  // and one by those widths.
  alignas(64) double middle[3][kLanes];
  alignas(64) double below[3][kLanes], above[3][kLanes];
  alignas(64) double per_below[3][kLanes], per_above[3][kLanes];
  alignas(64) double dose[kLanes], per_dose[kLanes];  // the reference dose, and one by the dose criterion
  double largest = 0.0;                               // no dose of the evaluated grid is larger

  // What comes of it: gamma is at most `seen`, and in the eight cells not less than `bound`.
  alignas(64) double seen[kLanes], bound[kLanes];
  alignas(64) double room[kLanes];  // to the nearest face of the eight cells
};

void look_at_batch(Batch& batch);

}  // namespace dosegate::gamma
