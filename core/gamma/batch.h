// Sixteen reference points at once, each in a lane of its own: gamma among the eight cells around its nearest voxel
// centre, with a bound that one expansion gives for all eight. README.md in this folder has the argument. Most points
// need no other look.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dosegate::gamma {

inline constexpr std::size_t kLanes = 16;
inline constexpr std::size_t kPadded = 2 * kLanes;  // whole registers are copied, wherever a run of lanes begins

// What is asked of all points.
struct BatchAsk {
  double largest_gy = 0.0;  // no dose of the evaluated grid is larger
  double shift_gy = 0.0;    // by which doses may be off where they are said to be
  double tolerance = 0.0;
  bool pass_fail_only = false;  // as SearchFor::kPassFail
};

// Lane n has the n-th point. Lengths are in units of the distance criterion.
struct Batch {
  // The doses of the 27 voxel centres around each point's nearest, Gy: nodes[9 z + 3 y + x][n], x, y, z from 0 (below)
  // to 2 (above).
  std::array<const float*, 27> nodes;
  // Along each axis: from the reference point to the nearest voxel centre, the width of the cells below and above it,
  // and one by those widths.
  alignas(64) double middle[3][kPadded];
  alignas(64) double below[3][kPadded], above[3][kPadded];
  alignas(64) double per_below[3][kPadded], per_above[3][kPadded];
  alignas(64) double dose[kLanes], per_dose[kLanes];  // the reference dose, and one by the dose criterion

  // What comes of it, as Compared. `done`, not 0: nothing is left to be looked at. Else the others mean nothing.
  alignas(64) float gamma[kLanes], lower[kLanes], upper[kLanes];
  alignas(64) std::int32_t passes[kLanes], done[kLanes];
};

// With the widest registers the processor has.
void look_at_batch(const BatchAsk& ask, Batch& batch);

// For tests: the variants this processor can run, by name, and the same with one of them. All give the same bits.
std::vector<const char*> batch_variants();
void look_at_batch(std::size_t variant, const BatchAsk& ask, Batch& batch);

}  // namespace dosegate::gamma
