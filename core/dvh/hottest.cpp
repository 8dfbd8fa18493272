// D: the least dose in the hottest volume.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/dvh/dvh.h"
#include "core/dvh/plane.h"
#include "core/dvh/refine.h"

namespace dosegate {
namespace {

constexpr int kMaxSteps = 100;
constexpr double kInputPrecision = 1e-6;  // see dvh.cpp; of the largest dose

}  // namespace

// V(T) near one dose: cells that straddle none of the doses between are summed up once.
class Dvh::Search {
 public:
  // Brackets D by what cells are surely and possibly above.
  Search(const Dvh& dvh, double volume) : dvh_(dvh), volume_(volume) {
    bracket();
    // Where every cell counts, what lies outside counts with them: not so just above 0 Gy.
    scan_ = dvh.scan(std::max(lo_, std::numeric_limits<double>::denorm_min()), hi_, Plateau::kCounts);
    active_.reserve(scan_.straddling.size());
    for (const CellRef& cell : scan_.straddling) {
      const Straddler s = dvh.straddler(cell);
      const Trilinear t(s.dose);
      const auto [least, most] = std::minmax_element(s.dose.begin(), s.dose.end());
      active_.push_back({PlanePrism(t.mean, t.g, s.patch, s.whole), *least, *most, s.volume,
                         s.whole ? s.volume : area_of(s.patch) * s.volume});
    }
  }

  double lo() const { return lo_; }
  double hi() const { return hi_; }

  // By the cells' planes. Illinois' false position on V, which falls steadily: the bracket always holds.
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
  struct Active {
    PlanePrism prism;
    double least, most;
    double box, volume;  // mm^3
  };

  void bracket() {
    const CellDoses::Histogram& h = dvh_.cells_->histogram;
    const double slack = dvh_.bounds_slack(volume_);
    // The last bins that hold enough; one bin further each way, for cells on an edge between two.
    const auto last = [&](const std::vector<double>& v, double enough) {
      return static_cast<double>(std::partition_point(v.begin(), v.end(), [&](double mm3) { return mm3 >= enough; }) -
                                 v.begin()) - 1.0;
    };
    lo_ = std::max(0.0, (last(h.sure, volume_ + slack) - 1.0) * h.width);
    hi_ = std::max(lo_, (last(h.possible, volume_ - slack) + 2.0) * h.width);
  }

  double volume_at(double t) const {
    double sum = scan_.sure;
    for (const Active& a : active_) {
      if (a.most >= t) sum += a.least >= t ? a.volume : a.box * a.prism.above(t);
    }
    return sum;
  }

  // Cells that straddle nothing between lo and hi need no second look.
  void narrow(double lo, double hi) {
    std::erase_if(active_, [&](const Active& a) {
      if (a.least >= hi) scan_.sure += a.volume;
      return a.least >= hi || a.most < lo;
    });
  }

  const Dvh& dvh_;
  const double volume_;
  double lo_ = 0.0, hi_ = 0.0;
  Scan scan_;
  std::vector<Active> active_;
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
