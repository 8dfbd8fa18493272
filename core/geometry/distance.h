// The signed distance of points to the outline of a section: the rings of one plane, even-odd.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// Immutable. It keeps its own copy of the edges under a tree of boxes, so that a query looks at no edges but those near
// it.
class SectionDistance {
 public:
  // Rings as in stack.h; without any ring the section is empty. kLimitExceeded over four million points, or when they
  // spread over more than 1 km. Throws Cancelled.
  static Result<SectionDistance> make(const std::vector<Ring>& rings, Workers* workers = nullptr);

  // The signed distance of a point, mm. It is negative inside by the even-odd rule; its magnitude is the distance to
  // the nearest edge, +infinity in an empty section. `budget` is counted down by the work done. It may end negative,
  // and the answer is right all the same: the caller looks at it when it suits.
  double at(const Eigen::Vector2d& p, std::int64_t& budget) const;

 private:
  struct Edge {
    Eigen::Vector2d from, along;  // along: from the first end to the second
    double inverse_length2;       // 1/mm^2, 0 for a point
  };
  struct Box {
    Eigen::Vector2d low, high;

    double distance2(const Eigen::Vector2d& p) const {
      return (low - p).cwiseMax(p - high).cwiseMax(0.0).squaredNorm();
    }
  };

  void fill_boxes(CancelPoint& cancel_point);
  void fill_strips(CancelPoint& cancel_point);
  std::size_t strip(double v) const;
  bool inside(const Eigen::Vector2d& p, std::int64_t& budget) const;
  double nearest(const Eigen::Vector2d& p, std::int64_t& budget) const;

  std::vector<Edge> edges_;
  // Edges that follow each other lie near each other: a leaf holds some, box k those of boxes 2 k and 2 k + 1.
  // Box 1 holds all, leaves begin in the middle.
  std::vector<Box> boxes_;
  // Horizontal strips: list s, items_[first_[s]] to items_[first_[s + 1]], are the edges that a line through the
  // strip may cross.
  double strip_ = 1.0;  // mm
  std::vector<std::uint32_t> first_, items_;
};

}  // namespace dosegate
