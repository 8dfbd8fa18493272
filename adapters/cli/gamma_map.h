// Gamma point by point: as a file, and as characters for a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dosegate/dosegate.h"

namespace dosegate::cli {

// The plane of the largest gamma, in the order of the grid's rows and columns, cut to where points were compared and
// coarsened to `columns` at most; each character is the largest gamma of its part: '.' to 0.5, 'o' to 1, '#' above,
// ' ' where nothing was compared. Empty: nothing was. `map`: a value for each of the grid's.
std::vector<std::string> gamma_plane(const dosegate_dose& grid, const std::vector<float>& map, std::uint32_t& plane,
                                     std::uint32_t columns);

}  // namespace dosegate::cli
