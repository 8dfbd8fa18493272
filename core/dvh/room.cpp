// D for the room that a limit leaves: beside a decision that was made already, so at little cost.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/dvh/dvh.h"

namespace dosegate {
namespace {

constexpr double kNear = 0.05;          // Gy: how narrow the interval is made
constexpr double kCoarse = 0.2;         // Gy: where it may be as wide as this, many cells are looked at less closely
constexpr double kOfDistance = 0.1;     // or this part of the distance from the dose it is compared with
constexpr double kLeastBand = 0.5;      // Gy, either way of the estimate: cells looked at again and again
constexpr std::size_t kFewToCut = 500;  // so many are cut where their bounds are too wide, more are not
constexpr std::size_t kFewBoxes = 4000;
constexpr int kMostBands = 8, kMostSteps = 30, kMostWider = 6, kMostTries = 8;

}  // namespace

// The cells whose doses reach into a band round the estimate, found in one pass; all else is in `found` as a sum.
struct Dvh::Band {
  double lo, hi, from;  // Gy, as stored
  Scan found;

  bool holds(double dose) const { return lo <= dose && dose <= hi; }
};

// V there by the planes of cells, and by spreading doses evenly in cells too small to matter. Per Gy: its fall.
double Dvh::estimate_in(const Band& band, double dose, double& per_gy) const {
  const double small = kCellOff * cut_->total.in_mm3();
  // Far away the room need not be known so well: of many cells, what one has too much another has too little.
  const bool coarse =
      band.found.straddling.size() > kFewToCut && kOfDistance * std::abs(dose - band.from) > kCoarse / scale_;
  double sum = band.found.sure;
  per_gy = 0.0;
  CancelPoint cancel_point(workers_);
  for (const Straddling& s : band.found.straddling) {
    cancel_point.step(1 + (s.cell.part == CellRef::kFull ? 0 : cut_->parts[s.cell.part].count));
    const auto least = static_cast<double>(s.least), most = static_cast<double>(s.most);
    if (least >= dose) {
      sum += s.volume;
    } else if (most >= dose) {
      const double fall = s.volume / (most - least);
      per_gy += fall;
      const bool evenly = s.cell.part == CellRef::kFull && (coarse || s.volume < small);
      sum += evenly ? fall * (most - dose) : value_by_plane(s.cell, dose);
    }
  }
  return sum;
}

VolumeBounds Dvh::bounds_in(const Band& band, double dose, double volume) const {
  const Level level = level_of(Dose::gy(dose * scale_));
  Scan at;
  at.sure = band.found.sure, at.none = band.found.none;
  at.straddling.reserve(band.found.straddling.size());
  double straddling = 0.0;
  for (const Straddling& s : band.found.straddling) {
    switch (side_of(s.least, s.most, level, Plateau::kCounts)) {
      case Side::kAbove:
        at.sure += s.volume;
        break;
      case Side::kBelow:
        at.none += s.volume;
        break;
      case Side::kEither:
        at.open += s.volume;
        break;
      case Side::kStraddles:
        at.straddling.push_back(s);
        straddling += s.volume;
        break;
    }
  }
  at.counted = at.open;
  // What the cells' ends say may be enough.
  const double most = at.sure + at.open + straddling, slack = bounds_slack(most);
  if (at.sure - slack >= volume || most + slack < volume) {
    return {at.sure - slack, 0.5 * (at.sure + most), most + slack};
  }
  return bounds_above(at, level, 0.0, volume, at.straddling.size() <= kFewToCut ? kFewBoxes : 0);
}

Interval<Dose> Dvh::find_dose_of_hottest_near(double v, double from) const {
  const double total = cut_->total.in_mm3();
  if (total - v <= 1e-12 * total) return widened(minimum().dose);
  double lo = outside().in_mm3() > 0.0 ? 0.0 : std::numeric_limits<double>::infinity(), hi = cells_->hottest.dose;
  for (const auto& sheet : cells_->of_sheet) lo = std::min(lo, static_cast<double>(sheet.least));
  lo = std::min(lo, hi);
  const auto goal_at = [&](double dose) { return std::max(kNear / scale_, kOfDistance * std::abs(dose - from)); };
  Band band{0.0, -1.0, from, {}};
  const auto look_round = [&](double dose) {
    if (band.holds(dose)) return;
    const double half = std::max(kLeastBand / scale_, goal_at(dose));
    band.lo = dose - half, band.hi = dose + half;
    band.found = scan({dose, half}, Plateau::kCounts, AllWithin::kStraddles);
  };

  // The estimate, by Newton's method, halving where that leads out of what is known.
  double value = std::clamp(cells_->spread.crossing(v), lo, hi);
  double below = lo, above = hi;
  for (int step = 0, bands = 0; step < kMostSteps; ++step) {
    bands += static_cast<int>(!band.holds(value));
    if (bands > kMostBands) break;
    look_round(value);
    double per_gy = 0.0;
    const double sum = estimate_in(band, value, per_gy);
    (sum >= v ? below : above) = value;
    double next = per_gy > 0.0 ? value + (sum - v) / per_gy : above;
    if (!(next > below && next < above)) next = 0.5 * (below + above);
    const double moved = std::abs(next - value);
    value = next;
    if (moved <= 0.1 * goal_at(value)) break;
  }

  // D >= T wherever V(T) is surely at least v, D <= T wherever it is surely less.
  double at_lo = std::numeric_limits<double>::quiet_NaN(), at_hi = at_lo;
  const auto try_at = [&](double dose) {
    look_round(dose);
    const VolumeBounds b = bounds_in(band, dose, v);
    if (b.lower >= v && dose >= lo) lo = dose, at_lo = b.value - v;
    if (b.upper < v && dose <= hi) hi = dose, at_hi = b.value - v;
    return b.lower >= v || b.upper < v;
  };
  const double goal = goal_at(value);
  double step = 0.45 * goal;
  for (int n = 0; n < kMostWider && value - step > lo; ++n, step *= 3.0) {
    if (try_at(value - step) && lo >= value - step) break;
  }
  step = 0.45 * goal;
  for (int n = 0; n < kMostWider && value + step < hi; ++n, step *= 3.0) {
    if (try_at(value + step) && hi <= value + step) break;
  }
  // The estimate was off: false position on what the cells' bounds gave.
  for (int n = 0; n < kMostTries && hi - lo > goal; ++n) {
    const double crossing = lo + (hi - lo) * (at_lo / (at_lo - at_hi)), aside = 0.4 * goal;
    double t = 0.5 * (lo + hi);
    if (crossing > lo && crossing < hi) t = crossing - lo > hi - crossing ? crossing - aside : crossing + aside;
    if (!(t > lo && t < hi)) t = 0.5 * (lo + hi);
    if (!try_at(t)) break;
  }
  const double between = lo + (hi - lo) * (at_lo / (at_lo - at_hi));
  const bool refined = band.found.straddling.size() <= kFewToCut;
  if ((refined || !(lo <= value && value <= hi)) && between >= lo && between <= hi) value = between;
  value = std::clamp(value, lo, hi);
  const auto gy = [&](double stored) { return Dose::gy(stored * scale_); };
  return {gy(value), widened(gy(lo)).lower, widened(gy(hi)).upper};
}

Interval<Dose> Dvh::dose_of_hottest_near(Volume volume, Dose from) const {
  const double mm3 = std::min(volume.in_mm3(), cut_->total.in_mm3());
  const Answers::Question question{5, {mm3, from.in_gy(), scale_, 0.0, 0.0}};
  const auto a = answers_->get(question, [&] {
    const Interval<Dose> d = find_dose_of_hottest_near(mm3, from.in_gy() / scale_);
    return Answers::Answer{d.value.in_gy(), d.lower.in_gy(), d.upper.in_gy(), 0.0};
  });
  return {Dose::gy(a[0]), Dose::gy(a[1]), Dose::gy(a[2])};
}

}  // namespace dosegate
