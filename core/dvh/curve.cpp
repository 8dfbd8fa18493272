// The cumulative DVH at every bin.
#include <algorithm>
#include <cmath>
#include <optional>

#include "core/dvh/dvh.h"
#include "core/dvh/plane.h"

namespace dosegate {
namespace {

constexpr std::size_t kMaxBins = 20'000;
constexpr std::size_t kChunks = 16;  // of sheets, whatever the number of threads: sums are always the same

// Volumes by bin: `whole` of cells that receive at least the dose of a bin and of those before, `part` of one bin
// alone.
struct Bins {
  std::vector<double> whole, part;
};

}  // namespace

Result<std::vector<Volume>> Dvh::curve(Dose bin, const Host& host) const {
  const double step = bin.in_gy() / scale_;
  float largest = 0.0F;
  for (const auto* v : {&cells_->full_most, &cells_->partial_most}) {
    for (const float f : *v) largest = std::max(largest, f);
  }
  if (!(step > 0.0) || static_cast<double>(largest) / step > static_cast<double>(kMaxBins)) {
    return Error{ErrorCode::kLimitExceeded, "", "The DVH curve would have more than 20000 bins."};
  }
  const std::size_t count = static_cast<std::size_t>(static_cast<double>(largest) / step) + 2;
  const auto dose_of = [&](std::size_t b) { return static_cast<double>(b) * step; };
  const auto last_at_most = [&](double dose) {
    auto b = static_cast<std::size_t>(dose / step);
    while (dose_of(b) > dose) --b;
    while (dose_of(b + 1) <= dose) ++b;
    return std::min(b, count - 1);
  };
  const double off = kCellOff * cut_->total.in_mm3();
  std::vector<Bins> chunks(kChunks);
  const std::size_t sheets = cut_->sheets.size();
  const bool went_on = parallel_for(host, kChunks, [&](std::size_t chunk) {
    Bins& bins = chunks[chunk];
    bins.whole.assign(count, 0.0);
    bins.part.assign(count, 0.0);
    const auto add = [&](const Sheet& sheet, std::size_t i, std::size_t j, float least, float most, Patch patch,
                         bool whole, double box, double volume) {
      std::size_t b = last_at_most(static_cast<double>(least));
      bins.whole[b] += volume;
      if (++b >= count || dose_of(b) > static_cast<double>(most)) return;
      double from = static_cast<double>(least), to = static_cast<double>(most);
      const auto bins_left = static_cast<std::size_t>((to - dose_of(b)) / step) + 1;
      // Chords of a curve that bends once or twice: off by its height over the square of their number.
      const auto chords = static_cast<std::size_t>(std::sqrt(box / off)) + 1;
      std::optional<PlanePrism> prism;
      if (chords > 1) {
        const Trilinear t(corners_of(*cut_, *grid_, sheet, i, j));
        prism.emplace(t.mean, t.g, patch, whole);
        if (bins_left <= chords) {
          for (; b < count && dose_of(b) <= to; ++b) bins.part[b] += box * prism->above(dose_of(b));
          return;
        }
        // Where the patch ends in the cell: all cells along a flat side of the structure do at the same place.
        from = std::clamp(prism->least(), from, to);
        to = std::clamp(prism->most(), from, to);
        for (; b < count && dose_of(b) <= from; ++b) bins.part[b] += volume;
      }
      const double first = from, width = (to - from) / static_cast<double>(chords);
      double above = volume;
      for (std::size_t n = 1; n <= chords; ++n) {
        const double end = n < chords ? first + width * static_cast<double>(n) : to;
        const double next = n < chords ? box * prism->above(end) : 0.0;
        const double per_gy = (above - next) / (end - from);
        for (; b < count && dose_of(b) <= end; ++b) bins.part[b] += next + (end - dose_of(b)) * per_gy;
        from = end;
        above = next;
      }
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
  std::vector<Volume> curve(count);
  double tail = 0.0;
  for (std::size_t b = count; b-- > 0;) {
    double part = 0.0;
    for (const Bins& bins : chunks) {
      tail += bins.whole[b];
      part += bins.part[b];
    }
    curve[b] = Volume::mm3(tail + part);
  }
  curve[0] = total();
  // Estimates of neighbours may cross by rounding.
  for (std::size_t b = 1; b < count; ++b) curve[b] = std::min(curve[b], curve[b - 1]);
  return curve;
}

}  // namespace dosegate
