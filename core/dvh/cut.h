// A structure cut into the cells of a dose grid: what depends on contours and lattice alone, built once.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/dvh/lattice.h"
#include "core/dvh/patch.h"
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
  double mx, my, mxy;          // integrals of x, y, x y over it
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
struct CutSlab {
  double area, inside_area;  // mm^2, whole and over the lattice
  std::int64_t work;         // that it took
  std::vector<Run> runs;
  std::uint32_t first_part, part_count;
  std::size_t first_piece, piece_count;
};

// Immutable once made.
struct Cut {
  Lattice lattice;
  std::vector<Sheet> sheets;
  std::vector<Run> runs;    // of each sheet in ascending j, then i
  std::vector<Part> parts;  // of each slab in ascending j, then i; sheets of one slab share them
  std::vector<Piece> pieces;
  std::vector<CutSlab> slabs;  // of the stack
  std::size_t full_cells = 0, partial_cells = 0;
  Volume total;    // of the structure, inside the grid or not
  Volume outside;  // beyond the outer half voxel
  Volume rim;      // in the outer half voxel
  Length off;      // SlabStack::off, along the third axis of the lattice

  Patch patch(const Part& p) const { return Patch(pieces).subspan(p.first, p.count); }
  double height_mm(const Sheet& s) const { return (s.z1 - s.z0) * lattice.width(2, s.k); }
  double cross_section_mm2(std::size_t i, std::size_t j) const { return lattice.width(0, i) * lattice.width(1, j); }
};

// kLimitExceeded when contours and lattice give more pieces than can be held or the contours are too complex;
// kNotEvaluable when the structure encloses no volume, or the stack is in another frame than the grid; kCancelled.
// Slabs are cut in parallel. `before`: a stack that was cut before; what sections both have on one lattice are not cut
// again, which is not to be seen in the answer.
struct CutBefore {
  std::shared_ptr<const SlabStack> stack;
  std::shared_ptr<const Cut> cut;
};
Result<Cut> cut(const SlabStack& stack, const DoseGrid& grid, const Host& host, const CutBefore* before = nullptr);

}  // namespace dosegate
