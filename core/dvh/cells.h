// A structure cut into the cells of a dose grid: what depends on contours and lattice alone.
//
// Dose is trilinear between voxel centres. In the outer half voxel, where there is no outer neighbour, it
// is the value of the outermost centre (a voxel stands for its whole extent); beyond that there is no dose.
// So along each axis the nodes are: half a voxel before the first centre, the centres, half a voxel after
// the last; a cell lies between two neighbouring nodes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/dvh/trilinear.h"
#include "core/geometry/stack.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

// The lattice in the stack's axes: u, v across a plane, w along the stack.
class Lattice {
 public:
  Lattice(const DoseGrid& grid, const SlabStack& stack);

  const std::vector<double>& nodes(std::size_t a) const { return nodes_[a]; }
  std::size_t cells(std::size_t a) const { return nodes_[a].size() - 1; }
  // The box of a cell between w0 and w1 (inside the cell), with its corner doses in Gy as stored.
  TrilinearBox box(const DoseGrid& grid, const std::array<std::uint32_t, 3>& cell, double w0, double w1) const;
  // A point of (u, v, w) in patient coordinates.
  Eigen::Vector3d patient(double u, double v, double w) const;

 private:
  std::array<std::vector<double>, 3> nodes_;
  std::array<int, 3> patient_axis_;
};

// The cross-section of a slab within one column of cells.
struct Footprint {
  std::uint32_t i = 0, j = 0;            // cell along u, v
  std::uint32_t first = 0, count = 0;    // polygons; count 0: the whole cell
  double area = 0.0;                     // mm^2
  double mu = 0.0, mv = 0.0, muv = 0.0;  // integrals of u, v, u v over it, about the cell's lower corner
};

struct Cell {
  std::uint32_t footprint = 0;
  std::uint32_t k = 0;    // cell along w
  double w0 = 0, w1 = 0;  // mm, inside the cell
};

struct CellSet {
  std::vector<ConvexPolygon> polygons;
  std::vector<Footprint> footprints;
  std::vector<Cell> cells;
  Volume total;    // of the structure, inside the grid or not
  Volume outside;  // beyond the outer half voxel
  Volume rim;      // in the outer half voxel
};

// kLimitExceeded when contours and lattice give more pieces than can be held; `budget` as in decompose().
Result<CellSet> cut_into_cells(const SlabStack& stack, const Lattice& lattice, std::int64_t& budget);

}  // namespace dosegate
