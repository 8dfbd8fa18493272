// D: the least dose in the hottest volume.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/dvh/dvh.h"
#include "core/dvh/refine_bounds.h"

namespace dosegate {
namespace {

constexpr int kMaxSteps = 30;
constexpr int kMostPolishing = 24, kMostByFall = 6;
constexpr int kMostCorrected = 8;
constexpr double kPolished = 0.01;  // of the interval's width

}  // namespace

Dose Dvh::estimate_dose_of_hottest(Volume volume) const {
  const double total = cut_->total.in_mm3(), v = std::min(volume.in_mm3(), total);
  if (total - v <= 1e-12 * total) return minimum().dose;
  return Dose::gy(std::clamp(cells_->spread.crossing(v), 0.0, cells_->hottest.dose) * scale_);
}

// Where V crosses `volume` between `lo` and `hi`, by Newton's method on the planes of the cells that straddle a dose,
// kept inside what is known; halving where that leads nowhere. `per_gy`: how fast V falls there, about.
double Dvh::polished(double dose, double lo, double hi, double volume, double near, double& per_gy) const {
  CancelPoint cancel_point(workers_);
  double at_lo = std::numeric_limits<double>::quiet_NaN(), at_hi = at_lo;  // V - volume there, where it was found
  for (int step = 0; step < kMostPolishing; ++step) {
    const Scan found = scan({dose}, Plateau::kCounts);
    double sum = found.sure;
    per_gy = 0.0;
    for (const Straddling& s : found.straddling) {
      cancel_point.step(1 + (s.cell.part == CellRef::kFull ? 0 : cut_->parts[s.cell.part].count));
      sum += value_by_plane(s.cell, dose);
      per_gy += s.volume / static_cast<double>(s.most - s.least);
    }
    (sum >= volume ? lo : hi) = dose;
    (sum >= volume ? at_lo : at_hi) = sum - volume;
    double next = per_gy > 0.0 ? dose + (sum - volume) / per_gy : hi;
    // How fast V falls is only about known: where that does not arrive, by false position and halving in turns.
    if (step >= kMostByFall) next = step % 2 == 0 ? 0.5 * (lo + hi) : lo + (hi - lo) * (at_lo / (at_lo - at_hi));
    if (!(next > lo && next < hi)) next = 0.5 * (lo + hi);
    const double moved = std::abs(next - dose);
    dose = next;
    if (moved <= near) break;
  }
  return dose;
}

Interval<Dose> Dvh::find_dose_of_hottest(double v, std::optional<Dose> limit, const Tolerance& tolerance) const {
  const double total = cut_->total.in_mm3();
  const auto gy = [&](double stored) { return Dose::gy(stored * scale_); };
  if (total - v <= 1e-12 * total) return widened(minimum().dose);
  // A little less than asked for: the input's precision is added at the end.
  const double width = 0.95 * tolerance.dose.in_gy() / scale_;
  double lo = std::numeric_limits<double>::infinity(), hi = cells_->hottest.dose;
  for (const auto& sheet : cells_->of_sheet) lo = std::min(lo, static_cast<double>(sheet.least));
  if (outside().in_mm3() > 0.0) lo = 0.0;
  lo = std::min(lo, hi);
  double value = std::clamp(cells_->spread.crossing(v), lo, hi);
  double per_gy = 0.0;
  value = polished(value, lo, hi, v, kPolished * width, per_gy);
  // D >= T wherever V(T) is surely at least v, D <= T wherever it is surely less. `boxes`: how far cells are cut.
  VolumeBounds last;
  double at_lo = std::numeric_limits<double>::quiet_NaN(), at_hi = at_lo;  // V - v there, as far as it was found
  const auto try_at = [&](double t, std::size_t boxes) {
    last = bounds_above(scan({t}, Plateau::kCounts), {t}, 0.0, v, boxes);
    if (last.lower >= v && t >= lo) {
      lo = t;
      at_lo = last.value - v;
    }
    if (last.upper < v && t <= hi) {
      hi = t;
      at_hi = last.value - v;
    }
    return last.lower >= v || last.upper < v;
  };
  const auto is_open = [&] { return hi - lo > width && (!limit || (gy(lo) <= *limit && *limit <= gy(hi))); };
  const double aside = 0.45 * width;
  if (limit) {
    // First without cutting: steps away from the estimate until a bound is proven.
    for (double step = aside; lo < value - step && value - step > lo; step *= 4.0) {
      if (try_at(value - step, 0) && last.lower >= v) break;
    }
    for (double step = aside; hi > value + step; step *= 4.0) {
      if (try_at(value + step, 0) && last.upper < v) break;
    }
  } else {
    // On either side of the estimate, which each try corrects.
    double centre = value;
    for (int step = 0; hi - lo > width && per_gy > 0.0 && step < kMostCorrected; ++step) {
      const double t = hi - centre > centre - lo ? centre + aside : centre - aside;
      if (!(t > lo && t < hi) || !try_at(t, kMaxBoxes)) break;
      centre = std::clamp(t + (last.value - v) / per_gy, lo, hi);
    }
  }
  // Then as far as it must be: each try moves one of the two, towards where V crosses v by false position on the
  // volumes that the cutting gives.
  int moved = 0;
  double weight_lo = 1.0, weight_hi = 1.0;
  for (int step = 0; is_open() && step < kMaxSteps; ++step) {
    double t = 0.5 * (lo + hi);
    const double crossing =
        step == 0 && limit ? value : lo + (hi - lo) * (weight_lo * at_lo / (weight_lo * at_lo - weight_hi * at_hi));
    if (crossing > lo && crossing < hi) {
      // A little to the side that is farther away, so that the other is reached too.
      t = crossing - lo > hi - crossing ? std::max(crossing - aside, 0.5 * (lo + crossing))
                                        : std::min(crossing + aside, 0.5 * (hi + crossing));
    }
    const double hi_before = hi;
    if (try_at(t, kMaxBoxes)) {
      // Illinois: the end that stays weighs less, or a bent curve would be crept along.
      const int now = hi < hi_before ? -1 : 1;
      weight_lo = now < 0 ? (moved < 0 ? 0.5 * weight_lo : weight_lo) : 1.0;
      weight_hi = now > 0 ? (moved > 0 ? 0.5 * weight_hi : weight_hi) : 1.0;
      moved = now;
      continue;
    }
    // V there is the volume, as far as can be told: D is as good as found.
    try_at(t - aside, kMaxBoxes);
    try_at(t + aside, kMaxBoxes);
    break;
  }
  // Where both ends are near, V between them is nearly straight.
  const double between = lo + (hi - lo) * (at_lo / (at_lo - at_hi));
  if (hi - lo <= 2.0 * width && between >= lo && between <= hi) value = between;
  value = std::clamp(value, lo, hi);
  return {gy(value), widened(gy(lo)).lower, widened(gy(hi)).upper};
}

}  // namespace dosegate
