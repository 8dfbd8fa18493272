// The evaluated dose as the search for gamma sees it: cells between voxel centres, lengths in units of the distance
// criterion, and the least and largest dose of every cell.
//
// There is no dose beyond the outermost voxel centres: gamma extrapolates nothing. Along an axis on which the grid has
// one voxel there is one cell of no width.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/quantity/units.h"

namespace dosegate::gamma {

using Vec3 = std::array<double, 3>;

// A reference coordinate this far beyond the outermost voxel centre still lies in the grid: as far as coordinates with
// two decimals are known.
inline constexpr double kTouch = 0.01;  // mm

// Cells [begin, end) along each axis.
struct CellRange {
  std::array<std::uint32_t, 3> begin{}, end{};

  std::uint32_t size(std::size_t axis) const { return end[axis] - begin[axis]; }
  std::size_t cells() const { return std::size_t{size(0)} * size(1) * size(2); }
  bool holds(const CellRange& other) const;
};

// Immutable but for prepare(). A view of the grid's values, which it shares.
class Field {
 public:
  // Precondition: grid.problem() is empty; distance > 0.
  Field(const DoseGrid& grid, Length distance);

  std::uint32_t cells(std::size_t axis) const { return static_cast<std::uint32_t>(nodes_[axis].size() - 1); }
  // Of cell i along the axis: [at(axis, i), at(axis, i + 1)], in units of the distance criterion.
  const double* nodes(std::size_t axis) const { return nodes_[axis].data(); }
  const double* per_width(std::size_t axis) const { return per_width_[axis].data(); }  // 0: a cell of no width
  double distance_mm() const { return distance_mm_; }

  // The cell that holds a patient coordinate; none: it lies outside.
  std::optional<std::uint32_t> find(std::size_t axis, double mm) const;

  // Where the dose of a cell's lowest corner is, and how far on its neighbour along each axis.
  const float* corner(std::uint32_t i, std::uint32_t j, std::uint32_t k) const {
    return values_ + i * stride_[0] + j * stride_[1] + k * stride_[2];
  }
  std::size_t step(std::size_t axis) const { return step_[axis]; }  // 0: one voxel
  std::size_t node_stride(std::size_t axis) const { return stride_[axis]; }

  // Computes least and largest doses of those cells, on the host's threads. False: the host cancelled.
  bool prepare(const CellRange& range, const Host& host);
  const CellRange& prepared() const { return range_; }
  // Precondition: the cell lies in prepared().
  std::size_t index(std::uint32_t i, std::uint32_t j, std::uint32_t k) const {
    return (std::size_t{k - range_.begin[2]} * range_.size(1) + (j - range_.begin[1])) * range_.size(0) +
           (i - range_.begin[0]);
  }
  const float* least() const { return least_.get(); }
  const float* most() const { return most_.get(); }

 private:
  void prepare_layer(std::uint32_t k, std::vector<float>& scratch);

  const DoseGrid grid_;  // shares the values
  const float* values_;
  double distance_mm_;
  std::array<std::vector<double>, 3> nodes_, per_width_;
  std::array<std::size_t, 3> stride_{}, step_{};
  CellRange range_;
  std::unique_ptr<float[]> least_, most_;
};

}  // namespace dosegate::gamma
