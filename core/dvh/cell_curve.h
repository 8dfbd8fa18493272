// What one cell adds to a cumulative DVH at the doses that it straddles.
#pragma once

#include <cstddef>
#include <vector>

#include "core/dvh/volume_above_dose.h"
#include "core/parallel/parallel.h"

namespace dosegate {

// For cells one after another; all but the cells is the same for them.
class CellCurve {
 public:
  // What all of a curve's cells share; outlives this.
  struct Shared {
    std::vector<Level> levels;    // ascending
    std::vector<double> allowed;  // beside them: how wide bounds may be, as a part of a box's volume
    int most_halvings = 0;        // of a cell, while they are wider
    double all = 0.0;             // mm^3, of the structure
  };
  // `sum`, beside the levels: what is added to, mm^3.
  CellCurve(const Shared& shared, std::vector<VolumeBounds>& sum, Workers* workers)
      : levels_(shared.levels), shared_(shared), sum_(sum), cancel_point_(workers) {}

  // A box of `mm3` whose doses straddle levels [first, end): the part of it over `patch`. Throws Cancelled.
  void add(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end, int halvings = 0);
  // The same where the cell is one of very many: far less work, wider bounds. `area`: of the patch, whose centroid is
  // (x, y).
  void add_small(const Corners& f, double area, double x, double y, double mm3, std::size_t first, std::size_t end);

 private:
  // A column of the box, from face to face: the dose along it is linear, so what of it lies above a dose is exact.
  struct Column {
    double high, area, per_gy;  // area over the rise of the dose
  };
  void find_columns(const Corners& f, Patch patch, bool whole);
  double by_columns(double dose) const;
  void add_half(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end,
                int halvings);
  void fill_between_nodes(double area, double densest);
  bool halve(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end, int halvings);

  const std::vector<Level>& levels_;
  const Shared& shared_;
  std::vector<VolumeBounds>& sum_;
  std::vector<VolumeBounds> found_;
  std::vector<std::size_t> nodes_;  // levels
  std::vector<Column> columns_;
  CancelPoint cancel_point_;
};

}  // namespace dosegate
