// The regions of the plane where functions are negative, as closed rings along the functions' zeros.
#pragma once

#include <Eigen/Geometry>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// Several functions of one plane that are evaluated together. Points and values are in mm.
struct Fields {
  std::size_t count = 0;
  // Writes `count` values at a point. Within `pitch` (as below) of a zero of a function, this is the function's value.
  // Elsewhere it need only have the function's sign, and a size of no more than `steepness` times the distance to the
  // nearest zero; infinity will do where there is no zero.
  std::function<void(const Eigen::Vector2d& at, double* values)> at;
  double steepness = 1.0;
};

// For each function the outline of the region where it is negative: rings that neither cross nor touch but
// at grid points, even-odd, inside to the left. Marching squares (Lorensen and Cline 1987, in the plane)
// on a grid of the given pitch (mm), with linear interpolation along grid edges; where a square has its
// negative corners at opposite ends, the mean of the corners decides. The box must hold the regions; in an empty box
// there are none. Squares of the grid that steepness shows to be on one side are not looked into, so the work goes with
// the outline's length, not the box's area. What fits between grid points may be missed. kLimitExceeded when there are
// more than `most_points` points, more than 2^30 grid points along a side, or when `budget`, counted down by the work
// done here and by Fields::at, runs out.
Result<std::vector<std::vector<Ring>>> level_sets(const Fields& fields, const Eigen::AlignedBox2d& box, double pitch,
                                                  std::size_t most_points, std::int64_t& budget,
                                                  Workers* workers = nullptr);

}  // namespace dosegate
