// The cells of a dose grid, along the axes of a stack of contour planes (geometry/stack.h).
//
// Dose is trilinear between voxel centres. In the outer half voxel, where there is no outer neighbour, it
// is the value of the outermost centre (a voxel stands for its whole extent); beyond that there is no dose.
// So along each axis the nodes are: half a voxel before the first centre, the centres, half a voxel after
// the last; a cell lies between two neighbouring nodes. The outermost cells of an axis, half a voxel wide, are its rim.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstddef>
#include <vector>

#include "core/dose/dose_grid.h"

namespace dosegate {

// Immutable.
class DoseLattice {
 public:
  // Axes 0 and 1 are u and v across the planes, axis 2 is w along `stack_axis`, an axis of the grid's frame
  // (geometry/stack.h). Precondition: grid.problem() is empty, so that there are two voxels or more along each axis.
  DoseLattice(const DoseGrid& grid, Axis stack_axis);

  const std::vector<double>& nodes(std::size_t axis) const { return nodes_[axis]; }  // mm, ascending
  std::size_t cells(std::size_t axis) const { return nodes_[axis].size() - 1; }
  double width(std::size_t axis, std::size_t cell) const { return nodes_[axis][cell + 1] - nodes_[axis][cell]; }
  bool is_rim(std::size_t axis, std::size_t cell) const { return cell == 0 || cell + 1 == cells(axis); }
  // The dose of a node is at offset(0, i) + offset(1, j) + offset(2, k) in DoseGrid::values(). An outermost node has
  // that of the centre beside it.
  std::size_t offset(std::size_t axis, std::size_t node) const {
    const std::size_t last = nodes_[axis].size() - 3;  // voxels - 1
    return stride_[axis] * (node == 0 ? 0 : node - 1 < last ? node - 1 : last);
  }
  std::size_t stride(std::size_t axis) const { return stride_[axis]; }  // between neighbouring centres, in values()
  const Orientation& frame() const { return frame_; }
  // The axis of the frame that w runs along.
  Eigen::Vector3d stack_axis() const { return Eigen::Vector3d::Unit(axis_[2]); }
  // The point (u, v, w) in patient coordinates: LPS, mm.
  Eigen::Vector3d patient(double u, double v, double w) const;

  friend bool operator==(const DoseLattice&, const DoseLattice&) = default;

 private:
  Orientation frame_;
  std::array<int, 3> axis_;  // of the frame
  std::array<std::size_t, 3> stride_;
  std::array<std::vector<double>, 3> nodes_;
};

}  // namespace dosegate
