// The doses of a structure's cells: what one pass over a new dose leaves behind.
#pragma once

#include <cstdint>
#include <vector>

#include "core/dvh/structure_cells.h"
#include "core/dvh/trilinear.h"

namespace dosegate {

// Beside the cells of a StructureCells, Gy as stored. A cell's dose lies between `least` and `most`, rounded outwards.
struct CellDoses {
  // The volumes of cells by their doses, in bins of equal width: what is known of V without a look at any cell.
  struct Spread {
    double width = 0.0;  // Gy, of a bin
    // mm^3, of the cells whose least, middle and largest dose lies in a bin or in a higher one. Empty: all doses are 0.
    std::vector<double> least, middle, most;

    // A bound from below of the volume of cells whose doses are all `dose` or more, mm^3.
    double surely_from(double dose) const;
    // A bound from above of the volume of cells that have a dose of `dose` or more, mm^3.
    double perhaps_from(double dose) const;
    // About the dose at which V falls below `mm3`, Gy. Nothing is decided by it.
    double crossing(double mm3) const;
  };

  struct Extreme {
    double dose = 0.0;
    std::array<double, 3> at{};  // u, v, w, mm
  };

  std::vector<float> full_least, full_most;
  std::vector<float> partial_least, partial_most;
  struct OfSheet {
    float least, most;  // of its cells
    double volume;      // mm^3
    double integral;    // Gy mm^3, exact but for rounding
  };
  std::vector<OfSheet> of_sheet;
  // The range of each run's cells, and of each kBlock partial cells of a sheet: what is known of all of them at once.
  // `volume`: mm^3, of a block.
  struct Range {
    float least, most;
  };
  struct Block {
    Range range;
    double volume;
  };
  static constexpr std::size_t kBlock = 16;
  static std::size_t first_block(const Sheet& sheet, std::size_t number) {
    return sheet.first_partial / kBlock + number;
  }
  std::vector<Range> of_run;
  std::vector<Block> of_block;  // of sheet s from first_block(sheet, s) on
  Spread spread;
  Extreme hottest;  // of the structure itself, exact but for rounding
};

// Looks for them on corners of full cells, on corners and edges of partial ones.
// `workers`: of the present call, asked whether to go on. Throws Cancelled.
CellDoses::Extreme find_coldest(const StructureCells& cut, const DoseGrid& grid, const CellDoses& cells,
                                Workers* workers);
CellDoses::Extreme find_hottest(const StructureCells& cut, const DoseGrid& grid, const CellDoses& cells,
                                Workers* workers);

// The corner doses of a cell within a sheet.
Corners corners_of(const StructureCells& cut, const DoseGrid& grid, const Sheet& sheet, std::size_t i, std::size_t j);

// Fills `out` for the sheets of layers [first_layer, end_layer); for all of them when it is empty; spread and hottest
// point anew. In parallel over sheets. False, or Cancelled is thrown, when the host cancelled; `out` is then
// incomplete. Precondition: cut.lattice is the grid's.
bool fill(const StructureCells& cut, const DoseGrid& grid, std::size_t first_layer, std::size_t end_layer,
          const Host& host, CellDoses& out);

}  // namespace dosegate
