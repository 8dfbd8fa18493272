// The cumulative DVH at every bin, each with bounds: of every cell that straddles a bin's dose those that a V is made
// of (README.md), cells being halved only until all bins are as narrow as is of use in a drawing.
#include "core/dvh/curve.h"

#include <algorithm>
#include <cmath>

#include "core/dvh/cell_curve.h"

namespace dosegate {
namespace {

constexpr std::size_t kMaxBins = 20'000;
constexpr std::size_t kChunks = 16;  // of sheets, whatever the number of threads: sums are always the same
// About as wide as bounds may be, of the structure's volume; and where few cells straddle a bin, in whose sum errors of
// values hardly cancel, times the root of their number, so that a value is within some 2e-5 of the truth.
constexpr double kWidth = 0.03, kWidthByRoot = 1e-3;
constexpr int kMostHalvings = 6;
constexpr double kMostHalves = 20'000.0;  // of all cells together
// Boxes below this part of the structure are small: what one has too much another has too little. Of cells that are
// partly inside, errors may agree along a flat side: those are small later.
constexpr double kSmallWhole = 1e-4, kSmallPart = 2e-5;

// mm^3 by bin: `whole` of cells that receive at least the dose of a bin and of those before, `part` of one bin alone.
struct Bins {
  std::vector<double> whole;
  std::vector<VolumeBounds> part;
  std::vector<double> straddling, cells;  // volume and number that straddle, the change of them from the bin before
  std::size_t not_small = 0;              // number that straddle any, but for small ones
  std::size_t all = kMaxBins + 2;         // bins before this one have every cell whole
  std::size_t none = 0;                   // bins from this one on have none
};

// The number of bins, from the first, whose dose `is` true of; it is true of no bin after one it is not true of.
template <typename Is>
std::size_t bins_where(std::size_t count, Dose bin, const Is& is) {
  std::size_t low = 0;
  while (low < count) {
    const std::size_t middle = low + (count - low) / 2;
    if (is(dose_of_bin(middle, bin))) {
      low = middle + 1;
    } else {
      count = middle;
    }
  }
  return low;
}

// At least `least` up to bin `to`, at most `most` from bin `from` on. settle() carries it to the other bins.
void hold(std::vector<Interval<Volume>>& curve, std::size_t to, Volume least, std::size_t from, Volume most) {
  if (to > 0) curve[to - 1].lower = std::max(curve[to - 1].lower, least);
  if (from < curve.size()) curve[from].upper = std::min(curve[from].upper, most);
}

}  // namespace

void settle(std::vector<Interval<Volume>>& curve) {
  for (std::size_t b = curve.size() - 1; b-- > 0;) curve[b].lower = std::max(curve[b].lower, curve[b + 1].lower);
  for (std::size_t b = 1; b < curve.size(); ++b) {
    curve[b].upper = std::min(curve[b].upper, curve[b - 1].upper);
    curve[b].value = std::min(curve[b].value, curve[b - 1].value);
  }
  for (auto& point : curve) {
    point.upper = std::max(point.lower, point.upper);  // but for rounding they were in order
    point.value = std::clamp(point.value, point.lower, point.upper);
  }
}

Dose dose_of_bin(std::size_t b, Dose bin) {
  constexpr double kOfGy = 1e9;
  return Dose::gy(std::round(static_cast<double>(b) * bin.in_gy() * kOfGy) / kOfGy);
}

void hold_to(std::vector<Interval<Volume>>& curve, Dose bin, Dose level, const Interval<Volume>& proven) {
  const std::size_t to = bins_where(curve.size(), bin, [&](Dose at) { return at <= level; });
  const std::size_t from = bins_where(curve.size(), bin, [&](Dose at) { return at < level; });
  hold(curve, to, proven.lower, from, proven.upper);
}

void hold_to(std::vector<Interval<Volume>>& curve, Dose bin, Volume hottest, const Interval<Dose>& proven) {
  const std::size_t to = bins_where(curve.size(), bin, [&](Dose at) { return at <= proven.lower; });
  const std::size_t from = bins_where(curve.size(), bin, [&](Dose at) { return at <= proven.upper; });
  hold(curve, to, hottest, from, hottest);
}

// Calls each(sheet, i, j, least, most, part or null where the whole cell is inside, box in mm^3) for the cells of a
// chunk's sheets.
template <typename Each>
void Dvh::for_cells(std::size_t chunk, std::size_t chunks, CancelPoint& cancel_point, const Each& each) const {
  const std::size_t sheets = cut_->sheets.size();
  for (std::size_t s = sheets * chunk / chunks; s < sheets * (chunk + 1) / chunks; ++s) {
    const Sheet& sheet = cut_->sheets[s];
    const double height = cut_->height_mm(sheet);
    std::size_t n = sheet.first_full;
    for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
      const Run& run = cut_->runs[r];
      cancel_point.step(1 + run.count / 8);
      const double box = cut_->cross_section_mm2(run.i, run.j) * height;
      for (std::uint32_t c = 0; c < run.count; ++c, ++n) {
        each(sheet, run.i + c, run.j, cells_->full_least[n], cells_->full_most[n], nullptr, box);
      }
    }
    n = sheet.first_partial;
    for (std::size_t p = sheet.first_part; p < sheet.first_part + sheet.part_count; ++p, ++n) {
      const Part& part = cut_->parts[p];
      cancel_point.step();
      const double box = cut_->cross_section_mm2(part.i, part.j) * height;
      each(sheet, part.i, part.j, cells_->partial_least[n], cells_->partial_most[n], &part, box);
    }
  }
}

Result<std::vector<Interval<Volume>>> Dvh::curve(Dose bin, const Host& host) const {
  const double step = bin.in_gy() / scale_, all = cut_->total.in_mm3();
  float largest = 0.0F;
  for (const auto& sheet : cells_->of_sheet) largest = std::max(largest, sheet.most);
  if (!(step > 0.0) || static_cast<double>(largest) / step > static_cast<double>(kMaxBins)) {
    return Error{ErrorCode::kLimitExceeded, "", "The DVH curve would have more than 20000 bins."};
  }
  CellCurve::Shared shared;
  auto& levels = shared.levels;
  levels.push_back(level_of(Dose::gy(0.0)));
  while (levels.back().dose - levels.back().near <= static_cast<double>(largest)) {
    levels.push_back(level_of(dose_of_bin(levels.size(), bin)));
  }
  const std::size_t count = levels.size();
  // The bins that a cell straddles; those before have it whole, those after none of it.
  const auto straddled = [&](float least, float most) {
    const auto from = static_cast<double>(least), to = static_cast<double>(most);
    std::size_t first = std::min(static_cast<std::size_t>(from / step), count - 1);
    while (first > 0 && levels[first].dose + levels[first].near > from) --first;
    std::size_t end = ++first;
    while (levels[end].dose - levels[end].near <= to) ++end;
    return std::pair{first, end};
  };
  const auto is_small = [&](const Part* part, double box) {
    return box < (part != nullptr ? kSmallPart : kSmallWhole) * all;
  };
  const auto cancelled = [] { return Error{ErrorCode::kCancelled, "", "The host cancelled the calculation."}; };
  std::vector<Bins> chunks(kChunks);
  const bool counted = parallel_for(host, kChunks, [&](std::size_t chunk) {
    Bins& bins = chunks[chunk];
    bins.whole.assign(count, 0.0);
    bins.part.assign(count, {});
    bins.straddling.assign(count, 0.0);
    bins.cells.assign(count, 0.0);
    CancelPoint cancel_point(host.workers);
    for_cells(chunk, kChunks, cancel_point,
              [&](const Sheet&, std::size_t, std::size_t, float least, float most, const Part* part, double box) {
                const auto [first, end] = straddled(least, most);
                bins.not_small += static_cast<std::size_t>(first < end && !is_small(part, box));
                bins.straddling[first] += box;
                bins.straddling[end] -= box;
                bins.cells[first] += 1.0;
                bins.cells[end] -= 1.0;
              });
  });
  if (!counted) return cancelled();
  // How wide a straddling cell's bounds may be, as a part of it.
  auto& allowed = shared.allowed;
  allowed.assign(count, 0.0);
  double straddling = 0.0, cells = 0.0;
  for (std::size_t b = 0; b < count; ++b) {
    for (const Bins& bins : chunks) {
      straddling += bins.straddling[b];
      cells += bins.cells[b];
    }
    const double width = all * std::min(kWidth, kWidthByRoot * std::sqrt(std::max(1.0, cells)));
    allowed[b] = straddling > width ? width / straddling : 1.0;
  }
  double halves = 0.0;
  for (const Bins& bins : chunks) halves += static_cast<double>(bins.not_small);
  while (shared.most_halvings < kMostHalvings && (halves *= 2.0) <= kMostHalves) ++shared.most_halvings;
  shared.all = all;
  const bool went_on = parallel_for(host, kChunks, [&](std::size_t chunk) {
    Bins& bins = chunks[chunk];
    CancelPoint cancel_point(host.workers);
    CellCurve cell(shared, bins.part, host.workers);
    for_cells(
        chunk, kChunks, cancel_point,
        [&](const Sheet& sheet, std::size_t i, std::size_t j, float least, float most, const Part* part, double box) {
          const double area = part != nullptr ? part->area : 1.0, volume = area * box;
          const auto bins_between = straddled(least, most);
          std::size_t first = bins_between.first, end = bins_between.second;
          // As near to a bin's dose as precision tells, a plateau is above, below or either.
          const auto is = [&](std::size_t b, Side side) {
            return first < end && side_of(least, most, levels[b], Plateau::kCounts) == side;
          };
          while (is(first, Side::kAbove)) ++first;
          while (is(end - 1, Side::kBelow)) --end;
          bins.whole[first - 1] += volume;
          bins.all = std::min(bins.all, first);
          bins.none = std::max(bins.none, end);
          while (is(first, Side::kEither)) bins.part[first++] += {0.0, volume, volume};
          while (is(end - 1, Side::kEither)) bins.part[--end] += {0.0, volume, volume};
          if (first >= end) return;
          const Corners f = corners_of(*cut_, *grid_, sheet, i, j);
          if (is_small(part, box)) {
            const double x = part != nullptr ? part->x() : 0.5, y = part != nullptr ? part->y() : 0.5;
            cell.add_small(f, area, x, y, box, first, end);
          } else {
            cell.add(f, part != nullptr ? cut_->patch(*part) : Patch(kWholeCell), part == nullptr, box, first, end);
          }
        });
  });
  if (!went_on) return cancelled();

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
  settle(curve);
  return curve;
}

}  // namespace dosegate
