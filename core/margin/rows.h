// Sections on rows of constant v: for each row the set of u that a region covers, as disjoint ascending intervals.
// Exact along u. All coordinates are mm.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/geometry/stack.h"

namespace dosegate {

// From lo to hi along u, lo < hi.
struct Stretch {
  double lo, hi;

  friend bool operator==(const Stretch&, const Stretch&) = default;
};
using Row = std::vector<Stretch>;  // ascending, disjoint
using RowView = std::span<const Stretch>;

double length(RowView row);  // of all its intervals together
void unite(Row& row, Stretch with);
// What is in `a` and not in `b`, and what is in both, into `out`, which must be neither of them.
void subtract(RowView a, RowView b, Row& out);
void intersect(RowView a, RowView b, Row& out);
// Whether one of the row's intervals holds all from lo to hi.
inline bool covers(RowView row, double lo, double hi) {
  for (const Stretch& i : row) {
    if (i.lo <= lo && hi <= i.hi) return true;
  }
  return false;
}

// Many rows, in the order in which they were added, in one block of memory.
class Rows {
 public:
  void reserve(std::size_t rows) { first_.reserve(rows + 1); }
  void add(RowView row);
  std::size_t size() const { return first_.size() - 1; }
  bool empty() const { return all_.empty(); }  // nothing on any row
  RowView operator[](std::size_t k) const { return {all_.data() + first_[k], first_[k + 1] - first_[k]}; }

 private:
  std::vector<std::uint32_t> first_ = {0};
  std::vector<Stretch> all_;
};

// Thrown for more than twenty million crossings of rows and edges: nobody drew such contours.
struct TooManyCrossings {};

// What the rings cover by the even-odd rule, on the rows at `v`, which ascends. A row through a corner crosses the
// edges that begin there (at their lower v), not those that end there. Throws TooManyCrossings, as does the next.
std::vector<Row> rows_of(const std::vector<Ring>& rings, const std::vector<double>& v);
// What the region of the stack's slab at height z (lo <= z < hi) covers; empty rows where there is no slab.
std::vector<Row> rows_at(const SlabStack& stack, double z, const std::vector<double>& v);

}  // namespace dosegate
