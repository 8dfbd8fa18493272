// The least distance in space and dose from one reference point to the evaluated dose: gamma, with proof.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/gamma/criteria.h"
#include "core/gamma/field.h"
#include "core/gamma/trilinear_cell.h"
#include "core/parallel/parallel.h"

namespace dosegate::gamma {

// Where a reference point lies: patient coordinates in units of the distance criterion, and a cell of the field that
// holds it.
struct Place {
  Vec3 at;
  std::array<std::uint32_t, 3> cell;
};

// Gamma lies in [lower, upper]; `upper` is what the evaluated dose at `at` gives.
struct Bounds {
  double lower = 0.0, upper = 0.0;
  Vec3 at{};  // as Place::at
};

enum class SearchFor {
  kValue,    // gamma, to the tolerance
  kPassFail  // whether it is at most 1: bounds on one side of 1, as wide as they happen to be
};

class BlockTree;

// One thread's; `field` and `cancel_point` outlive it. Throws Cancelled.
class Search {
 public:
  Search(const Field& field, GammaInterpolate interpolate, SearchFor what, double tolerance, CancelPoint& cancel_point)
      : field_(field), interpolate_(interpolate), what_(what), tolerance_(tolerance), cancel_point_(cancel_point) {}

  // kTooFar: the least may lie among more cells than are to be looked at one by one: ask run_far(). Otherwise upper -
  // lower is at most the tolerance, or both are on one side of 1. Preconditions: dose is finite, per_dose > 0; the
  // cells around `place` are prepared, or else it is too far.
  enum class Outcome { kFound, kTooFar };
  Outcome run(const Place& place, double dose, double per_dose, Bounds& out);
  // The same among all cells of the field, prepared or not.
  Bounds run_far(const Place& place, double dose, double per_dose, const BlockTree& tree);

 private:
  struct CellId {
    std::uint32_t i, j, k;
    friend bool operator==(const CellId&, const CellId&) = default;
  };

  void begin(const Place& place, double dose, double per_dose);
  // A point of the evaluated dose: gamma^2 there, and its place relative to the reference point.
  void take(double squared, const Vec3& at);
  bool decided() const { return enough2_ <= 0.0; }
  Bounds bounds() const;
  Box box_of(const CellId& cell) const;
  TrilinearCell trilinear(const CellId& cell) const;
  double value_in(const CellId& cell, const Vec3& u) const;
  double look_into_tetrahedra(const CellId& cell, const Box& box);
  bool is_ruled_out(const CellId& cell) const;
  bool begin_with_block(const CellId& home);
  void walk(CellId cell);
  bool was_walked(const CellId& cell) const;
  double settle(const TrilinearCell& c, const Vec3& base, const Box& box, int steps, Vec3& at);
  void finish_cell(const CellId& cell);
  void cut_up(const TrilinearCell& c, const Vec3& base, const Box& box);
  bool scan(const CellId& home);
  void search_tree(const BlockTree& tree);                                // far_search.cpp
  void scan_block(std::uint32_t i0, std::uint32_t j0, std::uint32_t k0);  // far_search.cpp

  const Field& field_;
  const GammaInterpolate interpolate_;
  const SearchFor what_;
  const double tolerance_;
  CancelPoint& cancel_point_;
  // Of the present point.
  Vec3 p_{};
  double dose_ = 0.0, per_dose_ = 0.0;
  double best2_ = 0.0, best_ = 0.0;      // gamma^2 and gamma found so far
  Vec3 best_at_{};                       // relative to p_
  double enough2_ = 0.0, enough_ = 0.0;  // what is not below it need not be looked at
  double open2_ = 0.0;                   // the least bound of what could not be brought to it
  std::array<CellId, 9> walked_{};       // cells that need no further look
  std::size_t walked_count_ = 0;
  bool complete_ = false;  // by the block alone
};

}  // namespace dosegate::gamma
