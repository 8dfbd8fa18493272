// Sections on horizontal rows: for each row (v constant, mm) the set of u that a region covers, as disjoint ascending
// intervals. Exact along u.
#pragma once

#include <vector>

#include "core/geometry/stack.h"

namespace dosegate {

struct Stretch {
  double lo, hi;  // mm, lo < hi
};
using Row = std::vector<Stretch>;  // ascending, disjoint

double length(const Row& row);  // mm
void unite(Row& row, Stretch with);
Row subtract(const Row& a, const Row& b);
Row intersect(const Row& a, const Row& b);
bool covers(const Row& row, double lo, double hi);

// More than twenty million crossings of rows and edges: contours that nobody drew.
struct TooManyCrossings {};

// Throws TooManyCrossings. The rings by even-odd. `v` ascends. A row through a corner counts the edges that begin
// there, not those that end.
std::vector<Row> rows_of(const std::vector<Ring>& rings, const std::vector<double>& v);
// The slab of the stack at a height, lo <= z < hi: its region. Empty rows where there is none.
std::vector<Row> rows_at(const SlabStack& stack, double z, const std::vector<double>& v);

}  // namespace dosegate
