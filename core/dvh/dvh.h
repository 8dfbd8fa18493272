// Dose-volume metrics of one structure in one dose grid, each with an interval that contains the true value
// of the stated model: slabs of polygons (geometry/stack.h), dose trilinear between voxel centres and
// constant in the outer half voxel (dvh/cells.h). README.md in this folder has the argument.
//
// Volume and mean are integrals of polynomials over polygons, minimum and maximum are taken at corners and
// edges: exact but for rounding. V and D come from bounds on every cell that straddles the dose.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/dvh/cells.h"
#include "core/geometry/stack.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

// The true value lies in [lower, upper]; `value` is the best estimate.
template <typename Q>
struct Interval {
  Q value, lower, upper;
};

struct PointDose {
  Dose dose;
  Eigen::Vector3d at_mm = Eigen::Vector3d::Zero();  // patient, LPS
};

// Immutable. Keeps a reference to nothing.
class Dvh {
 public:
  // `scale` turns stored doses into those of the course. grid.problem() must be empty. Errors:
  // kLimitExceeded, kNotEvaluable when the structure encloses no volume.
  static Result<Dvh> make(const SlabStack& stack, const DoseGrid& grid, double scale);

  Volume total() const { return cells_.total; }
  // Parts beyond the outer half voxel, where there is no dose, and in it. What lies outside counts as
  // 0 Gy in every metric below: the caller decides whether that may be.
  Volume outside() const { return cells_.outside; }
  Volume rim() const { return cells_.rim; }

  // Volume that receives at least `level` (or more than, when a plateau does not count). The interval is
  // made narrower only while `limit` lies inside it, down to 0.01 % of the structure.
  Interval<Volume> volume_above(Dose level, Plateau plateau = Plateau::kCounts,
                                std::optional<Volume> limit = std::nullopt) const;
  // The least dose in the hottest `volume`: sup{T : V(T) >= volume}. 0 < volume <= total().
  Interval<Dose> dose_of_hottest(Volume volume) const;
  // Its estimate alone.
  Dose estimate_dose_of_hottest(Volume volume) const;
  Interval<Dose> mean() const;
  PointDose minimum() const { return minimum_; }
  PointDose maximum() const { return maximum_; }

  // Point i: volume that receives at least i * bin, up to the first bin without any. Estimates, not bounds.
  // kLimitExceeded over 20,000 bins.
  Result<std::vector<Volume>> curve(Dose bin) const;

 private:
  struct CellDose {
    TrilinearBox box;
    double least, most;
    double volume;  // mm^3
  };

  // Split at most `halvings` times, while the gap is wider than the tolerance.
  VolumeBounds bounds_above(double threshold, Plateau plateau, double tolerance_mm3, int halvings) const;
  double estimate_above(double threshold) const;     // mm^3
  double estimate_hottest(double volume_mm3) const;  // Gy as stored
  VolumeBounds cell_above(std::size_t cell, double threshold, Plateau plateau, double gap, int depth) const;
  void find_extremes(const Lattice& lattice);
  void find_mean();

  CellSet cells_;
  std::vector<CellDose> doses_;  // beside cells_.cells; dose as stored
  double scale_ = 1.0;
  double mean_stored_ = 0.0;
  PointDose minimum_, maximum_;
};

}  // namespace dosegate
