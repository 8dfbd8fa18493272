// D: the least dose in the hottest volume.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/dvh/dvh.h"
#include "core/dvh/refine.h"

namespace dosegate {
namespace {

constexpr std::size_t kBins = 1024;
constexpr int kMaxSteps = 100;
constexpr double kInputPrecision = 1e-6;  // see dvh.cpp; of the largest dose

}  // namespace

// V(T) near one dose: cells that straddle none of the doses between are summed up once.
class Dvh::Search {
 public:
  // Brackets D by what cells are surely and possibly above.
  Search(const Dvh& dvh, double volume) : dvh_(dvh), volume_(volume) {
    const CellDoses& cells = *dvh.cells_;
    float least = std::numeric_limits<float>::infinity(), most = 0.0F;
    for (const auto* v : {&cells.full_least, &cells.partial_least}) {
      for (const float f : *v) least = std::min(least, f);
    }
    for (const auto* v : {&cells.full_most, &cells.partial_most}) {
      for (const float f : *v) most = std::max(most, f);
    }
    if (dvh.outside().in_mm3() > 0.0 || least > most) least = 0.0F;
    least_ = static_cast<double>(least);
    most_ = static_cast<double>(most);
    bracket();
    scan_ = dvh.scan(lo_, hi_, Plateau::kCounts);
    if (lo_ <= 0.0) {  // down there every cell counts, and what lies outside with them
      scan_ = dvh.scan(std::numeric_limits<double>::denorm_min(), hi_, Plateau::kCounts);
    }
    above_.reserve(scan_.straddling.size());
    for (const CellRef& cell : scan_.straddling) above_.push_back(dvh.straddler(cell));
    for (auto& s : above_) {
      const auto [a, b] = std::minmax_element(s.dose.begin(), s.dose.end());
      range_.push_back({*a, *b, (s.whole ? 1.0 : area_of(s.patch)) * s.volume});
    }
  }

  double lo() const { return lo_; }
  double hi() const { return hi_; }

  // Illinois' false position on the estimate of V, which falls steadily: the bracket always holds.
  double estimate(double width) {
    double lo = lo_, hi = hi_, at_lo = volume_at(lo) - volume_, at_hi = volume_at(hi) - volume_;
    if (at_lo < 0.0) return lo;
    int side = 0;
    for (int step = 0; hi - lo > width && step < kMaxSteps; ++step) {
      double t = lo + (hi - lo) * (at_lo / (at_lo - at_hi));
      if (!(t > lo + 0.1 * width && t < hi - 0.1 * width) || step % 4 == 3) t = 0.5 * (lo + hi);
      const double at = volume_at(t) - volume_;
      if (at >= 0.0) {
        lo = t;
        at_lo = at;
        if (side == 1) at_hi *= 0.5;
        side = 1;
      } else {
        hi = t;
        at_hi = at;
        if (side == -1) at_lo *= 0.5;
        side = -1;
      }
      narrow(lo, hi);
    }
    return 0.5 * (lo + hi);
  }

 private:
  struct Range {
    double least, most, volume;
  };

  double bin_width() const { return (most_ - least_) / static_cast<double>(kBins); }

  // V is at least what lies in cells whose least dose is in a higher bin, at most what lies in cells whose
  // largest is in this bin or a higher one.
  void bracket() {
    lo_ = least_;
    hi_ = most_;
    if (!(most_ > least_)) return;
    std::vector<double> sure(kBins + 1, 0.0), possible(kBins + 1, 0.0);
    const double per_gy = static_cast<double>(kBins) / (most_ - least_);
    const auto bin = [&](float f) {
      return static_cast<std::size_t>(
          std::clamp((static_cast<double>(f) - least_) * per_gy, 0.0, static_cast<double>(kBins)));
    };
    const Cut& cut = *dvh_.cut_;
    const CellDoses& cells = *dvh_.cells_;
    for (const Sheet& sheet : cut.sheets) {
      const double height = cut.height_mm(sheet);
      std::size_t n = sheet.first_full;
      for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
        const Run& run = cut.runs[r];
        const double volume = cut.cross_section_mm2(run.i, run.j) * height;
        for (const std::size_t end = n + run.count; n < end; ++n) {
          sure[bin(cells.full_least[n])] += volume;
          possible[bin(cells.full_most[n])] += volume;
        }
      }
      n = sheet.first_partial;
      for (std::size_t p = sheet.first_part; p < sheet.first_part + sheet.part_count; ++p, ++n) {
        const Part& part = cut.parts[p];
        const double volume = part.area * cut.cross_section_mm2(part.i, part.j) * height;
        sure[bin(cells.partial_least[n])] += volume;
        possible[bin(cells.partial_most[n])] += volume;
      }
    }
    const double slack = dvh_.bounds_slack(volume_);
    double sum = 0.0;
    for (std::size_t b = kBins + 1; b-- > 0;) {
      sum += sure[b];
      if (sum - slack >= volume_) {
        lo_ = std::max(least_, least_ + (static_cast<double>(b) - 1e-6) * bin_width());
        break;
      }
    }
    sum = 0.0;
    for (std::size_t b = kBins + 1; b-- > 0;) {
      sum += possible[b];
      if (sum + slack >= volume_) {
        hi_ = std::min(most_, least_ + (static_cast<double>(b + 1) + 1e-6) * bin_width());
        break;
      }
    }
  }

  double volume_at(double t) {
    double sum = scan_.sure;
    for (std::size_t n = 0; n < above_.size(); ++n) {
      const Range& r = range_[n];
      if (r.most < t) continue;
      const Straddler& s = above_[n];
      sum += r.least >= t ? r.volume : s.volume * dosegate::volume_above(s.dose, s.patch, s.whole, t).value;
    }
    return sum;
  }

  // Cells that straddle nothing between lo and hi need no second look.
  void narrow(double lo, double hi) {
    std::size_t kept = 0;
    for (std::size_t n = 0; n < above_.size(); ++n) {
      if (range_[n].least >= hi) {
        scan_.sure += range_[n].volume;
      } else if (range_[n].most >= lo) {
        above_[kept] = above_[n];
        range_[kept++] = range_[n];
      }
    }
    above_.resize(kept);
    range_.resize(kept);
  }

  const Dvh& dvh_;
  const double volume_;
  double least_ = 0.0, most_ = 0.0, lo_ = 0.0, hi_ = 0.0;
  Scan scan_;
  std::vector<Straddler> above_;
  std::vector<Range> range_;
};

Dose Dvh::estimate_dose_of_hottest(Volume volume) const {
  const double total = cut_->total.in_mm3(), v = std::min(volume.in_mm3(), total);
  if (total - v <= 1e-12 * total) return minimum().dose;
  Search search(*this, v);
  return Dose::gy(search.estimate(std::max(1e-3 / scale_, 1e-9 * search.hi())) * scale_);
}

Interval<Dose> Dvh::dose_of_hottest(Volume volume, std::optional<Dose> limit, const Tolerance& tolerance) const {
  const double total = cut_->total.in_mm3(), v = std::min(volume.in_mm3(), total);
  const auto gy = [&](double stored) { return Dose::gy(stored * scale_); };
  if (total - v <= 1e-12 * total) {
    const Dose least = minimum().dose, slack = kInputPrecision * maximum().dose;
    return {least, std::max(Dose::gy(0.0), least - slack), least + slack};
  }
  Search search(*this, v);
  const double width = tolerance.dose.in_gy() / scale_;
  double value = search.estimate(std::max(0.02 * width, 1e-9 * search.hi()));
  double lo = search.lo(), hi = search.hi();
  // D >= T wherever V(T) is surely at least v, D <= T wherever it is surely less. `gap`: how far cells are cut.
  VolumeBounds last;
  const auto try_at = [&](double t, double gap) {
    last = bounds_above(scan(t, t, Plateau::kCounts), t, gap, v);
    if (last.lower >= v) lo = std::max(lo, t);
    if (last.upper < v) hi = std::min(hi, t);
    return last.lower >= v || last.upper < v;
  };
  const auto is_open = [&] { return hi - lo > width && (!limit || (gy(lo) <= *limit && *limit <= gy(hi))); };
  // First without cutting: steps away from the estimate until a bound is proven.
  const double uncut = std::numeric_limits<double>::infinity();
  for (double step = 0.45 * width; lo < value - step && value - step > lo; step *= 4.0) {
    if (try_at(value - step, uncut) && last.lower >= v) break;
  }
  for (double step = 0.45 * width; hi > value + step; step *= 4.0) {
    if (try_at(value + step, uncut) && last.upper < v) break;
  }
  // Then as far as it must be: each try moves one of the two, towards where V crosses v by false position on the
  // volumes that the cutting gives.
  double at_lo = std::numeric_limits<double>::quiet_NaN(), at_hi = at_lo;
  for (int step = 0; is_open() && step < kMaxSteps; ++step) {
    double t = 0.5 * (lo + hi);
    const double crossing = step == 0 ? value : lo + (hi - lo) * (at_lo / (at_lo - at_hi));
    if (crossing > lo && crossing < hi) {
      // A little to the side that is farther away, so that the other is reached too.
      const double aside = 0.45 * width;
      t = crossing - lo > hi - crossing ? std::max(crossing - aside, 0.5 * (lo + crossing))
                                        : std::min(crossing + aside, 0.5 * (hi + crossing));
    }
    if (!try_at(t, 0.0)) break;  // as narrow as it gets
    (last.lower >= v ? at_lo : at_hi) = last.value - v;
  }
  value = std::clamp(value, lo, hi);
  const double slack = kInputPrecision * search.hi();
  return {gy(value), gy(std::max(0.0, lo - slack)), gy(hi + slack)};
}

}  // namespace dosegate
