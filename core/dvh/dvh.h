// The DVH of one structure on one dose grid, each metric with an interval that contains the true value
// of the stated model: slabs of polygons (geometry/stack.h), dose trilinear between voxel centres and
// constant in the outer half voxel (dvh/lattice.h). README.md in this folder has the argument.
//
// Volume and mean are integrals of polynomials over polygons, minimum and maximum are taken at corners and
// edges: exact but for rounding. V and D come from bounds on every cell that straddles the dose.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/dvh/above.h"
#include "core/dvh/answers.h"
#include "core/dvh/cell_doses.h"
#include "core/dvh/cut.h"
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

// Whether a plateau exactly at the threshold counts as above it. One that has the threshold's dose but for the
// precision of either may lie on both sides: the interval holds both, the value is as if they were equal. A plateau
// whose stored dose is the threshold to the last bit is equal.
enum class Plateau { kCounts, kDoesNotCount };

// How narrow an interval is made. Volume: of the structure's. A metric with a limit is made narrower only while
// its limit lies inside.
struct Tolerance {
  double of_volume = 1e-4;
  Dose dose = Dose::gy(0.005);
};

struct Straddler;  // refine.h

// Immutable, cheap to copy. Every question throws Cancelled when the host of the call wants it to end.
class Dvh {
 public:
  // `scale` turns stored doses into those of the course. grid.problem() must be empty. Errors: those of cut().
  static Result<Dvh> make(const SlabStack& stack, const DoseGrid& grid, double scale, const Host& host = {});
  // From parts that were kept: `cells` filled from `grid` over `cut`.
  // `answers`: what was asked of these parts before. `workers`: of the call that this lives in; asked whether to go on.
  Dvh(std::shared_ptr<const Cut> cut, std::shared_ptr<const CellDoses> cells, std::shared_ptr<const DoseGrid> grid,
      double scale, std::shared_ptr<Answers> answers = std::make_shared<Answers>(), Workers* workers = nullptr);

  Volume total() const { return cut_->total; }
  // Parts beyond the outer half voxel, where there is no dose, and in it. What lies outside counts as
  // 0 Gy in every metric below: the caller decides whether that may be.
  Volume outside() const { return cut_->outside; }
  Volume rim() const { return cut_->rim; }

  // Volume that receives at least `level` (or more than, when a plateau does not count).
  Interval<Volume> volume_above(Dose level, Plateau plateau = Plateau::kCounts,
                                std::optional<Volume> limit = std::nullopt, const Tolerance& tolerance = {}) const;
  // The least dose in the hottest `volume`: sup{T : V(T) >= volume}. 0 < volume <= total().
  Interval<Dose> dose_of_hottest(Volume volume, std::optional<Dose> limit = std::nullopt,
                                 const Tolerance& tolerance = {}) const;
  // The same beside a decision on `from`, at little cost: 0.1 Gy wide, or 0.22 of its distance from `from` where
  // that is more; wider where the cells' own bounds are and there are many of them.
  Interval<Dose> dose_of_hottest_near(Volume volume, Dose from) const;
  // A quick estimate of it, for display.
  Dose estimate_dose_of_hottest(Volume volume) const;
  Interval<Dose> mean() const;
  PointDose minimum() const;
  PointDose maximum() const;
  // A minimum or maximum with what the precision of coordinates and doses leaves open.
  Interval<Dose> widened(Dose extreme) const;

  // Point i: volume that receives at least i * bin, up to the first bin without any. None of the three rises with the
  // dose. Bounds are a few per cent of the volume wide at most, the value is far nearer the truth than that.
  // kLimitExceeded over 20,000 bins. Throws Cancelled, or answers kCancelled.
  Result<std::vector<Interval<Volume>>> curve(Dose bin, const Host& host = {}) const;

 private:
  struct CellRef {
    std::uint32_t sheet, i, j;
    std::uint32_t part;  // kFull: a full cell
    static constexpr std::uint32_t kFull = 0xffffffff;
  };
  // A cell whose doses lie on both sides of what was asked.
  struct Straddling {
    CellRef cell;
    float least, most;
    double volume;  // mm^3
  };
  struct Scan {
    double sure = 0.0, none = 0.0;  // mm^3, of the others
    double open = 0.0;              // mm^3, of cells whose doses are all the level's as far as can be told
    double counted = 0.0;           // of them, when they are taken for equal
    std::vector<Straddling> straddling;
  };
  // What becomes of cells all of whose doses lie within `within` of the level: open, or straddling like the others.
  enum class AllWithin { kOpen, kStraddles };
  // Sure: at least the level, whatever the doses' precision (or more, when a plateau does not count). None: less.
  Scan scan(const Level& level, Plateau plateau, AllWithin all_within = AllWithin::kOpen) const;
  // As stored, with what precision and placement of the doses leave open.
  Level level_of(Dose dose) const;
  enum class Side { kAbove, kBelow, kEither, kStraddles };
  // Where a cell lies whose doses are between `least` and `most`.
  static Side side_of(float least, float most, const Level& level, Plateau plateau);
  Interval<Dose> find_dose_of_hottest(double mm3, std::optional<Dose> limit, const Tolerance& tolerance) const;
  class RoomSearch;  // room.cpp
  // Every cell, in one order. of_range(least, most, mm3) of many cells at once: true where that settles them. Else
  // of_run(sheet, run, first of its cells, mm3 of each) and of_part(sheet, part, its cell, mm3).
  template <typename OfRange, typename OfRun, typename OfPart>
  void walk(const OfRange& of_range, const OfRun& of_run, const OfPart& of_part) const;
  // The volume of cells whose doses are all `lo` or more, and of those with a dose of `hi` or more, mm^3.
  void count_sides(double lo, double hi, double& all_from_lo, double& some_from_hi) const;
  PointDose point(const CellDoses::Extreme& extreme) const;
  template <typename Each>
  void for_cells(std::size_t chunk, std::size_t chunks, CancelPoint& cancel_point, const Each& each) const;
  double box_mm3(const CellRef& cell) const;
  Straddler straddler(const CellRef& cell) const;
  double value_by_plane(const CellRef& cell, double threshold) const;  // mm^3 above it
  // `max_boxes`: how many cells and parts of cells may be looked at; 0: none is cut.
  VolumeBounds bounds_above(const Scan& scan, const Level& level, double tolerance_mm3, double limit_mm3,
                            std::size_t max_boxes) const;
  static constexpr std::size_t kMaxBoxes = 300'000;
  // Of estimates: cells that are a smaller part of the structure than this count as if their doses were spread evenly.
  static constexpr double kCellOff = 2e-5;
  double bounds_slack(double mm3) const;  // mm^3, of a volume
  double polished(double dose, double lo, double hi, double volume_mm3, double near, double& per_gy) const;

  std::shared_ptr<const Cut> cut_;
  std::shared_ptr<const CellDoses> cells_;
  std::shared_ptr<const DoseGrid> grid_;
  double scale_;
  Dose misplaced_;  // as stored: where the grid lies off, and where the structure may
  std::shared_ptr<Answers> answers_;
  Workers* workers_;
};

}  // namespace dosegate
