#include "core/dvh/dvh.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

constexpr double kVolumeTolerance = 1e-4;  // of the structure's volume: 0.01 %
constexpr double kDoseToleranceGy = 1e-3;  // width at which the search for a dose ends
constexpr double kRounding = 1e-10;        // relative, of sums of up to 10^7 terms
constexpr int kMaxHalvings = 5;
constexpr int kMaxSteps = 200;
constexpr std::size_t kMaxBoxes = 250'000;  // that one volume may be split into
constexpr std::int64_t kWorkBudget = 2'000'000'000;
constexpr std::size_t kMaxBins = 20'000;

// So many that `cells` cells, each split into eight again and again, stay within kMaxBoxes. A dose that
// jumps at every voxel then gets a wider interval instead of a longer wait.
int halvings_for(std::size_t cells) {
  int halvings = 0;
  for (std::size_t boxes = 8 * cells; boxes <= kMaxBoxes && halvings < kMaxHalvings; boxes *= 8) ++halvings;
  return halvings;
}

// Extremes of a bilinear function on the edge p-q at height w: the ends, and the vertex of the parabola.
template <typename Visit>
void visit_edge(const TrilinearBox& box, const std::array<double, 2>& p, const std::array<double, 2>& q, double w,
                const Visit& visit) {
  const auto at = [&](double k) { return box.at(p[0] + k * (q[0] - p[0]), p[1] + k * (q[1] - p[1]), w); };
  visit(p[0], p[1], w);
  const double f0 = at(0.0), f1 = at(0.5), f2 = at(1.0);
  const double curvature = 2.0 * (f0 - 2.0 * f1 + f2), slope = 4.0 * f1 - 3.0 * f0 - f2;
  if (curvature == 0.0) return;
  const double k = -slope / (2.0 * curvature);
  if (k > 0.0 && k < 1.0) visit(p[0] + k * (q[0] - p[0]), p[1] + k * (q[1] - p[1]), w);
}

}  // namespace

Result<Dvh> Dvh::make(const SlabStack& stack, const DoseGrid& grid, double scale) {
  const Lattice lattice(grid, stack);
  std::int64_t budget = kWorkBudget;
  Result<CellSet> cells = cut_into_cells(stack, lattice, budget);
  if (!cells) return cells.error();
  if (cells->total.in_mm3() <= 0.0) {
    return Error{ErrorCode::kNotEvaluable, "", "The contours enclose no volume."};
  }
  Dvh dvh;
  dvh.scale_ = scale;
  dvh.cells_ = *std::move(cells);
  dvh.doses_.reserve(dvh.cells_.cells.size());
  for (const auto& cell : dvh.cells_.cells) {
    const auto& f = dvh.cells_.footprints[cell.footprint];
    const TrilinearBox box = lattice.box(grid, {f.i, f.j, cell.k}, cell.w0, cell.w1);
    dvh.doses_.push_back({box, box.minimum(), box.maximum(), f.area * (cell.w1 - cell.w0)});
  }
  dvh.find_mean();
  dvh.find_extremes(lattice);
  return dvh;
}

void Dvh::find_mean() {
  double sum = 0.0;
  for (std::size_t n = 0; n < doses_.size(); ++n) {
    const auto& f = cells_.footprints[cells_.cells[n].footprint];
    const auto& box = doses_[n].box;
    // Linear in w: its mean is the value half-way. Bilinear in u, v: four moments.
    std::array<double, 4> c{};
    for (std::size_t q = 0; q < 4; ++q) c[q] = 0.5 * (box.corner[q] + box.corner[q + 4]);
    const double du = box.extent.hi[0] - box.extent.lo[0], dv = box.extent.hi[1] - box.extent.lo[1];
    const double integral = c[0] * f.area + (c[1] - c[0]) / du * f.mu + (c[2] - c[0]) / dv * f.mv +
                            (c[3] - c[1] - c[2] + c[0]) / (du * dv) * f.muv;
    sum += integral * (box.extent.hi[2] - box.extent.lo[2]);
  }
  mean_stored_ = sum / cells_.total.in_mm3();
}

void Dvh::find_extremes(const Lattice& lattice) {
  double most = -1.0, least = std::numeric_limits<double>::infinity();
  std::array<double, 3> most_at{}, least_at{};
  for (std::size_t n = 0; n < doses_.size(); ++n) {
    const auto& d = doses_[n];
    if (d.most <= most && d.least >= least) continue;
    const auto& f = cells_.footprints[cells_.cells[n].footprint];
    const auto visit = [&](double u, double v, double w) {
      const double dose = d.box.at(u, v, w);
      if (dose > most) {
        most = dose;
        most_at = {u, v, w};
      }
      if (dose < least) {
        least = dose;
        least_at = {u, v, w};
      }
    };
    const auto& e = d.box.extent;
    const auto visit_polygon = [&](const ConvexPolygon& p) {
      for (std::size_t i = 0; i < p.size; ++i) {
        for (const double w : {e.lo[2], e.hi[2]}) visit_edge(d.box, p.point[i], p.point[(i + 1) % p.size], w, visit);
      }
    };
    if (f.count == 0) visit_polygon(rectangle(e.lo[0], e.lo[1], e.hi[0], e.hi[1]));
    for (std::uint32_t p = f.first; p < f.first + f.count; ++p) visit_polygon(cells_.polygons[p]);
  }
  if (most < 0.0) {  // wholly outside the grid
    most = least = 0.0;
  }
  if (cells_.outside.in_mm3() > 0.0) least = 0.0;
  maximum_ = {Dose::gy(most * scale_), lattice.patient(most_at[0], most_at[1], most_at[2])};
  minimum_ = {Dose::gy(least * scale_), lattice.patient(least_at[0], least_at[1], least_at[2])};
}

VolumeBounds Dvh::cell_above(std::size_t n, double threshold, Plateau plateau, double gap, int depth) const {
  const auto& f = cells_.footprints[cells_.cells[n].footprint];
  const auto& d = doses_[n];
  const auto& e = d.box.extent;
  if (f.count == 0) {
    return dosegate::volume_above(d.box, rectangle(e.lo[0], e.lo[1], e.hi[0], e.hi[1]), threshold, plateau, gap, depth);
  }
  VolumeBounds sum;
  for (std::uint32_t p = f.first; p < f.first + f.count; ++p) {
    sum += dosegate::volume_above(d.box, cells_.polygons[p], threshold, plateau, gap / f.count, depth);
  }
  return sum;
}

VolumeBounds Dvh::bounds_above(double threshold, Plateau plateau, double tolerance, int halvings) const {
  double sure = 0.0, none = cells_.outside.in_mm3(), straddling = 0.0;
  std::vector<std::size_t> straddlers;
  if (threshold <= 0.0 && plateau == Plateau::kCounts) std::swap(sure, none);
  for (std::size_t n = 0; n < doses_.size(); ++n) {
    const auto& d = doses_[n];
    if (d.most < threshold || (plateau == Plateau::kDoesNotCount && d.most <= threshold)) {
      none += d.volume;
    } else if (d.least >= threshold) {
      sure += d.volume;
    } else {
      straddlers.push_back(n);
      straddling += d.volume;
    }
  }
  const double total = cells_.total.in_mm3();
  if (straddlers.empty()) {
    const double exact = none == 0.0 ? total : sure == 0.0 ? 0.0 : std::min(sure, total);
    return {exact, exact, exact};
  }
  halvings = std::min(halvings, halvings_for(straddlers.size()));
  VolumeBounds sum;
  for (const auto n : straddlers) {
    sum += cell_above(n, threshold, plateau, tolerance * (doses_[n].volume / straddling), halvings);
  }
  const double slack = kRounding * total;
  VolumeBounds b{sure + sum.lower - slack, sure + sum.value, sure + sum.upper + slack};
  b.lower = std::clamp(b.lower, 0.0, total);
  b.upper = std::clamp(b.upper, 0.0, total);
  b.value = std::clamp(b.value, b.lower, b.upper);
  return b;
}

double Dvh::estimate_above(double threshold) const {
  double sum = threshold <= 0.0 ? cells_.outside.in_mm3() : 0.0;
  for (std::size_t n = 0; n < doses_.size(); ++n) {
    const auto& d = doses_[n];
    if (d.most < threshold) continue;
    sum += d.least >= threshold ? d.volume : cell_above(n, threshold, Plateau::kCounts, 0.0, 0).value;
  }
  return sum;
}

Interval<Volume> Dvh::volume_above(Dose level, Plateau plateau, std::optional<Volume> limit) const {
  const double t = level.in_gy() / scale_, tolerance = kVolumeTolerance * cells_.total.in_mm3();
  VolumeBounds b = bounds_above(t, plateau, tolerance, 0);
  for (int halvings = 1; limit && halvings <= kMaxHalvings; ++halvings) {
    const bool inside = b.lower <= limit->in_mm3() && limit->in_mm3() <= b.upper;
    if (!inside || b.upper - b.lower <= tolerance) break;
    b = bounds_above(t, plateau, tolerance, halvings);
  }
  return {Volume::mm3(b.value), Volume::mm3(b.lower), Volume::mm3(b.upper)};
}

// Illinois' false position on the estimate of V: V falls steadily, so the bracket always holds.
double Dvh::estimate_hottest(double v) const {
  double lo = minimum_.dose.in_gy() / scale_, hi = maximum_.dose.in_gy() / scale_;
  const double width = std::max(kDoseToleranceGy / scale_, 1e-12 * hi);
  double above_lo = cells_.total.in_mm3() - v, above_hi = -v;
  int side = 0;
  for (int step = 0; hi - lo > width && step < kMaxSteps; ++step) {
    double t = lo + (hi - lo) * (above_lo / (above_lo - above_hi));
    // Near an end, or where the curve is too bent for false position: half-way.
    if (!(t > lo + 0.1 * width && t < hi - 0.1 * width) || step % 4 == 3) t = 0.5 * (lo + hi);
    const double above = estimate_above(t) - v;
    if (above >= 0.0) {
      lo = t;
      above_lo = above;
      if (side == 1) above_hi *= 0.5;
      side = 1;
    } else {
      hi = t;
      above_hi = above;
      if (side == -1) above_lo *= 0.5;
      side = -1;
    }
  }
  return 0.5 * (lo + hi);
}

Dose Dvh::estimate_dose_of_hottest(Volume volume) const {
  return Dose::gy(estimate_hottest(std::min(volume, cells_.total).in_mm3()) * scale_);
}

Interval<Dose> Dvh::dose_of_hottest(Volume volume) const {
  const double total = cells_.total.in_mm3(), v = std::min(volume.in_mm3(), total);
  const double least = minimum_.dose.in_gy() / scale_, most = maximum_.dose.in_gy() / scale_;
  const double slack = kRounding * most;
  if (total - v <= 1e-12 * total) {
    return {Dose::gy(least * scale_), Dose::gy((least - slack) * scale_), Dose::gy((least + slack) * scale_)};
  }
  const double value = estimate_hottest(v);
  // Step away from the estimate until the bounds of V prove that D lies between.
  const double first = std::max(kDoseToleranceGy / scale_, 1e-12 * most);
  double lo = least, hi = most;
  for (double step = first; value - step > least; step *= 2.0) {
    if (bounds_above(value - step, Plateau::kCounts, 0.0, 0).lower >= v) {
      lo = value - step;
      break;
    }
  }
  for (double step = first; value + step < most; step *= 2.0) {
    if (bounds_above(value + step, Plateau::kCounts, 0.0, 0).upper < v) {
      hi = value + step;
      break;
    }
  }
  return {Dose::gy(value * scale_), Dose::gy(std::max(0.0, lo - slack) * scale_), Dose::gy((hi + slack) * scale_)};
}

Interval<Dose> Dvh::mean() const {
  const double slack = kRounding * mean_stored_;
  return {Dose::gy(mean_stored_ * scale_), Dose::gy((mean_stored_ - slack) * scale_),
          Dose::gy((mean_stored_ + slack) * scale_)};
}

Result<std::vector<Volume>> Dvh::curve(Dose bin) const {
  const double step = bin.in_gy() / scale_, most = maximum_.dose.in_gy() / scale_;
  if (!(step > 0.0) || most / step > static_cast<double>(kMaxBins)) {
    return Error{ErrorCode::kLimitExceeded, "", "The DVH curve would have more than 20000 bins."};
  }
  const auto bins = static_cast<std::size_t>(most / step) + 2;
  std::vector<double> part(bins, 0.0), sure(bins + 1, 0.0);  // sure[i]: volume whose last sure bin is i - 1
  sure[1] += cells_.outside.in_mm3();
  for (std::size_t n = 0; n < doses_.size(); ++n) {
    const auto& d = doses_[n];
    auto i = static_cast<std::size_t>(d.least / step);
    while (static_cast<double>(i) * step > d.least) --i;
    while (static_cast<double>(i + 1) * step <= d.least) ++i;
    i = std::min(i, bins - 1);
    sure[i + 1] += d.volume;
    for (++i; i < bins && static_cast<double>(i) * step <= d.most; ++i) {
      part[i] += cell_above(n, static_cast<double>(i) * step, Plateau::kCounts, 0.0, 0).value;
    }
  }
  std::vector<Volume> curve(bins);
  double tail = 0.0;
  for (std::size_t i = bins; i-- > 0;) {
    tail += sure[i + 1];
    curve[i] = Volume::mm3(tail + part[i]);
  }
  curve[0] = total();
  for (std::size_t i = 1; i < bins; ++i)
    curve[i] = std::min(curve[i], curve[i - 1]);  // estimates may cross by rounding
  return curve;
}

}  // namespace dosegate
