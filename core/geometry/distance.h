// The signed distance of points to the outline of a section: the rings of one plane, even-odd.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "core/geometry/stack.h"
#include "core/quantity/result.h"

namespace dosegate {

// Immutable. Keeps its own copy of the edges in a uniform grid, so that a query meets the edges near it alone.
class SectionDistance {
 public:
  // Rings as in stack.h; none at all is the empty section. kLimitExceeded over four million points or
  // when they spread over more than 1 km.
  static Result<SectionDistance> make(const std::vector<Ring>& rings);

  // mm, negative inside. The sign is that of the even-odd rule, the magnitude the distance to the nearest
  // edge; +infinity where there is no edge. `budget` is counted down by the work done and may end negative;
  // the answer is right all the same: the caller looks at it when it suits.
  double at(const Eigen::Vector2d& p, std::int64_t& budget) const;

 private:
  struct Edge {
    Eigen::Vector2d from, along;  // along: from the first end to the second
    double inverse_length2;       // 1/mm^2, 0 for a point
  };
  // Lists of edge numbers, one after another: list k is items[first[k]] to items[first[k + 1]].
  struct Lists {
    std::vector<std::uint32_t> first, items;
  };

  bool fill_cells(std::size_t most);
  std::size_t column(double u) const;
  std::size_t row(double v) const;
  bool inside(const Eigen::Vector2d& p, std::int64_t& budget) const;
  double nearest(const Eigen::Vector2d& p, std::int64_t& budget) const;

  std::vector<Edge> edges_;
  Eigen::Vector2d low_ = Eigen::Vector2d::Zero(), high_ = Eigen::Vector2d::Zero();
  double cell_ = 1.0;  // mm
  std::size_t columns_ = 1, rows_ = 1;
  Lists cells_;      // row by row
  Lists rows_list_;  // the edges that reach into a row, each once
};

}  // namespace dosegate
