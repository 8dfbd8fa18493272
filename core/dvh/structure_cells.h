// The cells of a dose lattice that a structure fills, wholly or in part. They depend on the contours and on the lattice
// alone, not on the dose, and are found once for every dose on that lattice.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/dvh/cell_cross_section.h"
#include "core/dvh/dose_lattice.h"
#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

// Cells i to i + count - 1 of row j that lie wholly in the cross-section. The columns of the rim (dose_lattice.h)
// are narrower, so their cells are runs of their own.
struct Run {
  std::uint32_t j, i, count;
};

// The cross-section within cell (i, j), which it fills only in part.
struct Part {
  std::uint32_t i, j;
  std::uint32_t first, count;  // its pieces are [first, first + count) of StructureCells::pieces
  double area, mm2;            // its area, as a part of the cell's and in mm^2
  // What a bilinear function's values at the cell's corners (0, 0), (1, 0), (0, 1), (1, 1) weigh in its integral over
  // the part, mm^2. Their sum is mm2.
  std::array<double, 4> corner_mm2;

  // The centroid, in the cell's own coordinates.
  double x() const { return (corner_mm2[1] + corner_mm2[3]) / mm2; }
  double y() const { return (corner_mm2[2] + corner_mm2[3]) / mm2; }
};

// One layer of cells along w, or a part of its height, in which the cross-section does not change.
struct Sheet {
  std::uint32_t k;  // the layer
  double z0, z1;    // from which to which part of the layer's height it reaches, in [0, 1]
  std::uint32_t first_run, run_count;
  std::uint32_t first_part, part_count;
  std::size_t first_full, first_partial;  // where its cells begin in arrays over all full and all partial cells

  bool is_whole_layer() const { return z0 == 0.0 && z1 == 1.0; }
};

// What one slab of the stack gave. It depends on the slab's section and the lattice alone, and is kept so that a later
// stack that has the same slab need not cut it again.
struct KeptSlab {
  double area, inside_area;  // mm^2, of the whole section and of what lies over the lattice
  std::int64_t work;         // what cutting it took of the budget
  std::vector<Run> runs;
  std::uint32_t first_part, part_count;
  std::size_t first_piece, piece_count;
};

// Immutable once made, and read by several threads then.
struct StructureCells {
  DoseLattice lattice;
  std::vector<Sheet> sheets;
  std::vector<Run> runs;    // of each sheet in ascending j, then i
  std::vector<Part> parts;  // of each slab in ascending j, then i; sheets of one slab share them
  std::vector<Piece> pieces;
  std::vector<KeptSlab> slabs;  // one for each slab of the stack
  std::size_t full_cells = 0, partial_cells = 0;
  Volume total;         // of the structure, inside the grid or not
  Volume outside;       // of what lies beyond the outer half voxel, where there is no dose
  Volume rim;           // of what lies in the outer half voxel
  Volume largest_cell;  // no cell of the lattice is larger
  Length off;           // SlabStack::off, along w

  // From which to before which of `sheets` lie in layers [first_layer, end_layer).
  std::pair<std::size_t, std::size_t> sheets_of(std::size_t first_layer, std::size_t end_layer) const;
  Patch patch(const Part& p) const { return Patch(pieces).subspan(p.first, p.count); }
  double height_mm(const Sheet& s) const { return (s.z1 - s.z0) * lattice.width(2, s.k); }
  double cross_section_mm2(std::size_t i, std::size_t j) const { return lattice.width(0, i) * lattice.width(1, j); }
};

// A stack that was cut before, and the cells that it gave.
struct CellsBefore {
  std::shared_ptr<const SlabStack> stack;
  std::shared_ptr<const StructureCells> cut;
};
// Cuts slabs in parallel, with the same answer for any number of threads. Slabs that have the same section in the same
// place of `before`, on the same lattice, are taken over from there; the answer does not show it. `before` may be null.
// A stack that lies beyond the lattice has no cells, and all of its volume is outside.
// Errors: kLimitExceeded when contours and lattice give more pieces than can be held or the contours are too complex;
// kNotEvaluable when the structure encloses no volume, or the stack is in another frame than the grid. When the host
// wants the call to end: kCancelled, or Cancelled is thrown.
Result<StructureCells> cut_into_cells(const SlabStack& stack, const DoseGrid& grid, const Host& host,
                                      const CellsBefore* before = nullptr);

}  // namespace dosegate
