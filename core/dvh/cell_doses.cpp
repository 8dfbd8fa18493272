#include "core/dvh/cell_doses.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <span>

#include "core/dvh/dose_spread.h"
#include "core/dvh/part_doses.h"
#include "core/dvh/row_doses.h"

namespace dosegate {
namespace {

constexpr std::size_t kAhead = 24;  // runs: memory answers after as long as it takes to fill in some ten of them

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
    const std::span<const Run> runs = std::span(cut_.runs).subspan(sheet_.first_run, sheet_.run_count);
    for (const Run& run : runs.first(std::min(kAhead, runs.size()))) fetch(run);
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
      const auto after = parts.subspan(some.size());
      for (const Part& part : after.first(std::min(CellDoses::kBlock, after.size()))) fetch(part);
      cancel_point_.step(some.size());
      const PartDoses of = fill_parts(doses_, offsets_, some, out_.partial_least.data() + n,
                                      out_.partial_most.data() + n, out_.partial_mean.data() + n);
      out_.of_block[block] = {{of.least, of.most}, of.mm2 * height};
      least_ = std::min(least_, of.least);
      most_ = std::max(most_, of.most);
      area_ += of.mm2;
      of_faces += (of.both_faces[0] + of.both_faces[1]) + (of.both_faces[2] + of.both_faces[3]);
      parts = after;
      n += some.size();
    }
    // Linear along z: its mean is that of the two faces.
    return {least_, most_, area_ * height, (integral_ + 0.5 * of_faces) * height};
  }

 private:
  // Rows are short, and the next one lies elsewhere: what it will need is on its way before it is needed. Inlined: of a
  // call that does nothing else GCC thinks that it does nothing, and leaves it out.
#if defined(__GNUC__)
  [[gnu::always_inline]] void fetch(const Run& r) const {
    const std::size_t row = lattice_.offset(0, r.i) + lattice_.offset(1, r.j + 1);
    constexpr std::size_t kLine = 16;  // floats
    for (const float* layer : {doses_.low, doses_.high}) {
      for (std::size_t n = 0; n < r.count; n += kLine) __builtin_prefetch(layer + row + n);
      __builtin_prefetch(layer + row + r.count);  // a row begins anywhere in a line
    }
  }
  // A contour goes from row to row.
  [[gnu::always_inline]] void fetch(const Part& part) const {
    const std::size_t near = offsets_.u[part.i] + offsets_.v[part.j], far = offsets_.u[part.i] + offsets_.v[part.j + 1];
    for (const float* layer : {doses_.low, doses_.high}) {
      __builtin_prefetch(layer + near);
      __builtin_prefetch(layer + far);
    }
  }
#else
  void fetch(const Run&) const {}
  void fetch(const Part&) const {}
#endif

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
  const auto [begin, end] = cut.sheets_of(first_layer, end_layer);
  const NodeOffsets offsets(cut.lattice);
  const bool filled = parallel_for(host, end - begin, [&, first = begin](std::size_t n) {
    const std::size_t s = first + n;
    out.of_sheet[s] = SheetFiller(cut, grid, offsets, s, out, host.workers).run();
  });
  if (!filled) return false;
  out.hottest = find_hottest(cut, grid, out, host.workers);
  return find_spread(cut, out, out.hottest.dose, host, out.spread);
}

}  // namespace dosegate
