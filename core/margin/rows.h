// Sections on horizontal rows: for each row (v constant, mm) the set of u that a region covers, as disjoint ascending
// intervals. Exact along u.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/geometry/stack.h"

namespace dosegate {

struct Stretch {
  double lo, hi;  // mm, lo < hi

  friend bool operator==(const Stretch&, const Stretch&) = default;
};
using Row = std::vector<Stretch>;  // ascending, disjoint
using RowView = std::span<const Stretch>;

double length(RowView row);  // mm
void unite(Row& row, Stretch with);
// Into `out`, which is none of the others.
void subtract(RowView a, RowView b, Row& out);
void intersect(RowView a, RowView b, Row& out);
// Whether one of its intervals holds all from lo to hi.
inline bool covers(RowView row, double lo, double hi) {
  for (const Stretch& i : row) {
    if (i.lo <= lo && hi <= i.hi) return true;
  }
  return false;
}

// Many rows in one piece of memory.
class Rows {
 public:
  void add(RowView row);
  std::size_t size() const { return first_.size() - 1; }
  bool empty() const { return all_.empty(); }  // nothing on any row
  RowView operator[](std::size_t k) const { return {all_.data() + first_[k], first_[k + 1] - first_[k]}; }

 private:
  std::vector<std::uint32_t> first_ = {0};
  std::vector<Stretch> all_;
};

// More than twenty million crossings of rows and edges: contours that nobody drew.
struct TooManyCrossings {};

// Throws TooManyCrossings. The rings by even-odd. `v` ascends. A row through a corner counts the edges that begin
// there, not those that end.
std::vector<Row> rows_of(const std::vector<Ring>& rings, const std::vector<double>& v);
// The slab of the stack at a height, lo <= z < hi: its region. Empty rows where there is none.
std::vector<Row> rows_at(const SlabStack& stack, double z, const std::vector<double>& v);

}  // namespace dosegate
