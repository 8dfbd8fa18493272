// The dose in one cell, linear in each of six tetrahedra, and its exact distance from a reference point.
#pragma once

#include <array>
#include <cstddef>

#include "core/gamma/field.h"
#include "core/gamma/trilinear_cell.h"

namespace dosegate::gamma {

// The least gamma^2 in the cell, or some value not below `enough` where it is not below that; `at` is where, in the
// first case. Lengths and doses as in trilinear_cell.h. `corner`, `step`: of Field.
double least_of_tetrahedra(const float* corner, const std::array<std::size_t, 3>& step, const Box& box, double dose,
                           double per_dose, double enough, Vec3& at);

}  // namespace dosegate::gamma
