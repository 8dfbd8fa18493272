// The DVH of one structure on one dose grid, each metric with an interval that contains the true value
// of the stated model: slabs of polygons (geometry/stack.h), dose trilinear between voxel centres and
// constant in the outer half voxel (dvh/dose_lattice.h). README.md in this folder has the argument.
//
// Volume and mean are integrals of polynomials over polygons, minimum and maximum are taken at corners and
// edges: exact but for rounding. V and D come from bounds on every cell that straddles the dose.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "core/dvh/answer_cache.h"
#include "core/dvh/cell_doses.h"
#include "core/dvh/structure_cells.h"
#include "core/dvh/volume_above_dose.h"
#include "core/geometry/stack.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

// The true value lies in [lower, upper]; `value` is the best estimate and lies there, too.
template <typename Q>
struct Interval {
  Q value, lower, upper;
};

// A dose of the course, and a point that receives it.
struct PointDose {
  Dose dose;
  Eigen::Vector3d at_mm = Eigen::Vector3d::Zero();  // patient coordinates, LPS
};

// Whether a plateau (cells of one dose) exactly at the threshold counts as above it. Where the two doses are equal only
// as far as their precision tells, the interval holds both answers, and the value takes them for equal. They are equal
// for certain where the stored dose is the threshold to the last bit.
enum class Plateau { kCounts, kDoesNotCount };

// How narrow the interval of a metric is made; where the metric has a limit, only while the limit lies inside the
// interval.
struct Tolerance {
  double of_volume = 1e-4;  // as a part of the structure's volume
  Dose dose = Dose::gy(0.005);
};

struct Straddler;  // of refine_bounds.h

// Immutable but for the answers that it keeps, cheap to copy; several threads may ask one DVH. Doses are those of the
// course, as they are asked for and as they are answered. Every question may throw Cancelled, when the host of the call
// wants the call to end.
class Dvh {
 public:
  // `scale`, which is positive, turns stored doses into those of the course. grid.problem() must be empty. Errors:
  // those of cut_into_cells().
  static Result<Dvh> make(const SlabStack& stack, const DoseGrid& grid, double scale, const Host& host = {});
  // From parts that were kept: `cells` was filled from `grid` for `cut`, and `answers` were given on these very parts.
  // `workers` is of the call that this lives in and is asked whether to go on; it may be null.
  Dvh(std::shared_ptr<const StructureCells> cut, std::shared_ptr<const CellDoses> cells,
      std::shared_ptr<const DoseGrid> grid, double scale,
      std::shared_ptr<AnswerCache> answers = std::make_shared<AnswerCache>(), Workers* workers = nullptr);

  Volume total() const { return cut_->total; }
  // How much of the structure lies beyond the outer half voxel of the grid, where there is no dose, and how much lies
  // in it (the rim). What lies outside counts as 0 Gy in every metric below: the caller decides whether that may be.
  Volume outside() const { return cut_->outside; }
  Volume rim() const { return cut_->rim; }

  // V: the volume that receives at least `level`, or more than it when a plateau does not count.
  Interval<Volume> volume_above(Dose level, Plateau plateau = Plateau::kCounts,
                                std::optional<Volume> limit = std::nullopt, const Tolerance& tolerance = {}) const;
  // D: the least dose in the hottest `volume`, sup{T : V(T) >= volume}. Precondition: volume > 0. A volume of more than
  // total() is taken for total(), whose D is the minimum.
  Interval<Dose> dose_of_hottest(Volume volume, std::optional<Dose> limit = std::nullopt,
                                 const Tolerance& tolerance = {}) const;
  // The same at little cost, for a D of which it is already decided on which side of the dose `from` it lies: an
  // interval of 0.1 Gy, or of 0.22 times its distance from `from` where that is more. It is wider where there are many
  // cells and the bounds of their own doses are wider.
  Interval<Dose> dose_of_hottest_near(Volume volume, Dose from) const;
  // A quick estimate of D, for display alone.
  Dose estimate_dose_of_hottest(Volume volume) const;
  Interval<Dose> mean() const;
  // Exact but for rounding. The minimum is 0 Gy where part of the structure lies outside; its point is then that of the
  // least dose inside.
  PointDose minimum() const;
  PointDose maximum() const;
  // The interval of a minimum, a maximum or a mean: what the precision of coordinates and doses leaves open on either
  // side.
  Interval<Dose> widened(Dose extreme) const;

  // Point i is the volume that receives at least dose_of_bin(i, bin) (curve.h), up to the first bin that nothing
  // receives. Value, lower and upper bound never rise with the dose. The bounds are a few per cent of the volume apart
  // at most, and the value is far nearer the truth than that. kLimitExceeded over 20,000 bins, or for a bin that is not
  // positive. When the host cancels: kCancelled, or Cancelled is thrown.
  Result<std::vector<Interval<Volume>>> curve(Dose bin, const Host& host = {}) const;

 private:
  struct CellRef {
    std::uint32_t sheet, i, j;
    std::uint32_t part;  // its number in StructureCells::parts, or kFull for a cell that is wholly inside
    static constexpr std::uint32_t kFull = 0xffffffff;
  };
  // A cell whose doses lie on both sides of what was asked.
  struct Straddling {
    CellRef cell;
    float least, most;
    float mean;     // about, of what is inside
    double volume;  // mm^3
  };
  // What a look at the ranges of all cells tells about a level; volumes in mm^3.
  struct Scan {
    double sure = 0.0, none = 0.0;  // of cells that are surely above the level, and of those that are surely below
    double open = 0.0;              // of cells whose doses all equal the level's as far as can be told
    double counted = 0.0;           // how much of `open` counts as above when these doses are taken for equal
    std::vector<Straddling> straddling;
  };
  // What becomes of cells all of whose doses equal the level's as far as can be told: they are open, or they straddle.
  enum class AllWithin { kOpen, kStraddles };
  // Sorts all cells by their ranges. Surely above is what receives at least the level whatever the precision of the
  // doses, or more than the level when a plateau does not count.
  Scan scan(const Level& level, Plateau plateau, AllWithin all_within = AllWithin::kOpen) const;
  // How many cells have doses on both sides of one between the two, about: room for what scan() finds.
  std::size_t straddlers_between(double low, double high) const;
  // A dose of the course as a level of stored doses, with what their precision and the grid's placement leave open.
  Level level_of(Dose dose) const;
  enum class Side { kAbove, kBelow, kEither, kStraddles };
  // Where a cell lies whose doses are between `least` and `most`.
  static Side side_of(float least, float most, const Level& level, Plateau plateau);
  Interval<Dose> find_dose_of_hottest(double mm3, std::optional<Dose> limit, const Tolerance& tolerance) const;
  class NearSearch;  // in dose_of_hottest_near.cpp
  // Visits every cell, always in the same order. of_range(least, most, mm3) is asked about many cells at once and
  // answers true where that settles them. Where it does not, of_run(sheet, run, its first cell, mm3 of each cell) and
  // of_block(sheet, first part, how many, its first cell, mm of height) are called.
  template <typename OfRange, typename OfRun, typename OfBlock>
  void walk(const OfRange& of_range, const OfRun& of_run, const OfBlock& of_block) const;
  PointDose point(const CellDoses::Extreme& extreme) const;
  template <typename Each>
  void for_cells(std::size_t chunk, std::size_t chunks, CancelPoint& cancel_point, const Each& each) const;
  double box_mm3(const CellRef& cell) const;
  Straddler straddler(const CellRef& cell) const;
  // An estimate of the volume above the threshold, mm^3: that of the cell's plane (trilinear.h).
  double value_by_plane(const CellRef& cell, double threshold) const;
  // For estimates: the doses of a cell as if they were spread evenly between two, which lie as far about the mean dose
  // of what is inside as the nearer of its least and its largest.
  struct EvenSpread {
    double from, to;
    double part_above(double dose) const { return std::clamp((to - dose) / (to - from), 0.0, 1.0); }
  };
  static EvenSpread even_spread(const Straddling& found);
  // Whether the cell is one of so many that the errors of even spreads cancel.
  bool is_one_of_many(const Straddling& found) const { return found.volume < kCellOff * cut_->total.in_mm3(); }
  static constexpr double kCellOff = 2e-5;  // of the structure's volume
  // V with its bounds, mm^3. Cells are halved while the bounds are wider than `tolerance_mm3` and `limit_mm3`, unless
  // it is NaN, lies inside them; `max_boxes` is how many halves may be looked at, and with 0 no cell is halved.
  VolumeBounds bounds_above(const Scan& scan, const Level& level, double tolerance_mm3, double limit_mm3,
                            std::size_t max_boxes) const;
  static constexpr std::size_t kMaxBoxes = 300'000;
  // What the precision of coordinates and doses may change of a volume of `mm3`, mm^3.
  double bounds_slack(double mm3) const;
  // The dose at which V, estimated by the cells' planes, crosses `volume_mm3`, to about `near`; per_gy becomes how fast
  // V falls there, mm^3 per Gy. All doses are as stored.
  double polished(double dose, double lo, double hi, double volume_mm3, double near, double& per_gy) const;

  std::shared_ptr<const StructureCells> cut_;
  std::shared_ptr<const CellDoses> cells_;
  std::shared_ptr<const DoseGrid> grid_;
  double scale_;
  Dose misplaced_;  // as stored: where the grid lies off, and where the structure may
  std::shared_ptr<AnswerCache> answers_;
  Workers* workers_;
};

}  // namespace dosegate
