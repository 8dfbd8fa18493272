#include "core/dvh/cell_doses.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <span>

#include "core/dvh/part_doses.h"
#include "core/dvh/row_doses.h"

namespace dosegate {
namespace {

// Of few cells few bins: what they take is kept with each structure.
constexpr std::size_t kBins = 4096, kBinsOfFew = 1024, kFewCells = 8000;
constexpr double kSameVolume = 1e-12;  // of a cell's volume: what rounding of the nodes makes of equal ones
constexpr std::size_t kAhead = 3;      // runs
constexpr std::size_t kChunks = 4;     // whatever the number of threads: sums are always the same

class SheetFiller {
 public:
  SheetFiller(const StructureCells& cut, const DoseGrid& grid, const NodeOffsets& offsets, std::size_t number,
              CellDoses& out, Workers* workers)
      : cut_(cut),
        lattice_(cut.lattice),
        offsets_(offsets),
        sheet_(cut.sheets[number]),
        number_(number),
        out_(out),
        doses_(grid, lattice_, sheet_),
        whole_(sheet_.is_whole_layer()),
        cancel_point_(workers) {}

  CellDoses::OfSheet run() {
    std::size_t n = sheet_.first_full;
    for (std::size_t r = sheet_.first_run; r < sheet_.first_run + sheet_.run_count; ++r) {
      cancel_point_.step(1 + cut_.runs[r].count / 64);
      if (r + kAhead < sheet_.first_run + sheet_.run_count) fetch(cut_.runs[r + kAhead]);
      out_.of_run[r] = fill_run(cut_.runs[r], n);
      n += cut_.runs[r].count;
    }
    const double height = cut_.height_mm(sheet_);
    std::span<const Part> parts = std::span(cut_.parts).subspan(sheet_.first_part, sheet_.part_count);
    double of_faces = 0.0;
    n = sheet_.first_partial;
    for (std::size_t block = CellDoses::first_block(sheet_, number_); !parts.empty(); ++block) {
      const auto some = parts.first(std::min(CellDoses::kBlock, parts.size()));
      cancel_point_.step(some.size());
      const PartDoses of = fill_parts(doses_, offsets_, some, out_.partial_least.data() + n,
                                      out_.partial_most.data() + n, out_.partial_mean.data() + n);
      out_.of_block[block] = {{of.least, of.most}, of.mm2 * height};
      least_ = std::min(least_, of.least);
      most_ = std::max(most_, of.most);
      area_ += of.mm2;
      of_faces += (of.both_faces[0] + of.both_faces[1]) + (of.both_faces[2] + of.both_faces[3]);
      parts = parts.subspan(some.size());
      n += some.size();
    }
    // Linear along z: its mean is that of the two faces.
    return {least_, most_, area_ * height, (integral_ + 0.5 * of_faces) * height};
  }

 private:
  // Rows are short, and the next one lies elsewhere: what it will need is on its way before it is needed.
  void fetch(const Run& r) const {
#if defined(__GNUC__)
    const std::size_t row = lattice_.offset(0, r.i) + lattice_.offset(1, r.j + 1);
    constexpr std::size_t kLine = 16;  // floats
    for (std::size_t n = 0; n <= r.count; n += kLine) {
      __builtin_prefetch(doses_.low + row + n);
      __builtin_prefetch(doses_.high + row + n);
    }
#endif
  }

  CellDoses::Range fill_run(const Run& r, std::size_t first) {
    const RowDoses row =
        fill_row_of(r, {out_.full_least.data() + first, out_.full_most.data() + first, out_.full_mean.data() + first});
    least_ = std::min(least_, row.least);
    most_ = std::max(most_, row.most);
    const double area = cut_.cross_section_mm2(r.i, r.j);
    area_ += r.count * area;
    integral_ += row.sum / 8.0 * area;
    return {row.least, row.most};
  }

  RowDoses fill_row_of(const Run& r, const RowOut& out) {
    const std::size_t near = lattice_.offset(1, r.j), far = lattice_.offset(1, r.j + 1);
    // Away from the rim, and along x, nodes follow one another in memory.
    if (lattice_.stride(0) == 1 && !lattice_.is_rim(0, r.i)) {
      const std::size_t first = lattice_.offset(0, r.i);
      const float *low = doses_.low + first, *high = doses_.high + first;
      const NodeRows nodes{low + near, low + far, high + near, high + far};
      return whole_ ? fill_row(nodes, r.count, columns_, out)
                    : fill_row_between(nodes, doses_.z0, doses_.z1, r.count, columns_, out);
    }
    const std::size_t nodes = std::size_t{r.count} + 1;
    columns_.make_room(nodes);
    for (std::size_t n = 0; n < nodes; ++n) {
      const std::size_t column = lattice_.offset(0, r.i + n);
      const LayerDoses::Faces a = doses_.at(column + near), b = doses_.at(column + far);
      columns_.least[n] = round_down(std::min(std::min(a.bottom, a.top), std::min(b.bottom, b.top)));
      columns_.most[n] = round_up(std::max(std::max(a.bottom, a.top), std::max(b.bottom, b.top)));
      columns_.sum[n] = (a.bottom + b.bottom) + (a.top + b.top);
    }
    return fill_row(columns_, r.count, out);
  }

  const StructureCells& cut_;
  const DoseLattice& lattice_;
  const NodeOffsets& offsets_;
  const Sheet& sheet_;
  const std::size_t number_;
  CellDoses& out_;
  const LayerDoses doses_;
  const bool whole_;
  RowScratch columns_;
  float least_ = std::numeric_limits<float>::max(), most_ = 0.0F;
  double area_ = 0.0, integral_ = 0.0;
  CancelPoint cancel_point_;
};

// The bin of a dose. It never falls as the dose rises, however the product is rounded.
std::size_t bin_of(float dose, float bins_per_gy, std::size_t bins) {
  return static_cast<std::size_t>(std::min(dose * bins_per_gy, static_cast<float>(bins - 1)));
}
float bins_per_gy(double width) { return static_cast<float>(1.0 / width); }

// mm^3 by bin, interleaved, for cells are counted in all three at once.
struct BinVolumes {
  double least = 0.0, middle = 0.0, most = 0.0;
};

// Of `count` cells; volume(n): of the n-th.
template <typename Volume>
void add_cells(const float* least, const float* most, const float* middle, std::size_t count, float per_gy,
               std::vector<BinVolumes>& bins, const Volume& volume) {
  std::size_t n = 0;
#ifdef __SSE2__
  const __m128 last = _mm_set1_ps(static_cast<float>(bins.size() - 1));
  for (; n + 4 <= count; n += 4) {
    const __m128 from = _mm_loadu_ps(least + n), to = _mm_loadu_ps(most + n);
    const auto bins_of = [&](__m128 dose) {
      return _mm_cvttps_epi32(_mm_min_ps(_mm_mul_ps(dose, _mm_set1_ps(per_gy)), last));
    };
    alignas(16) std::array<std::int32_t, 12> bin;
    _mm_store_si128(reinterpret_cast<__m128i*>(bin.data()), bins_of(from));
    _mm_store_si128(reinterpret_cast<__m128i*>(bin.data() + 4), bins_of(_mm_loadu_ps(middle + n)));
    _mm_store_si128(reinterpret_cast<__m128i*>(bin.data() + 8), bins_of(to));
    for (std::size_t k = 0; k < 4; ++k) {
      const double mm3 = volume(n + k);
      bins[static_cast<std::size_t>(bin[k])].least += mm3;
      bins[static_cast<std::size_t>(bin[4 + k])].middle += mm3;
      bins[static_cast<std::size_t>(bin[8 + k])].most += mm3;
    }
  }
#endif
  for (; n < count; ++n) {
    const double mm3 = volume(n);
    bins[bin_of(least[n], per_gy, bins.size())].least += mm3;
    bins[bin_of(middle[n], per_gy, bins.size())].middle += mm3;
    bins[bin_of(most[n], per_gy, bins.size())].most += mm3;
  }
}

// False: the host cancelled.
bool find_spread(const StructureCells& cut, const CellDoses& cells, double hottest, const Host& host,
                 CellDoses::Spread& out) {
  out = {};
  const std::size_t count = cut.full_cells + cut.partial_cells > kFewCells ? kBins : kBinsOfFew;
  out.width = hottest / static_cast<double>(count - 1);
  if (!(out.width > 0.0) || !std::isfinite(bins_per_gy(out.width))) return true;
  const float per_gy = bins_per_gy(out.width);
  std::vector<std::vector<BinVolumes>> chunks(kChunks);
  const std::size_t sheets = cut.sheets.size();
  const bool went_on = parallel_for(host, kChunks, [&](std::size_t chunk) {
    CancelPoint cancel_point(host.workers);
    std::vector<BinVolumes>& bins = chunks[chunk];
    bins.resize(count);
    for (std::size_t s = sheets * chunk / kChunks; s < sheets * (chunk + 1) / kChunks; ++s) {
      const Sheet& sheet = cut.sheets[s];
      const double height = cut.height_mm(sheet);
      cancel_point.step(1 + (sheet.run_count + sheet.part_count) / 16);
      // Cells of runs that follow one another have one volume, but for rounding, away from the rim.
      std::size_t n = sheet.first_full, end = n;
      double volume = 0.0;
      const auto add_full = [&] {
        add_cells(cells.full_least.data() + n, cells.full_most.data() + n, cells.full_mean.data() + n, end - n, per_gy,
                  bins, [volume](std::size_t) { return volume; });
        n = end;
      };
      for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
        const Run& run = cut.runs[r];
        const double of_run = cut.cross_section_mm2(run.i, run.j) * height;
        if (std::abs(of_run - volume) > kSameVolume * volume) {
          add_full();
          volume = of_run;
        }
        end += run.count;
      }
      add_full();
      const Part* parts = cut.parts.data() + sheet.first_part;
      add_cells(cells.partial_least.data() + sheet.first_partial, cells.partial_most.data() + sheet.first_partial,
                cells.partial_mean.data() + sheet.first_partial, sheet.part_count, per_gy, bins,
                [=](std::size_t k) { return parts[k].mm2 * height; });
    }
  });
  if (!went_on) return false;
  BinVolumes sum;
  out.least.resize(count), out.middle.resize(count), out.most.resize(count);
  for (std::size_t b = count; b-- > 0;) {
    for (const auto& bins : chunks) {
      sum.least += bins[b].least, sum.middle += bins[b].middle, sum.most += bins[b].most;
    }
    out.least[b] = sum.least, out.middle[b] = sum.middle, out.most[b] = sum.most;
  }
  return true;
}

}  // namespace

Corners corners_of(const StructureCells& cut, const DoseGrid& grid, const Sheet& sheet, std::size_t i, std::size_t j) {
  const DoseLattice& lattice = cut.lattice;
  const LayerDoses doses(grid, lattice, sheet);
  const std::size_t u0 = lattice.offset(0, i), u1 = lattice.offset(0, i + 1);
  const std::size_t v0 = lattice.offset(1, j), v1 = lattice.offset(1, j + 1);
  const std::array<std::size_t, 4> across = {u0 + v0, u1 + v0, u0 + v1, u1 + v1};
  Corners f{};
  for (std::size_t q = 0; q < 4; ++q) {
    const auto [bottom, top] = doses.at(across[q]);
    f[q] = bottom;
    f[q + 4] = top;
  }
  return f;
}

bool fill(const StructureCells& cut, const DoseGrid& grid, std::size_t first_layer, std::size_t end_layer,
          const Host& host, CellDoses& out) {
  if (out.of_sheet.size() != cut.sheets.size()) {
    out.full_least.resize(cut.full_cells);
    out.full_most.resize(cut.full_cells);
    out.full_mean.resize(cut.full_cells);
    out.partial_least.resize(cut.partial_cells);
    out.partial_most.resize(cut.partial_cells);
    out.partial_mean.resize(cut.partial_cells);
    out.of_sheet.assign(cut.sheets.size(), {});
    out.of_run.resize(cut.runs.size());
    out.of_block.resize(cut.partial_cells / CellDoses::kBlock + cut.sheets.size() + 1);
    first_layer = 0;
    end_layer = cut.lattice.cells(2);
  }
  const auto begin =
      std::partition_point(cut.sheets.begin(), cut.sheets.end(), [&](const Sheet& s) { return s.k < first_layer; }) -
      cut.sheets.begin();
  const auto end =
      std::partition_point(cut.sheets.begin(), cut.sheets.end(), [&](const Sheet& s) { return s.k < end_layer; }) -
      cut.sheets.begin();
  const NodeOffsets offsets(cut.lattice);
  const bool filled = parallel_for(host, static_cast<std::size_t>(end - begin), [&](std::size_t n) {
    const std::size_t s = static_cast<std::size_t>(begin) + n;
    out.of_sheet[s] = SheetFiller(cut, grid, offsets, s, out, host.workers).run();
  });
  if (!filled) return false;
  out.hottest = find_hottest(cut, grid, out, host.workers);
  return find_spread(cut, out, out.hottest.dose, host, out.spread);
}

// A cell in a higher bin than the dose's has a higher dose; one with that dose or more is in its bin or in a higher
// one.
double CellDoses::Spread::surely_from(double dose) const {
  if (least.empty()) return 0.0;
  const std::size_t next = bin_of(least_float(std::max(dose, 0.0), true), bins_per_gy(width), least.size()) + 1;
  return next < least.size() ? least[next] : 0.0;
}

double CellDoses::Spread::perhaps_from(double dose) const {
  if (most.empty()) return std::numeric_limits<double>::infinity();
  return most[bin_of(least_float(std::max(dose, 0.0), true), bins_per_gy(width), most.size())];
}

// A plane that rises alike along all three axes has its doses spread as these three shares have, by their variance.
double CellDoses::Spread::about_in_bin(std::size_t b) const {
  constexpr double kEnds = 0.08, kMiddle = 1.0 - 2.0 * kEnds;
  return b < least.size() ? kEnds * (least[b] + most[b]) + kMiddle * middle[b] : 0.0;
}

double CellDoses::Spread::crossing(double mm3) const {
  std::size_t end = 0;  // the first bin with less
  for (std::size_t step = std::bit_floor(least.size()); step > 0; step /= 2) {
    if (end + step <= least.size() && about_in_bin(end + step - 1) >= mm3) end += step;
  }
  if (end == 0) return 0.0;
  const double before = about_in_bin(end - 1), after = about_in_bin(end);
  const double past = before > after ? (before - mm3) / (before - after) : 0.0;
  return width * (static_cast<double>(end) - 1.0 + past);
}

}  // namespace dosegate
