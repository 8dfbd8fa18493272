// The eight cells around one voxel centre at once, in single precision with a bound on its rounding: most points need
// no other look.
#pragma once

#include <array>
#include <cstdint>

#include "core/gamma/field.h"

namespace dosegate::gamma {

// Lane n: the cell above the node along x where n & 1, along y where n & 2, along z where n & 4.
struct Block {
  std::array<float, 8> bound;  // gamma^2 is nowhere less in that cell, as far as it is nearer than what was seen
  float least_bound = 0.0F;    // of the eight
  std::size_t best = 0;        // the lane with the least gamma^2 that was seen
  Vec3 best_at{};              // where, relative to the reference point
};

// `node`: number of a voxel centre along each axis, neither first nor last, and never the last but one along all three
// (reading a row reads four values). `p`: the reference point, in units of the distance criterion.
Block look_at_block(const Field& field, const std::array<std::uint32_t, 3>& node, const Vec3& p, double dose,
                    double per_dose);

}  // namespace dosegate::gamma
