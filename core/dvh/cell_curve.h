// What one cell adds to a cumulative DVH at the doses that it straddles.
#pragma once

#include <cstddef>
#include <vector>

#include "core/dvh/above.h"
#include "core/parallel/parallel.h"

namespace dosegate {

// For cells one after another; all but the cells is the same for them.
class CellCurve {
 public:
  // `levels` ascend. `allowed`, beside them: how wide bounds may be, as a part of a box's volume; a cell is halved
  // while they are wider, at most kMostHalvings times. `sum`, beside them: what is added to, mm^3. All outlive this.
  CellCurve(const std::vector<Level>& levels, const std::vector<double>& allowed, std::vector<VolumeBounds>& sum,
            Workers* workers)
      : levels_(levels), allowed_(allowed), sum_(sum), cancel_point_(workers) {}

  // A box of `mm3` whose doses straddle levels [first, end): the part of it over `patch`. Throws Cancelled.
  void add(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end, int halvings = 0);

 private:
  // A column of the box, from face to face: the dose along it is linear, so what of it lies above a dose is exact.
  struct Column {
    double high, area, per_gy;  // area over the rise of the dose
  };
  void find_columns(const Corners& f, Patch patch, bool whole);
  double by_columns(double dose) const;
  void add_half(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end,
                int halvings);
  bool halve(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end, int halvings);

  static constexpr int kMostHalvings = 6;
  const std::vector<Level>& levels_;
  const std::vector<double>& allowed_;
  std::vector<VolumeBounds>& sum_;
  std::vector<VolumeBounds> found_;
  std::vector<Column> columns_;
  CancelPoint cancel_point_;
};

}  // namespace dosegate
