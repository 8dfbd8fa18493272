// One slab's cross-section, cut into the columns of a lattice.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/dvh/chunked_vector.h"
#include "core/dvh/structure_cells.h"
#include "core/geometry/trapezoids.h"

namespace dosegate {

// Of one structure: 200 MB.
inline constexpr std::size_t kMaxPieces = 4'000'000;

struct SlabCells {
  std::vector<Run> runs;
  std::vector<Part> parts;  // `first` counts in this slab's own pieces
  std::vector<Piece> pieces;
  double area = 0.0;         // mm^2, whole
  double inside_area = 0.0;  // mm^2, over the lattice
  std::int64_t work = 0;     // of the budget
};

// Takes the trapezoids of a cross-section as decompose() emits them, none crossing a row of the lattice.
class RowCutter {
 public:
  // `budget` as in decompose(); set to -1, which ends it, when the pieces of all slabs, counted in `pieces`, are more
  // than kMaxPieces. `workers`: of the present call, asked whether to go on; all below throw Cancelled.
  RowCutter(const DoseLattice& lattice, SlabCells& out, std::int64_t& budget, std::atomic<std::size_t>& pieces,
            Workers* workers);

  void add(const Trapezoid& t);
  void finish() { finish_row(); }

 private:
  // A trapezoid's stretch of columns that it crosses from side to side.
  struct Stretch {
    std::size_t begin, end;
    double v0, v1;
  };
  // What trapezoids leave in a column that one of their sides passes through.
  struct Sliver {
    Piece piece;
    std::uint32_t left, right;  // the edges that bound it, or kColumnsSide
    std::uint32_t next;         // of the column; kNoSliver: none
  };

  std::size_t column_at(double u) const;
  // Columns of which nothing lies left of u, and the columns that lie left of u wholly: the first, and how many.
  std::size_t first_right_of(double u, std::size_t column) const;
  std::size_t end_left_of(double u, std::size_t column) const;
  void sliver(const Trapezoid& t, double y0, double y1, std::size_t column);
  // What goes on where the column's last sliver ends, between the same two lines, becomes one with it; not where
  // `goes_on` is false.
  void add_sliver(std::size_t column, const Piece& p, std::uint32_t left, std::uint32_t right, bool goes_on);
  void finish_row();
  // Where the stretches of `column` stack up in it; kept for the next column where none begins or ends there.
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
  ChunkedVector<Sliver> slivers_;           // of the row
  std::vector<std::uint32_t> head_, tail_;  // per column: its first and last sliver
  std::vector<double> begins_;              // per column: heights of stretches that begin here less those that end
  std::vector<char> changes_;               // per column: whether one begins or ends here
  std::vector<Piece> stacked_;              // of the stretches of the column before
  bool is_stacked_ = false;
  CancelPoint cancel_point_;
};

}  // namespace dosegate
