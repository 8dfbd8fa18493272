// D for the room that a limit leaves: beside a decision that was made already, so at little cost.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "core/dvh/dvh.h"
#include "core/dvh/linear_dose_prism.h"

namespace dosegate {
namespace {

constexpr double kNear = 0.1;         // Gy: how narrow the interval is made
constexpr double kOfDistance = 0.22;  // or this part of the distance from the dose it is compared with
constexpr double kLeastBand = 0.6;    // Gy, either way of the estimate: cells looked at again and again
constexpr double kAside = 0.45;       // of the width: where bounds are asked for, either way of the estimate
constexpr double kFarther = 1.2;      // of what was missing there, as V falls
// Of the width: an estimate that moved by less has arrived.
constexpr double kArrived = 0.3, kArrivedOfFew = 0.02, kArrivedBySecant = 0.04;
constexpr double kOfMixed = 1.15;     // of how far mixed terms move V, about: bounds that are asked for nearer are none
constexpr std::size_t kSmall = 8000;  // cells: of so few the estimate is always brought near, it costs little
// So many cells are cut where their bounds are too wide; more are not.
constexpr std::size_t kFewToCut = 500, kFewBoxes = 4000;
constexpr std::size_t kMostKept = 10'000;  // planes of cells
constexpr std::size_t kShared = 128;       // cells
constexpr int kMostSteps = 30, kMostWider = 6, kMostTries = 8;

}  // namespace

// Looks for sup{T : V(T) >= volume}. Doses are Gy as stored, volumes mm^3.
class Dvh::NearSearch {
 public:
  NearSearch(const Dvh& dvh, double volume, double from)
      : dvh_(dvh), volume_(volume), from_(from), cancel_point_(dvh.workers_) {
    hi_ = dvh.cells_->hottest.dose;
    lo_ = dvh.outside().in_mm3() > 0.0 ? 0.0 : hi_;
    for (const auto& sheet : dvh.cells_->of_sheet) lo_ = std::min(lo_, static_cast<double>(sheet.least));
  }

  Interval<Dose> run() {
    value_ = std::clamp(dvh_.cells_->spread.crossing(volume_), lo_, hi_);
    goal_ = goal_at(value_);
    const bool by_cells_alone = by_cells();
    // Of few cells errors of where the estimate takes their doses for do not cancel.
    if (!by_cells_alone || is_small()) estimate();
    if (!by_cells_alone) {
      by_planes();
      if (hi_ - lo_ > goal_ && found_.straddling.size() <= kFewToCut) by_cutting();
    }
    const auto gy = [&](double stored) { return Dose::gy(stored * dvh_.scale_); };
    return {gy(std::clamp(value_, lo_, hi_)), dvh_.widened(gy(lo_)).lower, dvh_.widened(gy(hi_)).upper};
  }

 private:
  bool is_small() const { return dvh_.cut_->full_cells + dvh_.cut_->partial_cells <= kSmall; }
  double goal_at(double dose) const { return std::max(kNear / dvh_.scale_, kOfDistance * std::abs(dose - from_)); }
  double near(double dose) const { return dvh_.level_of(Dose::gy(dose * dvh_.scale_)).near; }

  // The cells whose doses reach into the band [lo, hi], found in one pass; all others are in `found_` as sums.
  void look_between(double lo, double hi) {
    if (band_lo_ <= lo && hi <= band_hi_) return;
    const double half = std::max(kLeastBand / dvh_.scale_, 0.5 * (hi - lo)), middle = 0.5 * (lo + hi);
    band_lo_ = middle - half, band_hi_ = middle + half;
    found_ = dvh_.scan({middle, half}, Plateau::kCounts, AllWithin::kStraddles);
    planes_.clear();
  }

  // The plane of a cell, and how far its dose goes below and above it.
  struct CellPlane {
    LinearDosePrism prism;
    double below, above;
    double box;  // mm^3
  };
  CellPlane made_plane(const CellRef& cell) const {
    const Trilinear f(corners_of(*dvh_.cut_, *dvh_.grid_, dvh_.cut_->sheets[cell.sheet], cell.i, cell.j));
    const bool whole = cell.part == CellRef::kFull;
    const Patch patch = whole ? Patch(kWholeCell) : dvh_.cut_->patch(dvh_.cut_->parts[cell.part]);
    return {LinearDosePrism(f.mean, f.g, patch, whole), f.below, f.above, dvh_.box_mm3(cell)};
  }
  // Makes room for the planes of a band's cells, which are asked about again and again; of very many none is kept.
  void keep_planes() {
    if (planes_.empty() && found_.straddling.size() <= kMostKept) planes_.resize(found_.straddling.size());
  }
  // Of found_.straddling[n]; in `scratch`, where none is kept.
  const CellPlane& plane_of(std::size_t n, std::optional<CellPlane>& scratch) {
    std::optional<CellPlane>& plane = planes_.empty() ? scratch : planes_[n];
    if (!plane || planes_.empty()) plane.emplace(made_plane(found_.straddling[n].cell));
    return *plane;
  }

  // D >= T where V(T) is surely at least the volume, D <= T where it is surely less.
  void prove_at_least(double dose) { lo_ = std::max(lo_, dose), lo_proven_ = true; }
  void prove_less(double dose) { hi_ = std::min(hi_, dose), hi_proven_ = true; }

  // What the cells' least and largest doses say may be enough: it is all that a limit far away needs.
  bool by_cells() {
    const double aside = kAside * goal_, lo = value_ - aside, hi = value_ + aside;
    const double past = hi - near(hi), at_lo = dvh_.cells_->spread.surely_from(lo + near(lo));
    const double at_hi = dvh_.cells_->spread.perhaps_from(past) + (past <= 0.0 ? dvh_.outside().in_mm3() : 0.0);
    if (lo <= lo_ || at_lo - dvh_.bounds_slack(at_lo) >= volume_) prove_at_least(lo);
    if (hi >= hi_ || at_hi + dvh_.bounds_slack(at_hi) < volume_) prove_less(hi);
    return hi_ - lo_ <= goal_;
  }

  // Sums over found_.straddling, kShared cells at a time, which the call's threads share out among themselves. What is
  // added up does not depend on how many there are.
  template <std::size_t N, typename OfCell>
  std::array<double, N> summed(const OfCell& of_cell) {
    const std::size_t count = found_.straddling.size();
    std::vector<std::array<double, N>> sums((count + kShared - 1) / kShared, std::array<double, N>{});
    share_out(dvh_.workers_, sums.size(), [&](std::size_t part) {
      CancelPoint cancel_point(dvh_.workers_);
      std::optional<CellPlane> scratch;
      for (std::size_t n = part * kShared; n < std::min(count, (part + 1) * kShared); ++n) {
        const Straddling& s = found_.straddling[n];
        cancel_point.step(1 + (s.cell.part == CellRef::kFull ? 0 : dvh_.cut_->parts[s.cell.part].count));
        of_cell(n, scratch, sums[part]);
      }
    });
    std::array<double, N> all{};
    for (const auto& sum : sums) {
      for (std::size_t k = 0; k < N; ++k) all[k] += sum[k];
    }
    return all;
  }

  // V as if the doses of each cell were spread evenly, and how fast it falls there.
  double volume_above_evenly(double dose) {
    double sum = found_.sure;
    per_gy_ = 0.0;
    for (const Straddling& s : found_.straddling) {
      cancel_point_.step();
      const EvenSpread spread = even_spread(s);
      if (spread.from < dose && dose <= spread.to) per_gy_ += s.volume / (spread.to - spread.from);
      sum += s.volume * spread.part_above(dose);
    }
    return sum;
  }

  // The same by the planes of larger cells, and how far mixed terms move it, about.
  double volume_above(double dose) {
    const auto is_large = [&](const Straddling& s) { return !dvh_.is_one_of_many(s); };
    if (std::any_of(found_.straddling.begin(), found_.straddling.end(), is_large)) keep_planes();
    const auto sums = summed<4>([&](std::size_t n, std::optional<CellPlane>& scratch, std::array<double, 4>& to) {
      const Straddling& s = found_.straddling[n];
      const EvenSpread spread = even_spread(s);
      const double per_gy = spread.from < dose && dose <= spread.to ? s.volume / (spread.to - spread.from) : 0.0;
      to[1] += per_gy;
      if (dvh_.is_one_of_many(s)) {
        to[0] += s.volume * spread.part_above(dose);
      } else if (static_cast<double>(s.least) >= dose) {
        to[0] += s.volume;
      } else if (static_cast<double>(s.most) >= dose) {
        const CellPlane& plane = plane_of(n, scratch);
        to[0] += plane.box * plane.prism.above(dose);
        to[2] += per_gy * plane.below;
        to[3] += per_gy * plane.above;
      }
    });
    per_gy_ = sums[1];
    if (per_gy_ > 0.0) mixed_below_ = sums[2] / per_gy_, mixed_above_ = sums[3] / per_gy_;
    return found_.sure + sums[0];
  }

  // By Newton's method, halving where that leads out of what is known. How fast V by the planes falls is told by two of
  // its values, once there are two: where the step between them was short, so is what the next one leaves.
  void estimate() {
    bool evenly = true;
    double below = lo_, above = hi_;
    double at_before = std::numeric_limits<double>::quiet_NaN(), sum_before = at_before;
    for (int n = 0; n < kMostSteps; ++n) {
      look_between(value_, value_);
      const double sum = evenly ? volume_above_evenly(value_) : volume_above(value_);
      (sum >= volume_ ? below : above) = value_;
      const double fell = (sum_before - sum) / (value_ - at_before);  // mm^3 per Gy; NaN: not known
      const bool is_secant = !evenly && fell > 0.0;
      const double slope = is_secant ? fell : per_gy_;
      double next = slope > 0.0 ? value_ + (sum - volume_) / slope : above;
      if (!(next > below && next < above)) next = 0.5 * (below + above);
      if (!evenly) at_before = value_, sum_before = sum;
      const double moved = std::abs(next - value_);
      value_ = next;
      goal_ = goal_at(value_);
      const double arrived = evenly || !is_small() ? kArrived : is_secant ? kArrivedBySecant : kArrivedOfFew;
      if (moved > arrived * goal_) continue;
      if (!evenly) break;
      evenly = false, below = lo_, above = hi_;
    }
  }

  // What the cells' planes say, moved by their mixed terms: beside the estimate and, where nothing is proven there, as
  // far away as what was missing seems to ask for.
  void by_planes() {
    double below = std::max(kAside * goal_, kOfMixed * mixed_below_);
    double above = std::max(kAside * goal_, kOfMixed * mixed_above_);
    for (int n = 0; n < kMostWider; ++n) {
      const bool ask_lo = !lo_proven_ && value_ - below > lo_, ask_hi = !hi_proven_ && value_ + above < hi_;
      if (!ask_lo && !ask_hi) break;
      const double lo = std::max(value_ - below, lo_), hi = std::min(value_ + above, hi_);
      const auto [lower, upper] = bounds_by_planes(lo, hi, ask_lo, ask_hi);
      const double missing = ask_lo ? volume_ + dvh_.bounds_slack(lower) - lower : 0.0;
      const double excess = ask_hi ? upper + dvh_.bounds_slack(upper) - volume_ : -1.0;
      if (ask_lo && missing <= 0.0) prove_at_least(lo);
      if (ask_hi && excess < 0.0) prove_less(hi);
      below += std::max(below, kFarther * missing / per_gy_);
      above += std::max(above, kFarther * excess / per_gy_);
    }
  }

  // V at `lo` from below, and at `hi` from above.
  std::pair<double, double> bounds_by_planes(double lo, double hi, bool ask_lo, bool ask_hi) {
    look_between(lo, hi);
    const double surely = lo + near(lo), perhaps = hi - near(hi);
    keep_planes();
    const auto sums = summed<2>([&](std::size_t n, std::optional<CellPlane>& scratch, std::array<double, 2>& to) {
      auto& [lower, upper] = to;
      const Straddling& s = found_.straddling[n];
      const auto least = static_cast<double>(s.least), most = static_cast<double>(s.most);
      if (least >= perhaps) {
        lower += s.volume, upper += s.volume;
        return;
      }
      if (most < surely) return;
      if (least >= surely) lower += s.volume;
      const bool cut_by_lo = ask_lo && least < surely, cut_by_hi = ask_hi && most >= perhaps;
      if (!cut_by_lo && !cut_by_hi) return;
      const CellPlane& plane = plane_of(n, scratch);
      const double rounding = plane.prism.left_out() + 1e-14 * most;
      const auto [from_lo, from_hi] =
          plane.prism.above(std::array{surely + plane.below + rounding, perhaps - plane.above - rounding});
      if (cut_by_lo) lower += plane.box * from_lo;
      if (cut_by_hi) upper += plane.box * from_hi;
    });
    return {found_.sure + sums[0], found_.sure + sums[1]};
  }

  VolumeBounds bounds(double dose) {
    const Level level = dvh_.level_of(Dose::gy(dose * dvh_.scale_));
    Scan at;
    at.sure = found_.sure, at.none = found_.none;
    at.straddling.reserve(found_.straddling.size());
    double straddling = 0.0;
    for (const Straddling& s : found_.straddling) {
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
    const double most = at.sure + at.open + straddling, slack = dvh_.bounds_slack(most);
    if (at.sure - slack >= volume_ || most + slack < volume_) {
      return {at.sure - slack, 0.5 * (at.sure + most), most + slack};
    }
    return dvh_.bounds_above(at, level, 0.0, volume_, kFewBoxes);
  }

  bool try_at(double dose) {
    look_between(dose, dose);
    const VolumeBounds b = bounds(dose);
    if (b.lower >= volume_ && dose >= lo_) lo_ = dose, at_lo_ = b.value - volume_;
    if (b.upper < volume_ && dose <= hi_) hi_ = dose, at_hi_ = b.value - volume_;
    return b.lower >= volume_ || b.upper < volume_;
  }

  // Closer bounds, few cells being cut as far as they must be: away from the estimate until something is proven.
  void by_cutting() {
    double away = kAside * goal_;
    for (int n = 0; n < kMostWider && value_ - away > lo_; ++n, away *= 3.0) {
      if (try_at(value_ - away) && lo_ >= value_ - away) break;
    }
    away = kAside * goal_;
    for (int n = 0; n < kMostWider && value_ + away < hi_; ++n, away *= 3.0) {
      if (try_at(value_ + away) && hi_ <= value_ + away) break;
    }
    // The estimate was off: false position on what the cells' bounds gave.
    for (int n = 0; n < kMostTries && hi_ - lo_ > goal_; ++n) {
      const double crossing = lo_ + (hi_ - lo_) * (at_lo_ / (at_lo_ - at_hi_)), aside = 0.4 * goal_;
      double t = 0.5 * (lo_ + hi_);
      if (crossing > lo_ && crossing < hi_) t = crossing - lo_ > hi_ - crossing ? crossing - aside : crossing + aside;
      if (!(t > lo_ && t < hi_)) t = 0.5 * (lo_ + hi_);
      if (!try_at(t)) break;
    }
    const double between = lo_ + (hi_ - lo_) * (at_lo_ / (at_lo_ - at_hi_));
    if (between >= lo_ && between <= hi_) value_ = between;
  }

  const Dvh& dvh_;
  const double volume_, from_;
  CancelPoint cancel_point_;
  double lo_, hi_, value_ = 0.0, goal_ = 0.0;
  double mixed_below_ = 0.0, mixed_above_ = 0.0;  // Gy: how far mixed terms move V, about; 0 where nobody asked
  double per_gy_ = 0.0;                           // how fast V falls near the value, mm^3
  double at_lo_ = std::numeric_limits<double>::quiet_NaN(), at_hi_ = at_lo_;  // V - volume there, where it was found
  bool lo_proven_ = false, hi_proven_ = false;                                // nearer than what all doses lie between
  double band_lo_ = 0.0, band_hi_ = -1.0;
  Scan found_;
  std::vector<std::optional<CellPlane>> planes_;  // of each of found_.straddling; empty: none is kept
};

Interval<Dose> Dvh::dose_of_hottest_near(Volume volume, Dose from) const {
  const double mm3 = std::min(volume.in_mm3(), cut_->total.in_mm3());
  const AnswerCache::Question question{5, {mm3, from.in_gy(), scale_, 0.0, 0.0}};
  const auto a = answers_->get(question, [&] {
    const double total = cut_->total.in_mm3();
    const bool all = total - mm3 <= 1e-12 * total;
    const Interval<Dose> d = all ? widened(minimum().dose) : NearSearch(*this, mm3, from.in_gy() / scale_).run();
    return AnswerCache::Answer{d.value.in_gy(), d.lower.in_gy(), d.upper.in_gy(), 0.0};
  });
  return {Dose::gy(a[0]), Dose::gy(a[1]), Dose::gy(a[2])};
}

}  // namespace dosegate
