// The doses of rows of cells. On x86-64 in the widest instructions that the processor has: the numbers are the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dosegate {

// A row of cells between four rows of nodes.
struct NodeRows {
  const float *low_near, *low_far, *high_near, *high_far;  // Gy as stored; one more than there are cells
};

struct RowDoses {
  float least, most;  // of the row
  double sum;         // over the cells, of the eight doses at each one's corners
};

// Scratch for fill_row, kept from row to row.
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

// Least and largest corner dose of each of `cells` cells, into `least` and `most`.
RowDoses fill_row(const NodeRows& nodes, std::size_t cells, RowScratch& scratch, float* least, float* most);

// The same from what each column of nodes has: least, largest dose and sum, in `columns` (cells + 1 of them).
RowDoses fill_row(const RowScratch& columns, std::size_t cells, float* least, float* most);

// The least single-precision number that is `dose` or more; more than it where that is not `that_too`.
float least_float(double dose, bool that_too);

// How many of `count` doses are `from` or more.
std::uint32_t count_at_least(const float* doses, std::uint32_t count, float from);

}  // namespace dosegate
