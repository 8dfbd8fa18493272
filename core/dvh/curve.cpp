// The cumulative DVH at every bin: of every cell that straddles a bin's dose, the bounds that a V is made of before any
// cell is cut (README.md), so that no V can contradict the curve.
#include <algorithm>
#include <cmath>
#include <optional>

#include "core/dvh/dvh.h"

namespace dosegate {
namespace {

constexpr std::size_t kMaxBins = 20'000;
constexpr std::size_t kChunks = 16;  // of sheets, whatever the number of threads: sums are always the same

// mm^3 by bin: `whole` of cells that receive at least the dose of a bin and of those before, `part` of one bin alone.
struct Bins {
  std::vector<double> whole;
  std::vector<VolumeBounds> part;
  std::size_t all = kMaxBins + 2;  // bins before this one have every cell whole
  std::size_t none = 0;            // bins from this one on have none
};

// The dose of a bin as the decimal number that a metric is asked about: 3 * 0.1 in binary is not 0.3.
Dose dose_of_bin(std::size_t b, Dose bin) {
  constexpr double kOfGy = 1e9;
  return Dose::gy(std::round(static_cast<double>(b) * bin.in_gy() * kOfGy) / kOfGy);
}

}  // namespace

Result<std::vector<Interval<Volume>>> Dvh::curve(Dose bin, const Host& host) const {
  const double step = bin.in_gy() / scale_;
  float largest = 0.0F;
  for (const auto& sheet : cells_->of_sheet) largest = std::max(largest, sheet.most);
  if (!(step > 0.0) || static_cast<double>(largest) / step > static_cast<double>(kMaxBins)) {
    return Error{ErrorCode::kLimitExceeded, "", "The DVH curve would have more than 20000 bins."};
  }
  std::vector<Level> levels{level_of(Dose::gy(0.0))};
  while (levels.back().dose - levels.back().within <= static_cast<double>(largest)) {
    levels.push_back(level_of(dose_of_bin(levels.size(), bin)));
  }
  const std::size_t count = levels.size();
  const auto last_surely_in = [&](double least) {
    std::size_t b = std::min(static_cast<std::size_t>(least / step), count - 1);
    while (b > 0 && levels[b].dose + levels[b].within > least) --b;
    return b;
  };
  std::vector<Bins> chunks(kChunks);
  const std::size_t sheets = cut_->sheets.size();
  const bool went_on = parallel_for(host, kChunks, [&](std::size_t chunk) {
    Bins& bins = chunks[chunk];
    bins.whole.assign(count, 0.0);
    bins.part.assign(count, {});
    CancelPoint cancel_point(host.workers);
    const auto add = [&](const Sheet& sheet, std::size_t i, std::size_t j, float least, float most, Patch patch,
                         bool whole, double box, double volume) {
      std::size_t b = last_surely_in(static_cast<double>(least));
      bins.whole[b] += volume;
      bins.all = std::min(bins.all, ++b);
      std::optional<PrismAbove> prism;
      for (; levels[b].dose - levels[b].within <= static_cast<double>(most); ++b) {
        const Level& level = levels[b];
        VolumeBounds& sum = bins.part[b];
        if (is_equal(least, most, level)) {
          sum += {volume, volume, volume};
        } else if (static_cast<double>(least) >= level.dose - level.within &&
                   static_cast<double>(most) <= level.dose + level.within) {
          sum += {0.0, volume, volume};
        } else {
          cancel_point.step();
          if (!prism) prism.emplace(corners_of(*cut_, *grid_, sheet, i, j), patch, whole);
          sum += box * prism->at(level);
        }
      }
      bins.none = std::max(bins.none, b);
    };
    for (std::size_t s = sheets * chunk / kChunks; s < sheets * (chunk + 1) / kChunks; ++s) {
      const Sheet& sheet = cut_->sheets[s];
      const double height = cut_->height_mm(sheet);
      std::size_t n = sheet.first_full;
      for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
        const Run& run = cut_->runs[r];
        const double box = cut_->cross_section_mm2(run.i, run.j) * height;
        for (std::uint32_t c = 0; c < run.count; ++c, ++n) {
          add(sheet, run.i + c, run.j, cells_->full_least[n], cells_->full_most[n], kWholeCell, true, box, box);
        }
      }
      n = sheet.first_partial;
      for (std::size_t p = sheet.first_part; p < sheet.first_part + sheet.part_count; ++p, ++n) {
        const Part& part = cut_->parts[p];
        const double box = cut_->cross_section_mm2(part.i, part.j) * height;
        add(sheet, part.i, part.j, cells_->partial_least[n], cells_->partial_most[n], cut_->patch(part), false, box,
            part.area * box);
      }
    }
  });
  if (!went_on) return Error{ErrorCode::kCancelled, "", "The host cancelled the calculation."};

  const double all = cut_->total.in_mm3();
  std::size_t whole_before = cut_->outside.in_mm3() > 0.0 ? 1 : count, none_from = 1;
  for (const Bins& bins : chunks) {
    whole_before = std::min(whole_before, bins.all);
    none_from = std::max(none_from, bins.none);
  }
  std::vector<Interval<Volume>> curve(count);
  double tail = 0.0;
  for (std::size_t b = count; b-- > 0;) {
    VolumeBounds sum;
    for (const Bins& bins : chunks) {
      tail += bins.whole[b];
      sum += bins.part[b];
    }
    const double slack = bounds_slack(tail + sum.value);
    VolumeBounds at{tail + sum.lower - slack, tail + sum.value, tail + sum.upper + slack};
    // Nothing straddles, and no sum is needed.
    if (b < whole_before) at = {all, all, all};
    if (b >= none_from) at = {};
    const double lower = std::clamp(at.lower, 0.0, all), upper = std::clamp(at.upper, 0.0, all);
    curve[b] = {Volume::mm3(std::clamp(at.value, lower, upper)), Volume::mm3(lower), Volume::mm3(upper)};
  }
  // What is proven of one bin is of its neighbours; and estimates of neighbours may cross by rounding.
  for (std::size_t b = count - 1; b-- > 0;) curve[b].lower = std::max(curve[b].lower, curve[b + 1].lower);
  for (std::size_t b = 1; b < count; ++b) {
    curve[b].upper = std::min(curve[b].upper, curve[b - 1].upper);
    curve[b].value = std::min(curve[b].value, curve[b - 1].value);
  }
  for (auto& point : curve) point.value = std::clamp(point.value, point.lower, point.upper);
  return curve;
}

}  // namespace dosegate
