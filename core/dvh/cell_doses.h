// The doses of a structure's cells: what one pass over a new dose leaves behind.
#pragma once

#include <cstdint>
#include <vector>

#include "core/dvh/cut.h"
#include "core/dvh/trilinear.h"

namespace dosegate {

// Beside the cells of a Cut, Gy as stored. A cell's dose lies between `least` and `most`, rounded outwards.
struct CellDoses {
  // Volumes by dose: what surely receives a dose, and what possibly does. Bin b begins at b * width.
  struct Histogram {
    double width = 0.0;                  // Gy
    std::vector<double> sure, possible;  // mm^3, summed from the hottest bin down
  };

  std::vector<float> full_least, full_most;
  std::vector<float> partial_least, partial_most;
  std::vector<double> integral;  // per sheet, Gy mm^3, exact but for rounding
  Histogram histogram;
};

// The corner doses of a cell within a sheet.
Corners corners_of(const Cut& cut, const DoseGrid& grid, const Sheet& sheet, std::size_t i, std::size_t j);

// Fills `out` for the sheets of layers [first_layer, end_layer); for all of them when it is empty; the histogram anew. In parallel over
// sheets. False when the host cancelled; `out` is then incomplete. Precondition: cut.lattice is the grid's.
bool fill(const Cut& cut, const DoseGrid& grid, std::size_t first_layer, std::size_t end_layer, const Host& host,
          CellDoses& out);

}  // namespace dosegate
