// One slab's cross-section, cut into the columns of a lattice.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/dvh/cut.h"
#include "core/geometry/trapezoids.h"

namespace dosegate {

// Of one structure: 200 MB.
inline constexpr std::size_t kMaxPieces = 4'000'000;

struct SlabCut {
  std::vector<Run> runs;
  std::vector<Part> parts;  // `first` counts in this slab's own pieces
  std::vector<Piece> pieces;
  double area = 0.0;         // mm^2, whole
  double inside_area = 0.0;  // mm^2, over the lattice
};

// Takes the trapezoids of a cross-section as decompose() emits them, none crossing a row of the lattice.
class RowCutter {
 public:
  // `budget` as in decompose(); set to -1, which ends it, when the pieces of all slabs, counted in `pieces`, are more
  // than kMaxPieces. `workers`: of the present call, asked whether to go on; all below throw Cancelled.
  RowCutter(const Lattice& lattice, SlabCut& out, std::int64_t& budget, std::atomic<std::size_t>& pieces,
            Workers* workers);

  void add(const Trapezoid& t);
  void finish() { finish_row(); }

 private:
  // A trapezoid's stretch of columns that it crosses from side to side.
  struct Stretch {
    std::size_t begin, end;
    double v0, v1;
  };
  // What a trapezoid leaves in a column that one of its sides passes through.
  struct Sliver {
    std::size_t column;
    Piece piece;
  };

  std::size_t column_at(double u) const;
  // Those of the row by column, each column's in the order in which they came.
  void sort_slivers();
  void sliver(const Trapezoid& t, std::size_t column);
  void finish_row();
  // Where the stretches of `column` stack up in it; kept for the next column where none begins or ends there.
  void stack_stretches(std::size_t column);
  void add_part(std::size_t column, std::size_t& next_sliver);
  void add_run(std::size_t begin, std::size_t end);

  const Lattice& lattice_;
  const std::vector<double>&u_, &v_;
  SlabCut& out_;
  std::int64_t& budget_;
  std::atomic<std::size_t>& all_pieces_;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t row_ = kNone, first_ = kNone, last_ = 0;
  std::vector<Stretch> stretches_;
  double columns_a_mm_;
  std::vector<Sliver> slivers_, sorted_;
  std::vector<std::uint32_t> slots_;  // of sort_slivers()
  std::vector<double> begins_;        // per column: heights of stretches that begin here less those that end
  std::vector<bool> changes_;         // per column: whether one begins or ends here
  std::vector<Piece> stacked_;        // of the stretches of the column before
  bool is_stacked_ = false;
  CancelPoint cancel_point_;
};

}  // namespace dosegate
