// A structure cut into the cells of a dose grid: what depends on contours and lattice alone, built once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/dvh/cell_cross_section.h"
#include "core/dvh/dose_lattice.h"
#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

// Cells (i .. i + count - 1, j) of a row that lie wholly in the cross-section. No run mixes rim columns with others.
struct Run {
  std::uint32_t j, i, count;
};

// The cross-section within one column of cells that it does not fill.
struct Part {
  std::uint32_t i, j;
  std::uint32_t first, count;  // pieces
  double area, mm2;            // of a cell's cross-section of 1, and of the cell's
  // What a bilinear function's values at the cell's corners (0, 0), (1, 0), (0, 1), (1, 1) weigh in its integral over
  // the part, mm^2: their sum is mm2.
  std::array<double, 4> corner_mm2;

  // The centroid, in the cell's own coordinates.
  double x() const { return (corner_mm2[1] + corner_mm2[3]) / mm2; }
  double y() const { return (corner_mm2[2] + corner_mm2[3]) / mm2; }
};

// One layer of cells, or a part of its height, across which the cross-section does not change.
struct Sheet {
  std::uint32_t k;  // layer
  double z0, z1;    // part of the layer's height, in [0, 1]
  std::uint32_t first_run, run_count;
  std::uint32_t first_part, part_count;
  std::size_t first_full, first_partial;  // where its cells are in arrays over all full and all partial cells

  bool is_whole_layer() const { return z0 == 0.0 && z1 == 1.0; }
};

// What a slab gave: it depends on its section and the lattice alone.
struct KeptSlab {
  double area, inside_area;  // mm^2, whole and over the lattice
  std::int64_t work;         // that it took
  std::vector<Run> runs;
  std::uint32_t first_part, part_count;
  std::size_t first_piece, piece_count;
};

// Immutable once made.
struct StructureCells {
  DoseLattice lattice;
  std::vector<Sheet> sheets;
  std::vector<Run> runs;    // of each sheet in ascending j, then i
  std::vector<Part> parts;  // of each slab in ascending j, then i; sheets of one slab share them
  std::vector<Piece> pieces;
  std::vector<KeptSlab> slabs;  // of the stack
  std::size_t full_cells = 0, partial_cells = 0;
  Volume total;    // of the structure, inside the grid or not
  Volume outside;  // beyond the outer half voxel
  Volume rim;      // in the outer half voxel

  Patch patch(const Part& p) const { return Patch(pieces).subspan(p.first, p.count); }
  double height_mm(const Sheet& s) const { return (s.z1 - s.z0) * lattice.width(2, s.k); }
  double cross_section_mm2(std::size_t i, std::size_t j) const { return lattice.width(0, i) * lattice.width(1, j); }
};

// kLimitExceeded when contours and lattice give more pieces than can be held or the contours are too complex;
// kNotEvaluable when the structure encloses no volume; kCancelled. Slabs are cut in parallel. `before`: a stack that
// was cut before; what sections both have on one lattice are not cut again, which is not to be seen in the answer.
struct CellsBefore {
  std::shared_ptr<const SlabStack> stack;
  std::shared_ptr<const StructureCells> cut;
};
Result<StructureCells> cut_into_cells(const SlabStack& stack, const DoseGrid& grid, const Host& host,
                                      const CellsBefore* before = nullptr);

}  // namespace dosegate
