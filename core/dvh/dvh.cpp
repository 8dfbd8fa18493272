#include "core/dvh/dvh.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/dvh/linear_dose_prism.h"
#include "core/dvh/refine_bounds.h"
#include "core/dvh/row_doses.h"

namespace dosegate {
namespace {

// Coordinates and doses come as decimal or single-precision numbers: 1 um in 1 m, 3 uGy in 50 Gy. What they
// may change, rounding of sums included, stays below this part of the volume and of the largest dose.
constexpr double kInputPrecision = 1e-6;
constexpr double kSumPrecision = 2e-8;  // of the whole volume, in any part of it
constexpr std::size_t kFewCells = 500, kSome = 250, kSharedCells = 64;

}  // namespace

Result<Dvh> Dvh::make(const SlabStack& stack, const DoseGrid& grid, double scale, const Host& host) {
  Result<StructureCells> made = cut_into_cells(stack, grid, host);
  if (!made) return made.error();
  auto cells = std::make_shared<CellDoses>();
  if (!fill(*made, grid, 0, 0, host, *cells)) {
    return Error{ErrorCode::kCancelled, "", "The host cancelled the calculation."};
  }
  return Dvh(std::make_shared<const StructureCells>(*std::move(made)), std::move(cells),
             std::make_shared<const DoseGrid>(grid), scale);
}

Dvh::Dvh(std::shared_ptr<const StructureCells> cut, std::shared_ptr<const CellDoses> cells,
         std::shared_ptr<const DoseGrid> grid, double scale, std::shared_ptr<AnswerCache> answers, Workers* workers)
    : cut_(std::move(cut)),
      cells_(std::move(cells)),
      grid_(std::move(grid)),
      scale_(scale),
      misplaced_(grid_->misplaced() + grid_->change_over(cut_->off.in_mm() * cut_->lattice.stack_axis())),
      answers_(std::move(answers)),
      workers_(workers) {}

double Dvh::box_mm3(const CellRef& cell) const {
  return cut_->cross_section_mm2(cell.i, cell.j) * cut_->height_mm(cut_->sheets[cell.sheet]);
}

// Of a volume that is part of the structure, or of what is left of it: each is a sum of its own.
double Dvh::bounds_slack(double mm3) const {
  const double total = cut_->total.in_mm3();
  return kInputPrecision * std::clamp(std::min(mm3, total - mm3), 0.0, total) + kSumPrecision * total;
}

Level Dvh::level_of(Dose dose) const {
  const double stored = dose.in_gy() / scale_;
  // Nothing gets less than 0 Gy.
  const double within = stored > 0.0 ? misplaced_.in_gy() : 0.0;
  return {stored, within, within + kInputPrecision * stored};
}

Dvh::Side Dvh::side_of(float least, float most, const Level& level, Plateau plateau) {
  const auto from = static_cast<double>(least), to = static_cast<double>(most);
  const bool equal = from == level.dose && to == level.dose && level.within == 0.0;
  if (!equal && from >= level.dose - level.near && to <= level.dose + level.near) return Side::kEither;
  const double low = level.dose - level.within, high = level.dose + level.within;
  const bool counts = plateau == Plateau::kCounts;
  if (counts ? from >= high : from > high) return Side::kAbove;
  if (counts ? to < low : to <= low) return Side::kBelow;
  return Side::kStraddles;
}

template <typename OfRange, typename OfRun, typename OfBlock>
void Dvh::walk(const OfRange& of_range, const OfRun& of_run, const OfBlock& of_block) const {
  CancelPoint cancel_point(workers_);
  for (std::uint32_t s = 0; s < cut_->sheets.size(); ++s) {
    const Sheet& sheet = cut_->sheets[s];
    const auto& all = cells_->of_sheet[s];
    if (of_range(all.least, all.most, all.volume)) continue;
    cancel_point.step(1 + (sheet.run_count + sheet.part_count) / 16);
    const double height = cut_->height_mm(sheet);
    std::size_t n = sheet.first_full;
    for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
      const Run& run = cut_->runs[r];
      const double volume = cut_->cross_section_mm2(run.i, run.j) * height;
      if (!of_range(cells_->of_run[r].least, cells_->of_run[r].most, run.count * volume)) of_run(s, run, n, volume);
      n += run.count;
    }
    n = sheet.first_partial;
    std::size_t block = CellDoses::first_block(sheet, s);
    const std::uint32_t end = sheet.first_part + sheet.part_count;
    for (std::uint32_t p = sheet.first_part; p < end;) {
      const std::uint32_t last = std::min(p + static_cast<std::uint32_t>(CellDoses::kBlock), end);
      const auto& all_of_block = cells_->of_block[block++];
      if (of_range(all_of_block.range.least, all_of_block.range.most, all_of_block.volume)) {
        n += last - p;
        p = last;
        continue;
      }
      of_block(s, p, last - p, n, height);
      n += last - p;
      p = last;
    }
  }
}

// By the volume of the cells that straddle, as spread.h has it; those that are cut count for less than they are.
std::size_t Dvh::straddlers_between(double low, double high) const {
  const double mm3 = cells_->spread.perhaps_from(low) - cells_->spread.surely_from(high);
  const auto all = static_cast<double>(cut_->full_cells + cut_->partial_cells);
  return static_cast<std::size_t>(std::clamp(mm3 / cut_->largest_cell.in_mm3(), 0.0, all));  // all: nothing is known
}

Dvh::Scan Dvh::scan(const Level& level, Plateau plateau, AllWithin all_within) const {
  const bool counts = plateau == Plateau::kCounts;
  // Farther away than anything near: most cells.
  const double reach = std::max(level.near, level.within), low = level.dose - reach, high = level.dose + reach;
  const float sure_from = least_float(high, counts), some_from = least_float(low, counts);
  const auto sure = [&](float least) { return least >= sure_from; };
  const auto none = [&](float most) { return most < some_from; };
  Scan out;
  out.straddling.reserve(straddlers_between(low, high));
  const auto add = [&](const CellRef& cell, float least, float most, float mean, double volume) {
    switch (all_within == AllWithin::kStraddles ? Side::kStraddles : side_of(least, most, level, plateau)) {
      case Side::kAbove:
        out.sure += volume;
        break;
      case Side::kBelow:
        out.none += volume;
        break;
      case Side::kEither:
        out.open += volume;
        break;
      case Side::kStraddles:
        out.straddling.push_back({cell, least, most, mean, volume});
        break;
    }
  };
  const auto of_range = [&](float least, float most, double volume) {
    const bool all_above = sure(least);
    if (!all_above && !none(most)) return false;
    (all_above ? out.sure : out.none) += volume;
    return true;
  };
  std::vector<std::uint32_t> others;
  const auto of_run = [&](std::uint32_t s, const Run& run, std::size_t first, double volume) {
    const float* least = cells_->full_least.data() + first;
    const float* most = cells_->full_most.data() + first;
    const float* mean = cells_->full_mean.data() + first;
    others.resize(std::max<std::size_t>(others.size(), run.count));
    const SortedCells sorted = sort_cells(least, most, run.count, sure_from, some_from, others.data());
    out.sure += sorted.above * volume;
    out.none += sorted.below * volume;
    for (std::uint32_t n = 0; n < sorted.others; ++n) {
      const std::uint32_t c = others[n];
      add({s, run.i + c, run.j, CellRef::kFull}, least[c], most[c], mean[c], volume);
    }
  };
  // Sums in the order of the cells; of those that are not on a side, nothing is added to it.
  walk(of_range, of_run, [&](std::uint32_t s, std::uint32_t first, std::uint32_t count, std::size_t n, double height) {
    const float* least = cells_->partial_least.data() + n;
    const float* most = cells_->partial_most.data() + n;
    std::array<std::uint32_t, CellDoses::kBlock> neither;
    const SortedCells sorted = sort_cells(least, most, count, sure_from, some_from, neither.data());
    for (std::uint32_t c = 0, next = 0; c < count; ++c) {
      const Part& part = cut_->parts[first + c];
      const double volume = part.mm2 * height;
      if (next < sorted.others && neither[next] == c) {
        ++next;
        add({s, part.i, part.j, first + c}, least[c], most[c], cells_->partial_mean[n + c], volume);
      } else {
        const bool above = sure(least[c]);
        out.sure += above ? volume : 0.0;
        out.none += above ? 0.0 : volume;
      }
    }
  });
  if (counts) out.counted = out.open;
  const double outside_below = all_within == AllWithin::kStraddles ? high : level.dose;
  const bool outside_counts = counts ? outside_below <= 0.0 : outside_below < 0.0;
  (outside_counts ? out.sure : out.none) += cut_->outside.in_mm3();
  return out;
}

Straddler Dvh::straddler(const CellRef& cell) const {
  Straddler s;
  s.dose = corners_of(*cut_, *grid_, cut_->sheets[cell.sheet], cell.i, cell.j);
  s.whole = cell.part == CellRef::kFull;
  s.patch = s.whole ? Patch(kWholeCell) : cut_->patch(cut_->parts[cell.part]);
  s.volume = box_mm3(cell);
  return s;
}

Dvh::EvenSpread Dvh::even_spread(const Straddling& found) {
  const auto least = static_cast<double>(found.least), most = static_cast<double>(found.most);
  const auto mean = static_cast<double>(found.mean);
  const double half = std::max(std::min(mean - least, most - mean), 1e-3 * (most - least));
  return {mean - half, mean + half};
}

double Dvh::value_by_plane(const CellRef& cell, double threshold) const {
  const Trilinear form(corners_of(*cut_, *grid_, cut_->sheets[cell.sheet], cell.i, cell.j));
  const bool whole = cell.part == CellRef::kFull;
  const Patch patch = whole ? Patch(kWholeCell) : cut_->patch(cut_->parts[cell.part]);
  return box_mm3(cell) * LinearDosePrism(form.mean, form.g, patch, whole).above(threshold);
}

VolumeBounds Dvh::bounds_above(const Scan& scan, const Level& level, double tolerance, double limit,
                               std::size_t max_boxes) const {
  const double total = cut_->total.in_mm3(), threshold = level.dose;
  if (scan.straddling.empty() && scan.open == 0.0 && (scan.none == 0.0 || scan.sure == 0.0)) {
    const double exact = scan.none == 0.0 ? total : 0.0;
    return {exact, exact, exact};
  }
  VolumeBounds sum;
  double slack = 0.0;
  const auto is_open = [&] {
    return sum.gap() > tolerance && !(scan.sure + sum.lower - slack > limit) &&
           !(scan.sure + sum.upper + scan.open + slack < limit);
  };
  CancelPoint cancel_point(workers_);
  std::vector<Straddler> straddlers;
  std::vector<std::uint32_t> order;
  const auto make_straddlers = [&] {
    straddlers.resize(scan.straddling.size());
    order.resize(straddlers.size());
    std::iota(order.begin(), order.end(), 0U);
  };
  // Bounds of the straddlers numbered in order[first, end), which the call's threads share out among themselves.
  const auto bound = [&](std::size_t first, std::size_t end, const auto& above) {
    const std::size_t some = (end - first + kSharedCells - 1) / kSharedCells;
    share_out(workers_, some, [&](std::size_t part) {
      CancelPoint of_part(workers_);
      const std::size_t from = first + part * kSharedCells;
      for (std::size_t n = from; n < std::min(end, from + kSharedCells); ++n) {
        Straddler& s = straddlers[order[n]];
        if (s.volume == 0.0) s = straddler(scan.straddling[order[n]].cell);
        of_part.step(2 * s.patch.size());
        s.bounds = s.volume * above(VolumeAboveDose(s.dose, s.patch, s.whole));
      }
    });
    sum = {};
    for (const Straddler& s : straddlers) sum += s.bounds;
    slack = bounds_slack(scan.sure + sum.value);
  };
  const auto by_plane = [&](const VolumeAboveDose& prism) { return prism.by_plane(level); };
  const auto at = [&](const VolumeAboveDose& prism) { return prism.at(level); };
  // The second bounds of the cells whose first ones are widest, some at a time, for as long as the limit lies inside.
  const auto narrow = [&] {
    // Beside their numbers: a straddler takes many lines of the caches.
    std::vector<std::pair<double, std::uint32_t>> by_gap(order.size());
    for (const std::uint32_t n : order) by_gap[n] = {-straddlers[n].bounds.gap(), n};
    std::sort(by_gap.begin(), by_gap.end());
    for (std::size_t n = 0; n < order.size(); ++n) order[n] = by_gap[n].second;
    const std::size_t some = std::max(kSome, order.size() / 10);
    for (std::size_t n = 0; n < order.size() && is_open(); n += some) bound(n, std::min(n + some, order.size()), at);
  };
  // Of many cells the planes' errors cancel; they are all that a limit far away needs, and bounds nearer than the
  // cells' own only where the limit lies between those.
  const bool planes_first = !std::isnan(limit) && scan.straddling.size() > kFewCells;
  if (planes_first) {
    double straddling = 0.0;
    for (const Straddling& found : scan.straddling) straddling += found.volume;
    sum = {0.0, 0.0, straddling};
    slack = bounds_slack(scan.sure + straddling);
    if (is_open()) {
      make_straddlers();
      bound(0, order.size(), by_plane);
      narrow();
    } else {
      for (const Straddling& found : scan.straddling) {
        if (is_one_of_many(found)) {
          cancel_point.step();
          sum.value += found.volume * even_spread(found).part_above(threshold);
        } else {
          cancel_point.step(1 + (found.cell.part == CellRef::kFull ? 0 : cut_->parts[found.cell.part].count));
          sum.value += value_by_plane(found.cell, threshold);
        }
      }
      sum.value = std::min(sum.value, straddling);
    }
  }
  if (!planes_first) {
    make_straddlers();
    bound(0, order.size(), at);
  }
  if (is_open() && max_boxes > 0) {
    VolumeBounds decided = sum;
    std::erase_if(straddlers, [](const Straddler& s) { return !(s.bounds.gap() > 0.0); });
    for (const auto& s : straddlers) decided -= s.bounds;
    // Narrower than what the input's precision leaves open is of no use.
    const Goal goal{std::max(tolerance, 0.5 * slack), limit - scan.sure - decided.value, slack, scan.open};
    sum = refine_bounds(straddlers, level, goal, max_boxes, workers_);
    sum += decided;
  }
  VolumeBounds b{scan.sure + sum.lower - slack, scan.sure + scan.counted + sum.value,
                 scan.sure + scan.open + sum.upper + slack};
  b.lower = std::clamp(b.lower, 0.0, total);
  b.upper = std::clamp(b.upper, 0.0, total);
  b.value = std::clamp(b.value, b.lower, b.upper);
  return b;
}

Interval<Volume> Dvh::volume_above(Dose level, Plateau plateau, std::optional<Volume> limit,
                                   const Tolerance& tolerance) const {
  const double within = limit ? limit->in_mm3() : std::numeric_limits<double>::quiet_NaN();
  const AnswerCache::Question question{plateau == Plateau::kCounts ? 1 : 2,
                                       {level.in_gy(), within, tolerance.of_volume, tolerance.dose.in_gy(), scale_}};
  const auto a = answers_->get(question, [&] {
    const Level stored = level_of(level);
    const VolumeBounds b =
        bounds_above(scan(stored, plateau), stored, tolerance.of_volume * cut_->total.in_mm3(), within, kMaxBoxes);
    return AnswerCache::Answer{b.value, b.lower, b.upper, 0.0};
  });
  return {Volume::mm3(a[0]), Volume::mm3(a[1]), Volume::mm3(a[2])};
}

Interval<Dose> Dvh::dose_of_hottest(Volume volume, std::optional<Dose> limit, const Tolerance& tolerance) const {
  const double mm3 = std::min(volume.in_mm3(), cut_->total.in_mm3());
  const double within = limit ? limit->in_gy() : std::numeric_limits<double>::quiet_NaN();
  const AnswerCache::Question question{3, {mm3, within, tolerance.of_volume, tolerance.dose.in_gy(), scale_}};
  const auto a = answers_->get(question, [&] {
    const Interval<Dose> d = find_dose_of_hottest(mm3, limit, tolerance);
    return AnswerCache::Answer{d.value.in_gy(), d.lower.in_gy(), d.upper.in_gy(), 0.0};
  });
  return {Dose::gy(a[0]), Dose::gy(a[1]), Dose::gy(a[2])};
}

Interval<Dose> Dvh::mean() const {
  double sum = 0.0;
  for (const auto& sheet : cells_->of_sheet) sum += sheet.integral;
  const double mean = sum / cut_->total.in_mm3() * scale_;
  return widened(Dose::gy(mean));
}

Interval<Dose> Dvh::widened(Dose extreme) const {
  const double slack = scale_ * (kInputPrecision * grid_->maximum().in_gy() + misplaced_.in_gy());
  return {extreme, Dose::gy(std::max(0.0, extreme.in_gy() - slack)), Dose::gy(extreme.in_gy() + slack)};
}

PointDose Dvh::point(const CellDoses::Extreme& e) const {
  return {Dose::gy(e.dose * scale_), cut_->lattice.patient(e.at[0], e.at[1], e.at[2])};
}

PointDose Dvh::maximum() const { return point(cells_->hottest); }

PointDose Dvh::minimum() const {
  const auto a = answers_->get({4, {}}, [&] {
    const CellDoses::Extreme e = find_coldest(*cut_, *grid_, *cells_, workers_);
    return AnswerCache::Answer{e.dose, e.at[0], e.at[1], e.at[2]};
  });
  PointDose p = point({a[0], {a[1], a[2], a[3]}});
  if (outside().in_mm3() > 0.0) p.dose = Dose::gy(0.0);
  return p;
}

}  // namespace dosegate
