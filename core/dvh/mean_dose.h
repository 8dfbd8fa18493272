// The mean dose of a structure of which nothing else is asked: the integral that CellDoses has beside the doses of
// every cell, at a small part of its cost.
#pragma once

#include <cstddef>
#include <vector>

#include "core/dvh/structure_cells.h"
#include "core/parallel/parallel.h"

namespace dosegate {

// Of each of the cut's sheets the integral of the dose over the structure in it: Gy, as stored in the grid, times mm^3,
// exact but for rounding. Fills `out` for the sheets of layers [first_layer, end_layer), or of all layers when `out` is
// not of `cut` yet. In parallel over sheets, with the same answer for any number of threads. When the host cancels, the
// answer is false or Cancelled is thrown, and `out` is incomplete. Precondition: cut.lattice is the grid's.
bool integrate(const StructureCells& cut, const DoseGrid& grid, std::size_t first_layer, std::size_t end_layer,
               const Host& host, std::vector<double>& out);

// The mean over the whole structure, whose part outside the grid counts as 0 Gy. Precondition: `integrals` are of
// `cut`.
Dose mean_dose(const StructureCells& cut, const std::vector<double>& integrals);

}  // namespace dosegate
