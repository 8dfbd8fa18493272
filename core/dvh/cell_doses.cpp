#include "core/dvh/cell_doses.h"

#include <algorithm>
#include <bit>
#include <limits>

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

// A sheet's doses along one row of nodes, on its two faces.
struct NodeRow {
  std::vector<double> bottom, top;
  std::vector<double> least, most, sum;  // of both faces
};

class SheetFiller {
 public:
  SheetFiller(const Cut& cut, const DoseGrid& grid, const Sheet& sheet, CellDoses& out)
      : cut_(cut), sheet_(sheet), out_(out), values_(grid.values().data()) {
    const Lattice& lattice = cut.lattice;
    lower_ = lattice.offset(2, sheet.k);
    upper_ = lattice.offset(2, sheet.k + 1);
    const auto runs = std::span(cut.runs).subspan(sheet.first_run, sheet.run_count);
    const auto parts = std::span(cut.parts).subspan(sheet.first_part, sheet.part_count);
    std::size_t begin = lattice.cells(0), end = 0;
    for (const Run& r : runs) {
      begin = std::min<std::size_t>(begin, r.i);
      end = std::max<std::size_t>(end, r.i + r.count);
    }
    for (const Part& p : parts) {
      begin = std::min<std::size_t>(begin, p.i);
      end = std::max<std::size_t>(end, p.i + 1);
    }
    first_ = begin;
    const std::size_t nodes = end - begin + 1;
    for (NodeRow* row : {&near_, &far_}) {
      for (auto* v : {&row->bottom, &row->top, &row->least, &row->most, &row->sum}) v->resize(nodes);
    }
    run_ = runs.data();
    runs_end_ = run_ + runs.size();
    part_ = parts.data();
    parts_end_ = part_ + parts.size();
  }

  double run() {
    std::size_t full = sheet_.first_full, partial = sheet_.first_partial;
    constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t far_is = kNone;
    while (run_ != runs_end_ || part_ != parts_end_) {
      const std::uint32_t j = std::min(run_ != runs_end_ ? run_->j : kNone, part_ != parts_end_ ? part_->j : kNone);
      if (far_is == j) {
        std::swap(near_, far_);
      } else {
        load(near_, j);
      }
      load(far_, j + 1);
      far_is = j + 1;
      for (; run_ != runs_end_ && run_->j == j; ++run_) {
        fill_run(*run_, full);
        full += run_->count;
      }
      for (; part_ != parts_end_ && part_->j == j; ++part_) fill_part(*part_, partial++);
    }
    return integral_ * cut_.height_mm(sheet_);
  }

 private:
  void load(NodeRow& row, std::size_t j) {
    const Lattice& lattice = cut_.lattice;
    const std::size_t across = lattice.offset(1, j);
    const float* lower = values_ + lower_ + across;
    const float* upper = values_ + upper_ + across;
    const std::size_t nodes = row.sum.size();
    const double z0 = sheet_.z0, z1 = sheet_.z1;
    const std::size_t stride = lattice.stride(0);
    const auto put = [&](std::size_t n, std::size_t at) {
      const double a = static_cast<double>(lower[at]), rise = static_cast<double>(upper[at]) - a;
      const double bottom = a + z0 * rise, top = z1 == 1.0 ? static_cast<double>(upper[at]) : a + z1 * rise;
      row.bottom[n] = bottom;
      row.top[n] = top;
      row.least[n] = std::min(bottom, top);
      row.most[n] = std::max(bottom, top);
      row.sum[n] = bottom + top;
    };
    // Inner nodes one after the other; the two outermost repeat their neighbour's voxel.
    const std::size_t begin = first_ == 0 ? 1 : 0, last_node = lattice.cells(0);
    const std::size_t end = first_ + nodes - 1 == last_node ? nodes - 1 : nodes;
    const std::size_t from = first_ + begin - 1;  // voxel of the first inner node
    if (begin == 1) put(0, lattice.offset(0, 0));
    if (stride == 1) {
      for (std::size_t n = begin; n < end; ++n) put(n, from + (n - begin));
    } else {
      for (std::size_t n = begin; n < end; ++n) put(n, (from + (n - begin)) * stride);
    }
    if (end < nodes) put(end, lattice.offset(0, last_node));
  }

  void fill_run(const Run& r, std::size_t at) {
    const std::size_t begin = r.i - first_;
    const double* least0 = near_.least.data() + begin;
    const double* least1 = far_.least.data() + begin;
    const double* most0 = near_.most.data() + begin;
    const double* most1 = far_.most.data() + begin;
    float* least = out_.full_least.data() + at;
    float* most = out_.full_most.data() + at;
    for (std::size_t n = 0; n < r.count; ++n) {
      least[n] = round_down(std::min(std::min(least0[n], least0[n + 1]), std::min(least1[n], least1[n + 1])));
      most[n] = round_up(std::max(std::max(most0[n], most0[n + 1]), std::max(most1[n], most1[n + 1])));
    }
    // Each node counts for the cells on both its sides.
    const double* sum0 = near_.sum.data() + begin;
    const double* sum1 = far_.sum.data() + begin;
    double inner = 0.0;
    for (std::size_t n = 1; n < r.count; ++n) inner += sum0[n] + sum1[n];
    const double ends = sum0[0] + sum1[0] + sum0[r.count] + sum1[r.count];
    integral_ += (2.0 * inner + ends) / 8.0 * cut_.cross_section_mm2(r.i, r.j);
  }

  void fill_part(const Part& p, std::size_t at) {
    const std::size_t n = p.i - first_;
    out_.partial_least[at] =
        round_down(std::min(std::min(near_.least[n], near_.least[n + 1]), std::min(far_.least[n], far_.least[n + 1])));
    out_.partial_most[at] =
        round_up(std::max(std::max(near_.most[n], near_.most[n + 1]), std::max(far_.most[n], far_.most[n + 1])));
    // Linear along z: its mean is the value half-way. Bilinear across: four moments.
    const double a = near_.sum[n], b = near_.sum[n + 1], c = far_.sum[n], d = far_.sum[n + 1];
    integral_ += 0.5 * (a * p.area + (b - a) * p.mx + (c - a) * p.my + (d - b - c + a) * p.mxy) *
                 cut_.cross_section_mm2(p.i, p.j);
  }

  const Cut& cut_;
  const Sheet& sheet_;
  CellDoses& out_;
  const float* values_;
  std::size_t lower_ = 0, upper_ = 0, first_ = 0;
  const Run *run_ = nullptr, *runs_end_ = nullptr;
  const Part *part_ = nullptr, *parts_end_ = nullptr;
  NodeRow near_, far_;
  double integral_ = 0.0;
};

// Volumes by bin, as differences: what lies in a bin, and how much more than the one before a bin gets of cells that
// span it whole.
struct Bins {
  std::vector<double> part, rise;

  explicit Bins(std::size_t count) : part(count + 1, 0.0), rise(count + 1, 0.0) {}

  void add(float least, float most, float per_gy, double volume) {
    const float lo = least * per_gy, hi = most * per_gy;
    const auto first = std::min(static_cast<std::size_t>(lo), kBins - 1), last = std::min(static_cast<std::size_t>(hi), kBins - 1);
    if (first == last) {
      part[first] += volume;
      return;
    }
    const double per_bin = volume / static_cast<double>(hi - lo);
    part[first] += per_bin * static_cast<double>(static_cast<float>(first + 1) - lo);
    part[last] += per_bin * static_cast<double>(hi - static_cast<float>(last));
    rise[first + 1] += per_bin;
    rise[last] -= per_bin;
  }
};

CellDoses::Spread spread_of(const Cut& cut, const CellDoses& cells, double hottest, const Host& host) {
  CellDoses::Spread out;
  out.width = hottest / static_cast<double>(kBins - 1);
  out.above.assign(kBins + 1, 0.0);
  if (!(out.width > 0.0)) return out;
  const auto per_gy = static_cast<float>(1.0 / out.width);
  std::vector<Bins> chunks(kChunks, Bins(kBins));
  const std::size_t sheets = cut.sheets.size();
  Host uninterrupted = host;
  uninterrupted.should_cancel = nullptr;
  parallel_for(uninterrupted, kChunks, [&](std::size_t chunk) {
    Bins& bins = chunks[chunk];
    for (std::size_t s = sheets * chunk / kChunks; s < sheets * (chunk + 1) / kChunks; ++s) {
      const Sheet& sheet = cut.sheets[s];
      const double height = cut.height_mm(sheet);
      std::size_t n = sheet.first_full;
      for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
        const Run& run = cut.runs[r];
        const double volume = cut.cross_section_mm2(run.i, run.j) * height;
        for (const std::size_t end = n + run.count; n < end; ++n) {
          bins.add(cells.full_least[n], cells.full_most[n], per_gy, volume);
        }
      }
      n = sheet.first_partial;
      for (std::size_t p = sheet.first_part; p < sheet.first_part + sheet.part_count; ++p, ++n) {
        const Part& part = cut.parts[p];
        bins.add(cells.partial_least[n], cells.partial_most[n], per_gy,
                 part.area * cut.cross_section_mm2(part.i, part.j) * height);
      }
    }
  });
  double spanning = 0.0;
  for (std::size_t b = 0; b < kBins; ++b) {
    for (const Bins& bins : chunks) {
      spanning += bins.rise[b];
      out.above[b] += bins.part[b];
    }
    out.above[b] += spanning;
  }
  for (std::size_t b = kBins; b-- > 0;) out.above[b] += out.above[b + 1];
  return out;
}

}  // namespace

Corners corners_of(const Cut& cut, const DoseGrid& grid, const Sheet& sheet, std::size_t i, std::size_t j) {
  const Lattice& lattice = cut.lattice;
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

bool fill(const Cut& cut, const DoseGrid& grid, std::size_t first_layer, std::size_t end_layer, const Host& host,
          CellDoses& out) {
  if (out.integral.size() != cut.sheets.size()) {
    out.full_least.resize(cut.full_cells);
    out.full_most.resize(cut.full_cells);
    out.partial_least.resize(cut.partial_cells);
    out.partial_most.resize(cut.partial_cells);
    out.integral.assign(cut.sheets.size(), 0.0);
    first_layer = 0;
    end_layer = cut.lattice.cells(2);
  }
  const auto begin =
      std::partition_point(cut.sheets.begin(), cut.sheets.end(), [&](const Sheet& s) { return s.k < first_layer; }) -
      cut.sheets.begin();
  const auto end =
      std::partition_point(cut.sheets.begin(), cut.sheets.end(), [&](const Sheet& s) { return s.k < end_layer; }) -
      cut.sheets.begin();
  const bool filled = parallel_for(host, static_cast<std::size_t>(end - begin), [&](std::size_t n) {
    const std::size_t s = static_cast<std::size_t>(begin) + n;
    out.integral[s] = SheetFiller(cut, grid, cut.sheets[s], out).run();
  });
  if (!filled) return false;
  out.coldest = find_coldest(cut, grid, out);
  out.hottest = find_hottest(cut, grid, out);
  out.spread = spread_of(cut, out, out.hottest.dose, host);
  return true;
}

double CellDoses::Spread::crossing(double mm3) const {
  const auto end = std::partition_point(above.begin(), above.end(), [&](double v) { return v >= mm3; });
  if (end == above.begin() || end == above.end()) return end == above.end() ? width * static_cast<double>(above.size()) : 0.0;
  const double before = *(end - 1), after = *end;
  return width * (static_cast<double>(end - above.begin()) - 1.0 + (before - mm3) / (before - after));
}

}  // namespace dosegate
