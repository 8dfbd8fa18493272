// The volumes of a structure's cells by their doses.
#pragma once

#include "core/dvh/cell_doses.h"
#include "core/parallel/parallel.h"

namespace dosegate {

// Fills `out` from the cells' doses, whose largest is `hottest`. The same for any number of threads. False: the host
// cancelled.
bool find_spread(const StructureCells& cut, const CellDoses& cells, double hottest, const Host& host,
                 CellDoses::Spread& out);

}  // namespace dosegate
