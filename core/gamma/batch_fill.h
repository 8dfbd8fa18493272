// Puts reference points into the lanes of a Batch.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/gamma/batch.h"
#include "core/gamma/field.h"
#include "core/gamma/reference_points.h"
#include "core/gamma/statistics.h"

namespace dosegate::gamma {

// Immutable. `points` and `field` outlive it.
class BatchFiller {
 public:
  BatchFiller(const ReferencePoints& points, const Field& field);

  // Whether there are eight cells around some voxel centre: the field has more than one along each axis.
  bool is_possible() const { return possible_; }

  // One thread's.
  struct Lanes {
    Batch batch;
    alignas(64) std::array<std::array<float, kPadded>, 27> copies;  // of doses that do not lie side by side
  };
  // Lanes beyond the last point are given the last point again; doses are set by the caller. Precondition: 1 to kLanes
  // points, by rising number.
  void fill(std::span<const Compared> points, Lanes& out) const;

 private:
  // The voxel centre with cells on both sides that is nearest to a coordinate.
  struct Nearest {
    std::uint32_t node;
    double middle, below, above, per_below, per_above;  // as Batch
  };
  // The same of all coordinates of a grid along an axis.
  struct Table {
    std::vector<std::uint32_t> node;
    std::vector<double> middle, below, above, per_below, per_above;

    Nearest operator[](std::size_t i) const {
      return {node[i], middle[i], below[i], above[i], per_below[i], per_above[i]};
    }
  };

  Nearest nearest(std::size_t axis, std::uint32_t cell, double at) const;
  void copy_lane(std::size_t lane, const std::array<std::uint32_t, 3>& node, Lanes& out) const;
  void set_lane(std::size_t lane, std::size_t axis, const Nearest& nearest, Lanes& out) const;
  bool fill_run(std::size_t lane, const std::array<std::size_t, 3>& id, Lanes& out) const;

  const ReferencePoints& points_;
  const Field& field_;
  bool possible_ = true;
  // Of a grid: up to which coordinate along x neighbours have neighbouring nearest voxel centres.
  std::vector<std::size_t> in_step_;
  std::array<Table, 3> tables_;
};

}  // namespace dosegate::gamma
