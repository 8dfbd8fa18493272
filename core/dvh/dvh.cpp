#include "core/dvh/dvh.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

constexpr double kVolumeTolerance = 1e-4;    // of the structure's volume: 0.01 %
constexpr double kDoseToleranceGy = 1e-3;    // width at which the search for a dose ends
constexpr double kRounding = 1e-10;          // relative, of sums of up to 10^7 terms
constexpr int kMaxHalvings = 5;
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

VolumeBounds Dvh::bounds_above(double threshold, Plateau plateau, double tolerance) const {
  double sure = 0.0, none = cells_.outside.in_mm3(), straddling = 0.0;
  std::vector<std::size_t> straddlers;
  if (threshold <= 0.0 && plateau == Plateau::kCounts) {
    sure = none;
    none = 0.0;
  }
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
  VolumeBounds sum;
  for (const auto n : straddlers) sum += cell_above(n, threshold, plateau, 0.0, 0);
  if (sum.upper - sum.lower > tolerance) {
    const int halvings = halvings_for(straddlers.size());
    sum = {};
    for (const auto n : straddlers) {
      sum += cell_above(n, threshold, plateau, tolerance * (doses_[n].volume / straddling), halvings);
    }
  }
  const double slack = kRounding * total;
  VolumeBounds b{sure + sum.lower - slack, sure + sum.value, sure + sum.upper + slack};
  b.lower = std::clamp(b.lower, 0.0, total);
  b.upper = std::clamp(b.upper, 0.0, total);
  b.value = std::clamp(b.value, b.lower, b.upper);
  return b;
}

Interval<Volume> Dvh::volume_above(Dose level, Plateau plateau) const {
  const VolumeBounds b =
      bounds_above(level.in_gy() / scale_, plateau, kVolumeTolerance * cells_.total.in_mm3());
  return {Volume::mm3(b.value), Volume::mm3(b.lower), Volume::mm3(b.upper)};
}

Interval<Dose> Dvh::dose_of_hottest(Volume volume) const {
  const double total = cells_.total.in_mm3(), v = std::min(volume.in_mm3(), total);
  const double cold = total - v;
  double tolerance = std::min(kVolumeTolerance * total, 1e-2 * v);
  if (cold > 1e-9 * total) tolerance = std::min(tolerance, 1e-2 * cold);
  const auto above = [&](double t) { return bounds_above(t, Plateau::kCounts, tolerance); };
  // Invariant: lo <= D <= hi.
  double lo = minimum_.dose.in_gy() / scale_, hi = maximum_.dose.in_gy() / scale_;
  const double slack = kRounding * hi;
  const double width = std::max(kDoseToleranceGy / scale_, 1e-12 * hi);
  if (cold <= 1e-12 * total) {
    return {Dose::gy(lo * scale_), Dose::gy((lo - slack) * scale_), Dose::gy((lo + slack) * scale_)};
  }
  while (hi - lo > width) {
    const double t = 0.5 * (lo + hi);
    const VolumeBounds b = above(t);
    if (b.lower >= v) {
      lo = t;
    } else if (b.upper < v) {
      hi = t;
    } else {  // the volume bounds cannot tell on which side t is: tighten each end up to it
      for (double x = t; x - lo > width;) {
        const double m = 0.5 * (lo + x);
        (above(m).lower >= v ? lo : x) = m;
      }
      for (double x = t; hi - x > width;) {
        const double m = 0.5 * (x + hi);
        (above(m).upper < v ? hi : x) = m;
      }
      break;
    }
  }
  double a = lo, b = hi;
  while (b - a > width) {
    const double m = 0.5 * (a + b);
    (above(m).value >= v ? a : b) = m;
  }
  return {Dose::gy(0.5 * (a + b) * scale_), Dose::gy(std::max(0.0, lo - slack) * scale_), Dose::gy((hi + slack) * scale_)};
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
  for (std::size_t i = 1; i < bins; ++i) curve[i] = std::min(curve[i], curve[i - 1]);  // estimates may cross by rounding
  return curve;
}

}  // namespace dosegate
