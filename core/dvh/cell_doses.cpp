#include "core/dvh/cell_doses.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "core/dvh/row_doses.h"

namespace dosegate {
namespace {

constexpr std::size_t kBins = 4096;
constexpr std::size_t kChunks = 4;  // whatever the number of threads: sums are always the same

// To single precision, never upwards or never downwards. Of doses, which are not negative: the next float is the next
// bit pattern, and a loop over cells stays free of calls.
float round_down(double v) {
  const auto f = static_cast<float>(v);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(f) - static_cast<std::uint32_t>(static_cast<double>(f) > v));
}
float round_up(double v) {
  const auto f = static_cast<float>(v);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(f) + static_cast<std::uint32_t>(static_cast<double>(f) < v));
}

// Of a lattice: DoseLattice::offset of every node, the width of every cell.
struct Offsets {
  std::vector<std::size_t> u, v;
  std::vector<double> wide, high;  // mm

  explicit Offsets(const DoseLattice& lattice) : u(lattice.nodes(0).size()), v(lattice.nodes(1).size()) {
    for (std::size_t n = 0; n < u.size(); ++n) u[n] = lattice.offset(0, n);
    for (std::size_t n = 0; n < v.size(); ++n) v[n] = lattice.offset(1, n);
    for (std::size_t n = 0; n < lattice.cells(0); ++n) wide.push_back(lattice.width(0, n));
    for (std::size_t n = 0; n < lattice.cells(1); ++n) high.push_back(lattice.width(1, n));
  }
};

// Of a cell within a sheet from z0 to z1 of its layer: least and largest dose of its corners, and the sums of the doses
// on both faces at the corners (0, 0), (1, 0), (0, 1), (1, 1).
struct CornerDoses {
  double least, most;
  std::array<double, 4> sum;
};

#ifdef __SSE2__
// Two neighbours at a time, which follow one another in memory: near and far rows, on the layer's lower and upper face.
CornerDoses of_neighbours(const float* low_near, const float* low_far, const float* high_near, const float* high_far,
                          double z0, double z1) {
  const auto two = [](const float* at) { return _mm_cvtps_pd(_mm_castsi128_ps(_mm_loadu_si64(at))); };
  CornerDoses out;
  const auto row = [&](const float* low_at, const float* high_at, double* sum, __m128d& least, __m128d& most) {
    const __m128d low = two(low_at), high = two(high_at), rise = _mm_sub_pd(high, low);
    const __m128d bottom = _mm_add_pd(low, _mm_mul_pd(_mm_set1_pd(z0), rise));
    const __m128d top = z1 == 1.0 ? high : _mm_add_pd(low, _mm_mul_pd(_mm_set1_pd(z1), rise));
    _mm_storeu_pd(sum, _mm_add_pd(bottom, top));
    least = _mm_min_pd(bottom, top);
    most = _mm_max_pd(bottom, top);
  };
  __m128d least, most, least_far, most_far;
  row(low_near, high_near, out.sum.data(), least, most);
  row(low_far, high_far, out.sum.data() + 2, least_far, most_far);
  least = _mm_min_pd(least, least_far);
  most = _mm_max_pd(most, most_far);
  out.least = _mm_cvtsd_f64(_mm_min_sd(least, _mm_unpackhi_pd(least, least)));
  out.most = _mm_cvtsd_f64(_mm_max_sd(most, _mm_unpackhi_pd(most, most)));
  return out;
}
#else
CornerDoses of_neighbours(const float* low_near, const float* low_far, const float* high_near, const float* high_far,
                          double z0, double z1) {
  CornerDoses out{std::numeric_limits<double>::max(), 0.0, {}};
  for (std::size_t q = 0; q < 4; ++q) {
    const auto low = static_cast<double>((q < 2 ? low_near : low_far)[q & 1]);
    const auto high = static_cast<double>((q < 2 ? high_near : high_far)[q & 1]);
    const double bottom = low + z0 * (high - low), top = z1 == 1.0 ? high : low + z1 * (high - low);
    out.least = std::min(out.least, std::min(bottom, top));
    out.most = std::max(out.most, std::max(bottom, top));
    out.sum[q] = bottom + top;
  }
  return out;
}
#endif

class SheetFiller {
 public:
  SheetFiller(const StructureCells& cut, const DoseGrid& grid, const Offsets& offsets, std::size_t number,
              CellDoses& out, Workers* workers)
      : cut_(cut),
        lattice_(cut.lattice),
        offsets_(offsets),
        sheet_(cut.sheets[number]),
        number_(number),
        out_(out),
        whole_(sheet_.is_whole_layer()),
        cancel_point_(workers) {
    const float* values = grid.values().data();
    lower_ = values + lattice_.offset(2, sheet_.k);
    upper_ = values + lattice_.offset(2, sheet_.k + 1);
  }

  CellDoses::OfSheet run() {
    std::size_t n = sheet_.first_full;
    for (std::size_t r = sheet_.first_run; r < sheet_.first_run + sheet_.run_count; ++r) {
      cancel_point_.step(1 + cut_.runs[r].count / 64);
      out_.of_run[r] = fill_run(cut_.runs[r], n);
      n += cut_.runs[r].count;
    }
    n = sheet_.first_partial;
    const double height = cut_.height_mm(sheet_);
    std::size_t block = CellDoses::first_block(sheet_, number_);
    const std::size_t end = sheet_.first_part + sheet_.part_count;
    for (std::size_t p = sheet_.first_part; p < end; ++block) {
      CellDoses::Range range{std::numeric_limits<float>::max(), 0.0F};
      const double area = area_;
      for (const std::size_t last = std::min(p + CellDoses::kBlock, end); p < last; ++p, ++n) {
        cancel_point_.step();
        fill_part(cut_.parts[p], n);
        range.least = std::min(range.least, out_.partial_least[n]);
        range.most = std::max(range.most, out_.partial_most[n]);
      }
      out_.of_block[block] = {range, (area_ - area) * height};
      least_ = std::min(least_, range.least);
      most_ = std::max(most_, range.most);
    }
    return {least_, most_, area_ * height, integral_ * height};
  }

 private:
  // The doses at one node, on the sheet's two faces.
  struct Faces {
    double bottom, top;
  };
  Faces at(std::size_t offset) const {
    const auto low = static_cast<double>(lower_[offset]), high = static_cast<double>(upper_[offset]);
    return {low + sheet_.z0 * (high - low), sheet_.z1 == 1.0 ? high : low + sheet_.z1 * (high - low)};
  }

  CellDoses::Range fill_run(const Run& r, std::size_t first) {
    const RowDoses row = fill_row_of(r, out_.full_least.data() + first, out_.full_most.data() + first);
    least_ = std::min(least_, row.least);
    most_ = std::max(most_, row.most);
    const double area = cut_.cross_section_mm2(r.i, r.j);
    area_ += r.count * area;
    integral_ += row.sum / 8.0 * area;
    return {row.least, row.most};
  }

  RowDoses fill_row_of(const Run& r, float* least, float* most) {
    const std::size_t near = lattice_.offset(1, r.j), far = lattice_.offset(1, r.j + 1);
    // Away from the rim, and along x, nodes follow one another in memory.
    if (whole_ && lattice_.stride(0) == 1 && !lattice_.is_rim(0, r.i)) {
      const std::size_t first = lattice_.offset(0, r.i);
      const float *low = lower_ + first, *high = upper_ + first;
      return fill_row({low + near, low + far, high + near, high + far}, r.count, columns_, least, most);
    }
    const std::size_t nodes = std::size_t{r.count} + 1;
    columns_.make_room(nodes);
    for (std::size_t n = 0; n < nodes; ++n) {
      const std::size_t column = lattice_.offset(0, r.i + n);
      const Faces a = at(column + near), b = at(column + far);
      columns_.least[n] = round_down(std::min(std::min(a.bottom, a.top), std::min(b.bottom, b.top)));
      columns_.most[n] = round_up(std::max(std::max(a.bottom, a.top), std::max(b.bottom, b.top)));
      columns_.sum[n] = (a.bottom + b.bottom) + (a.top + b.top);
    }
    return fill_row(columns_, r.count, least, most);
  }

  void fill_part(const Part& p, std::size_t n) {
    const std::size_t u0 = offsets_.u[p.i], u1 = offsets_.u[p.i + 1];
    const std::size_t v0 = offsets_.v[p.j], v1 = offsets_.v[p.j + 1];
    const std::array<std::size_t, 4> corner = {u0 + v0, u1 + v0, u0 + v1, u1 + v1};
    std::array<double, 4> sum{};  // of the two doses at each corner
    if (u1 == u0 + 1) {
      const CornerDoses doses = of_neighbours(lower_ + corner[0], lower_ + corner[2], upper_ + corner[0],
                                              upper_ + corner[2], sheet_.z0, sheet_.z1);
      out_.partial_least[n] = round_down(doses.least);
      out_.partial_most[n] = round_up(doses.most);
      sum = doses.sum;
    } else {
      double least = std::numeric_limits<double>::max(), most = 0.0;
      for (std::size_t q = 0; q < 4; ++q) {
        const Faces f = at(corner[q]);
        least = std::min(least, std::min(f.bottom, f.top));
        most = std::max(most, std::max(f.bottom, f.top));
        sum[q] = f.bottom + f.top;
      }
      out_.partial_least[n] = round_down(least);
      out_.partial_most[n] = round_up(most);
    }
    area_ += p.mm2;
    const double area = offsets_.wide[p.i] * offsets_.high[p.j];
    // Linear along z: its mean is the value half-way. Bilinear across: four moments.
    const auto [a, b, c, d] = sum;
    integral_ += 0.5 * (a * p.area + (b - a) * p.mx + (c - a) * p.my + (d - b - c + a) * p.mxy) * area;
  }

  const StructureCells& cut_;
  const DoseLattice& lattice_;
  const Offsets& offsets_;
  const Sheet& sheet_;
  const std::size_t number_;
  CellDoses& out_;
  const bool whole_;
  const float *lower_ = nullptr, *upper_ = nullptr;
  RowScratch columns_;
  float least_ = std::numeric_limits<float>::max(), most_ = 0.0F;
  double area_ = 0.0, integral_ = 0.0;
  CancelPoint cancel_point_;
};

// A cell counts as two halves, so far to both sides of the middle of its doses: what a plane that rises along all three
// axes has about it.
constexpr float kAside = 0.2F;
constexpr float kLastBin = static_cast<float>(kBins - 1);

// Of `count` cells; half(n): of the volume of the n-th.
template <typename Half>
void add_halves(const float* least, const float* most, std::size_t count, float per_gy, double* bins,
                const Half& half) {
  std::size_t n = 0;
#ifdef __SSE2__
  for (; n + 4 <= count; n += 4) {
    const __m128 from = _mm_loadu_ps(least + n), rise = _mm_sub_ps(_mm_loadu_ps(most + n), from);
    const auto bins_of = [&](float part) {
      const __m128 dose = _mm_add_ps(from, _mm_mul_ps(_mm_set1_ps(part), rise));
      return _mm_cvttps_epi32(_mm_min_ps(_mm_mul_ps(dose, _mm_set1_ps(per_gy)), _mm_set1_ps(kLastBin)));
    };
    alignas(16) std::array<std::int32_t, 8> bin;
    _mm_store_si128(reinterpret_cast<__m128i*>(bin.data()), bins_of(0.5F - kAside));
    _mm_store_si128(reinterpret_cast<__m128i*>(bin.data() + 4), bins_of(0.5F + kAside));
    for (std::size_t k = 0; k < 4; ++k) {
      const double volume = half(n + k);
      bins[bin[k]] += volume;
      bins[bin[4 + k]] += volume;
    }
  }
#endif
  for (; n < count; ++n) {
    const float rise = most[n] - least[n];
    const auto bin = [&](float part) {
      return static_cast<std::int32_t>(std::min((least[n] + part * rise) * per_gy, kLastBin));
    };
    const double volume = half(n);
    bins[bin(0.5F - kAside)] += volume;
    bins[bin(0.5F + kAside)] += volume;
  }
}

// False: the host cancelled.
bool find_spread(const StructureCells& cut, const CellDoses& cells, double hottest, const Host& host,
                 CellDoses::Spread& out) {
  out.width = hottest / static_cast<double>(kBins - 1);
  out.above.assign(kBins + 1, 0.0);
  if (!(out.width > 0.0)) return true;
  const auto per_gy = static_cast<float>(1.0 / out.width);
  std::vector<std::vector<double>> chunks(kChunks, std::vector<double>(kBins, 0.0));
  const std::size_t sheets = cut.sheets.size();
  const bool went_on = parallel_for(host, kChunks, [&](std::size_t chunk) {
    CancelPoint cancel_point(host.workers);
    std::vector<double>& bins = chunks[chunk];
    for (std::size_t s = sheets * chunk / kChunks; s < sheets * (chunk + 1) / kChunks; ++s) {
      const Sheet& sheet = cut.sheets[s];
      const double height = cut.height_mm(sheet);
      cancel_point.step(1 + (sheet.run_count + sheet.part_count) / 16);
      std::size_t n = sheet.first_full;
      for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
        const Run& run = cut.runs[r];
        const double half = 0.5 * cut.cross_section_mm2(run.i, run.j) * height;
        add_halves(cells.full_least.data() + n, cells.full_most.data() + n, run.count, per_gy, bins.data(),
                   [half](std::size_t) { return half; });
        n += run.count;
      }
      const Part* parts = cut.parts.data() + sheet.first_part;
      add_halves(cells.partial_least.data() + sheet.first_partial, cells.partial_most.data() + sheet.first_partial,
                 sheet.part_count, per_gy, bins.data(), [=](std::size_t k) { return 0.5 * parts[k].mm2 * height; });
    }
  });
  if (!went_on) return false;
  for (std::size_t b = 0; b < kBins; ++b) {
    for (const auto& bins : chunks) out.above[b] += bins[b];
  }
  for (std::size_t b = kBins; b-- > 0;) out.above[b] += out.above[b + 1];
  return true;
}

}  // namespace

Corners corners_of(const StructureCells& cut, const DoseGrid& grid, const Sheet& sheet, std::size_t i, std::size_t j) {
  const DoseLattice& lattice = cut.lattice;
  const float* values = grid.values().data();
  const std::size_t u0 = lattice.offset(0, i), u1 = lattice.offset(0, i + 1);
  const std::size_t v0 = lattice.offset(1, j), v1 = lattice.offset(1, j + 1);
  const std::size_t w0 = lattice.offset(2, sheet.k), w1 = lattice.offset(2, sheet.k + 1);
  const std::array<std::size_t, 4> across = {u0 + v0, u1 + v0, u0 + v1, u1 + v1};
  Corners f{};
  for (std::size_t q = 0; q < 4; ++q) {
    const double a = static_cast<double>(values[across[q] + w0]), b = static_cast<double>(values[across[q] + w1]);
    f[q] = a + sheet.z0 * (b - a);
    f[q + 4] = sheet.z1 == 1.0 ? b : a + sheet.z1 * (b - a);
  }
  return f;
}

bool fill(const StructureCells& cut, const DoseGrid& grid, std::size_t first_layer, std::size_t end_layer,
          const Host& host, CellDoses& out) {
  if (out.of_sheet.size() != cut.sheets.size()) {
    out.full_least.resize(cut.full_cells);
    out.full_most.resize(cut.full_cells);
    out.partial_least.resize(cut.partial_cells);
    out.partial_most.resize(cut.partial_cells);
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
  const Offsets offsets(cut.lattice);
  const bool filled = parallel_for(host, static_cast<std::size_t>(end - begin), [&](std::size_t n) {
    const std::size_t s = static_cast<std::size_t>(begin) + n;
    out.of_sheet[s] = SheetFiller(cut, grid, offsets, s, out, host.workers).run();
  });
  if (!filled) return false;
  out.hottest = find_hottest(cut, grid, out, host.workers);
  return find_spread(cut, out, out.hottest.dose, host, out.spread);
}

double CellDoses::Spread::crossing(double mm3) const {
  const auto end = std::partition_point(above.begin(), above.end(), [&](double v) { return v >= mm3; });
  if (end == above.begin() || end == above.end())
    return end == above.end() ? width * static_cast<double>(above.size()) : 0.0;
  const double before = *(end - 1), after = *end;
  return width * (static_cast<double>(end - above.begin()) - 1.0 + (before - mm3) / (before - after));
}

}  // namespace dosegate
