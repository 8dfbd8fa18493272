// Which reference points lie in a structure: that of geometry/stack.h, at the points themselves, not over voxels.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"

namespace dosegate::gamma {

// Sets mask[n] of every point of the grid that lies inside to 1; others stay. `axes`: ascending coordinates along
// x, y, z of the stack's frame; the mask is x fastest. False: the host cancelled.
bool mark_inside(const SlabStack& stack, const std::array<std::vector<double>, 3>& axes, const Host& host,
                 std::vector<std::uint8_t>& mask);
// The same of single points, of the patient.
bool mark_inside(const SlabStack& stack, std::span<const Eigen::Vector3d> points, const Host& host,
                 std::vector<std::uint8_t>& mask);

}  // namespace dosegate::gamma
