// What an expansion covers and the drawn structure lacks, on the rows of one height.
#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "core/geometry/stack.h"
#include "core/margin/rows.h"

namespace dosegate {

using Stacks = std::vector<std::shared_ptr<const SlabStack>>;

// A box round what lies on rows, mm; empty to begin with.
struct RowsExtent {
  double u_low = std::numeric_limits<double>::infinity(), u_high = -u_low;  // mm
  double v_low = u_low, v_high = -u_low;

  void add(RowView row, double v);
  // Whether a box round the ring comes as near as 2 mm, which is further than a search goes round a place that it
  // found.
  bool meets(const Ring& ring) const;
};

struct Lack {
  double z = 0.0, weight_of_plane = 0.0;  // height, and the weights of plane and rows where they are integrated, mm
  std::vector<double> v, weight;          // one for each row
  Rows missing, drawn;                    // beside v; `drawn` is empty on rows where nothing is missing
  RowsExtent extent;                      // of what is missing
  double most = 0.0;                      // no point of what is missing is further along its row from what is drawn, mm

  void reserve(std::size_t rows);
  void add(double at, RowView missing_there, RowView drawn_there);
  // Whether something of the stack at this height comes near what is missing; it may be so by their boxes alone.
  bool meets(const SlabStack& stack) const;
  // What is missing, row by row, without what lies inside any of `cropped_by` or outside any of `within`. Throws
  // TooManyCrossings.
  std::vector<Row> unexplained(const Stacks& cropped_by, const Stacks& within) const;
};

}  // namespace dosegate
