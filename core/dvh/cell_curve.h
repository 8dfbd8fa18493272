// What single cells add to a cumulative DVH at the doses that they straddle (some of a cell's doses are above, some
// below).
#pragma once

#include <cstddef>
#include <vector>

#include "core/dvh/volume_above_dose.h"
#include "core/parallel/parallel.h"

namespace dosegate {

// Adds cells to a curve, one after another. One thread at a time.
class CellCurve {
 public:
  // What is the same for all cells of a curve.
  struct Shared {
    std::vector<Level> levels;    // the doses of the curve's points, ascending
    std::vector<double> allowed;  // for each level, how wide the bounds of a box may be, as a part of its volume
    int most_halvings = 0;        // so many times a cell may be halved while its bounds are wider
    double all = 0.0;             // volume of the structure, mm^3
  };
  // `sum` has one entry for each level, in mm^3, to which every cell is added. All arguments must outlive this.
  CellCurve(const Shared& shared, std::vector<VolumeBounds>& sum, Workers* workers)
      : levels_(shared.levels), shared_(shared), sum_(sum), cancel_point_(workers) {}

  // Adds the part over `patch` of a box of `mm3`, whose doses straddle levels [first, end) and no others. `f`: the
  // doses at its corners, Gy as stored. `whole` says that the patch is kWholeCell. Throws Cancelled.
  void add(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end, int halvings = 0);
  // The same for a cell that is one of very many, with far less work and wider bounds. `area` is that of its patch, as
  // a part of the cell's cross-section, and (x, y) the patch's centroid in the cell's own coordinates.
  void add_small(const Corners& f, double area, double x, double y, double mm3, std::size_t first, std::size_t end);

 private:
  // A column of the box, from face to face: the dose along it is linear, so what of it lies above a dose is exact.
  struct Column {
    double high;    // its largest dose
    double area;    // its cross-section, of the box's
    double per_gy;  // how much of it lies between doses 1 Gy apart
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
  std::vector<std::size_t> nodes_;  // the levels at which bounds are found; between them they are interpolated
  std::vector<Column> columns_;
  CancelPoint cancel_point_;
};

}  // namespace dosegate
