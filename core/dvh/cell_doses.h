// The range of doses in each of a structure's cells, and what else one pass over a new dose finds.
#pragma once

#include <cstdint>
#include <vector>

#include "core/dvh/structure_cells.h"
#include "core/dvh/trilinear.h"

namespace dosegate {

// Of one dose grid, beside the cells of one StructureCells. Doses are in Gy as stored in the grid. Every dose in a cell
// lies between its `least` and its `most`, which are rounded outwards.
struct CellDoses {
  // The volumes of cells by their doses, in bins of equal width: what is known of V without a look at any cell.
  struct Spread {
    double width = 0.0;  // Gy, of a bin
    // mm^3, of the cells whose least, mean and largest dose lies in a bin or in a higher one. Empty: all doses are 0.
    std::vector<double> least, middle, most;

    // A bound from below of the volume of cells whose doses are all `dose` or more, mm^3.
    double surely_from(double dose) const;
    // A bound from above of the volume of cells that have a dose of `dose` or more, mm^3.
    double perhaps_from(double dose) const;
    // About the dose at which V falls below `mm3`, Gy. Nothing is decided by it.
    double crossing(double mm3) const;

   private:
    double about_in_bin(std::size_t b) const;
  };

  // The least or the largest dose of the structure, and a point that has it.
  struct Extreme {
    double dose = 0.0;
    std::array<double, 3> at{};  // u, v, w of dose_lattice.h, mm
  };

  std::vector<float> full_least, full_most;        // of the cells that are wholly inside, sheet by sheet
  std::vector<float> partial_least, partial_most;  // of those that are partly inside, their whole box
  std::vector<float> full_mean, partial_mean;      // about, of what of each is inside; between the two
  struct OfSheet {
    float least, most;  // of all its cells
    double volume;      // of the structure in it, mm^3
    double integral;    // of the dose over that, Gy mm^3, exact but for rounding
  };
  std::vector<OfSheet> of_sheet;
  // The range of the doses of many cells at once, so that most cells need not be looked at one by one: of each run, and
  // of each block of kBlock partial cells of a sheet. `volume` is that of the structure in the block, mm^3.
  struct Range {
    float least, most;
  };
  struct Block {
    Range range;
    double volume;
  };
  static constexpr std::size_t kBlock = 16;
  // Where the blocks of sheet `number` begin in of_block.
  static std::size_t first_block(const Sheet& sheet, std::size_t number) {
    return sheet.first_partial / kBlock + number;
  }
  std::vector<Range> of_run;
  std::vector<Block> of_block;
  Spread spread;
  Extreme hottest;  // of the structure itself, exact but for rounding
};

// The points of the structure with the least and with the largest dose, exact but for rounding. They are looked for at
// the corners of full cells, and at the corners and on the edges of partial ones. Without any cell, dose and place are
// 0. `workers` is of the present call and is asked whether to go on; throws Cancelled.
CellDoses::Extreme find_coldest(const StructureCells& cut, const DoseGrid& grid, const CellDoses& cells,
                                Workers* workers);
CellDoses::Extreme find_hottest(const StructureCells& cut, const DoseGrid& grid, const CellDoses& cells,
                                Workers* workers);

// The doses at the corners of the part of cell (i, j) that lies in the sheet, Gy as stored.
Corners corners_of(const StructureCells& cut, const DoseGrid& grid, const Sheet& sheet, std::size_t i, std::size_t j);

// Fills `out` for the sheets of layers [first_layer, end_layer), or of all layers when `out` is not of `cut` yet;
// spread and hottest point are found anew in either case. In parallel over sheets. When the host cancels, the answer is
// false or Cancelled is thrown, and `out` is incomplete. Precondition: cut.lattice is the grid's.
bool fill(const StructureCells& cut, const DoseGrid& grid, std::size_t first_layer, std::size_t end_layer,
          const Host& host, CellDoses& out);

}  // namespace dosegate
