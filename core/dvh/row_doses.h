// The least and the largest doses of cells, a whole row of cells at a time. On x86-64 the loops use AVX2 where the
// processor has it; the numbers are the same, bit by bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dosegate {

// The doses at the four rows of nodes that bound a row of cells: on the lower and on the upper face of the layer, at
// the smaller (near) and at the larger (far) v. Gy as stored; each row has one node more than there are cells.
struct NodeRows {
  const float *low_near, *low_far, *high_near, *high_far;
};

struct RowDoses {
  float least, most;  // of all cells of the row, Gy; without cells the largest float and 0
  double sum;         // over the cells, of the eight doses at each one's corners
};

// Working memory of fill_row(), kept from row to row: the least and the largest dose and the sum of the doses of the
// four nodes that lie at one place along the row.
struct RowScratch {
  std::vector<float> least, most;
  std::vector<double> sum;

  void make_room(std::size_t nodes) {
    if (least.size() >= nodes) return;
    least.resize(nodes);
    most.resize(nodes);
    sum.resize(nodes);
  }
};

// What is written of each cell of a row: its least and its largest corner dose, and about its mean dose.
struct RowOut {
  float *least, *most, *mean;
};

// Writes the doses of `cells` cells.
RowDoses fill_row(const NodeRows& nodes, std::size_t cells, RowScratch& scratch, const RowOut& out);

// The same of the part of the layer's height from z0 to z1.
RowDoses fill_row_between(const NodeRows& nodes, double z0, double z1, std::size_t cells, RowScratch& scratch,
                          const RowOut& out);

// The same, where `columns` has already been filled for cells + 1 places along the row.
RowDoses fill_row(const RowScratch& columns, std::size_t cells, const RowOut& out);

// The same sums, over the cells, of the doses at each one's corners on the lower and on the upper face of the layer.
struct FaceSums {
  double low, high;
};
FaceSums sum_row(const NodeRows& nodes, std::size_t cells);

// The least single-precision number that is not less than `dose` or, without `that_too`, that is greater than it.
float least_float(double dose, bool that_too);

// Cells by their ranges of doses.
struct SortedCells {
  std::uint32_t above, below;  // how many have no dose below `above_from`, and how many none of `from` or more
  std::uint32_t others;        // and how many are neither
};
// Sorts `count` cells; `others`, which has room for that many, gets the numbers of those that are neither, ascending.
// Precondition: from <= above_from.
SortedCells sort_cells(const float* least, const float* most, std::uint32_t count, float above_from, float from,
                       std::uint32_t* others);

}  // namespace dosegate
