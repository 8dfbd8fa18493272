// What a structure becomes when a margin is added: the Minkowski sum of its slabs (stack.h) with an ellipsoid that has
// its own semi-axis on either side of each patient axis. Exact: no voxels.
//
// A point belongs to it when some point of the structure lies no further than 1 from it in the gauge
// g(d)^2 = sum of (d_i / m_i)^2, m_i the margin on the side that d_i points to. Of a slab the part along its axis is
// known, so a section at a height is the union of the slabs' polygons, each dilated by an ellipse scaled with
// r = sqrt(1 - (dz / mz)^2); of an edge dilated so, a row sees one interval, in closed form.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <vector>

#include "core/geometry/stack.h"
#include "core/margin/rows.h"
#include "core/quantity/units.h"

namespace dosegate {

// In patient axes. Not negative; all zero: the structure itself.
struct Margins {
  Length left, right, anterior, posterior, cranial, caudal;
};

class Expansion {
 public:
  // Precondition: slabs as drawn (nothing also, within or excluded). `stack` must outlive it.
  Expansion(const SlabStack& stack, const Margins& margins);

  // Of the section at height z, on rows `v` (ascending). `budget` is counted down by the work done.
  std::vector<Row> rows(double z, const std::vector<double>& v, std::int64_t& budget) const;
  // Where it begins and ends along the axis.
  double lowest() const { return stack_.slabs.front().lo - low_[2]; }
  double highest() const { return stack_.slabs.back().hi + high_[2]; }
  // Values of v between which the rows of a section change smoothly; empty when there is no section.
  std::vector<double> breaks(double z) const;

  struct Nearest {
    double gauge = 0.0;                // 0 inside
    Eigen::Vector3d towards{0, 0, 0};  // (u, v, height), from the structure's nearest point to the one asked for, mm
  };
  // Of a point (u, v, height).
  Nearest nearest(const Eigen::Vector3d& p, std::int64_t& budget) const;

 private:
  struct Bounds {
    double low, high;  // of v, mm
  };
  // (dz / mz) of a height against a slab; beyond 1 it contributes nothing.
  double along(const Slab& slab, double z) const;

  const SlabStack& stack_;
  std::array<double, 3> low_, high_;  // mm, along u, v, axis; towards smaller and larger coordinates
  bool none_;                         // no margin at all
  std::vector<std::vector<Bounds>> ring_bounds_;
};

}  // namespace dosegate
