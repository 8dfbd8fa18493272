// What an expansion has and the drawn structure lacks, on the rows of a height.
#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "core/geometry/stack.h"
#include "core/margin/rows.h"

namespace dosegate {

using Stacks = std::vector<std::shared_ptr<const SlabStack>>;

// A box round what lies on rows; empty to begin with.
struct RowsExtent {
  double u_low = std::numeric_limits<double>::infinity(), u_high = -u_low;  // mm
  double v_low = u_low, v_high = -u_low;

  void add(RowView row, double v);
  // Whether a box round the ring comes near it, by less than what a search goes on for round a place that it found.
  bool meets(const Ring& ring) const;
};

struct Lack {
  double z = 0.0, weight_of_plane = 0.0;  // weights: of what is integrated
  std::vector<double> v, weight;
  Rows missing, drawn;  // drawn: what the missing ends at
  RowsExtent extent;    // of the missing
  double most = 0.0;    // no point of it is further from what is drawn, mm

  void add(double at, RowView missing_there, RowView drawn_there);
  // Whether something of the stack is near.
  bool meets(const SlabStack& stack) const;
  // What is missing inside none of `cropped_by` and outside none of `within`. Throws TooManyCrossings.
  std::vector<Row> unexplained(const Stacks& cropped_by, const Stacks& within) const;
};

}  // namespace dosegate
