// Cuts the cross-section of one slab at the lines of a dose lattice, row by row. structure_cells.h puts the slabs
// together.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/dvh/chunked_vector.h"
#include "core/dvh/structure_cells.h"
#include "core/geometry/trapezoids.h"

namespace dosegate {

// The most pieces that one structure may have; they take 200 MB.
inline constexpr std::size_t kMaxPieces = 4'000'000;

// What one slab gives: the cells that its section fills wholly (runs) and in part.
struct SlabCells {
  std::vector<Run> runs;
  std::vector<Part> parts;  // Part::first counts in this slab's own pieces
  std::vector<Piece> pieces;
  double area = 0.0;         // of the whole section, mm^2
  double inside_area = 0.0;  // of what lies over the lattice, mm^2
  std::int64_t work = 0;     // what cutting took of the budget
};

// Takes the trapezoids of a cross-section one by one, as decompose() (geometry/trapezoids.h) emits them: ascending in
// v, none of them crossing a line between two rows of the lattice. What lies beyond the lattice counts to the area
// alone.
class RowCutter {
 public:
  // `budget` is that of decompose(). It is set to -1, which ends the work, when the pieces of all slabs, which are
  // counted in `pieces`, are more than kMaxPieces. `workers` is of the present call and is asked whether to go on:
  // every function may throw Cancelled. All references must outlive this.
  RowCutter(const DoseLattice& lattice, SlabCells& out, std::int64_t& budget, std::atomic<std::size_t>& pieces,
            Workers* workers);

  void add(const Trapezoid& t);
  // After the last trapezoid.
  void finish() { finish_row(); }

 private:
  // The columns [begin, end) that a trapezoid crosses from side to side, and from where to where in v it does, mm.
  struct Stretch {
    std::size_t begin, end;
    double v0, v1;
  };
  // What trapezoids leave in a column that one of their sides passes through.
  struct Sliver {
    Piece piece;
    std::uint32_t left, right;  // the edges that bound it, or kColumnsSide
    std::uint32_t next;         // the next sliver of the column, or kNoSliver
  };

  std::size_t column_at(double u) const;
  // The first column that lies wholly right of u, and the end of those that lie wholly left of it. `column` is a guess.
  std::size_t first_right_of(double u, std::size_t column) const;
  std::size_t end_left_of(double u, std::size_t column) const;
  void sliver(const Trapezoid& t, double y0, double y1, std::size_t column);
  // A sliver that begins where the column's last one ends, between the same two edges, is joined to it, unless
  // `goes_on` is false.
  void add_sliver(std::size_t column, const Piece& p, std::uint32_t left, std::uint32_t right, bool goes_on);
  void finish_row();
  // Finds the rectangles that the stretches through `column` fill in it. They are kept for the next column, where no
  // stretch begins or ends.
  void stack_stretches(std::size_t column);
  void add_part(std::size_t column);
  void add_run(std::size_t begin, std::size_t end);

  const DoseLattice& lattice_;
  const std::vector<double>&u_, &v_;
  SlabCells& out_;
  std::int64_t& budget_;
  std::atomic<std::size_t>& all_pieces_;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t row_ = kNone, first_ = kNone, last_ = 0;
  std::vector<Stretch> stretches_;
  double columns_a_mm_;
  static constexpr std::uint32_t kNoSliver = static_cast<std::uint32_t>(-1);
  static constexpr std::uint32_t kColumnsSide = static_cast<std::uint32_t>(-1);
  ChunkedVector<Sliver> slivers_;           // of the present row
  std::vector<std::uint32_t> head_, tail_;  // per column: its first and last sliver
  std::vector<double> begins_;  // per column: the height of stretches that begin here, less that of those that end
  std::vector<char> changes_;   // per column: whether one begins or ends here
  std::vector<Piece> stacked_;  // what stack_stretches() found last
  bool is_stacked_ = false;
  CancelPoint cancel_point_;
};

}  // namespace dosegate
