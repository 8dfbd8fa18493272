#include "core/dvh/structure_cells.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <span>
#include <utility>

#include "core/dvh/row_cutter.h"
#include "core/geometry/trapezoids.h"

namespace dosegate {
namespace {

constexpr std::int64_t kMostWork = 200'000'000;  // of one structure: some 3 s; structures of patients take 0.1 million
constexpr std::size_t kMaxCells = 20'000'000;

constexpr std::size_t kMostExpected = 10'000;  // corners of a slab

std::size_t corners_of(const Slab& slab) {
  std::size_t count = 0;
  for (const Ring& ring : *slab.include) count += ring.size();
  return count;
}

bool same(const Section& a, const Section& b) { return a == b || (a && b && *a == *b); }

bool same(const std::vector<Section>& a, const std::vector<Section>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Section& x, const Section& y) { return same(x, y); });
}

bool same_section(const Slab& a, const Slab& b) {
  return same(a.include, b.include) && same(a.also, b.also) && same(a.within, b.within) && same(a.exclude, b.exclude);
}

// The slab of `before` that lies where `slab` does and has its section; none: null.
const KeptSlab* find_before(const CellsBefore& before, const Slab& slab) {
  const auto& slabs = before.stack->slabs;
  const double middle = 0.5 * (slab.lo + slab.hi);
  const auto found = std::partition_point(slabs.begin(), slabs.end(), [&](const Slab& s) { return s.hi <= middle; });
  if (found == slabs.end() || found->lo > middle || !same_section(*found, slab)) return nullptr;
  return &before.cut->slabs[static_cast<std::size_t>(found - slabs.begin())];
}

void take(const StructureCells& from, const KeptSlab& slab, SlabCells& out) {
  out.runs = slab.runs;
  const auto parts = std::span(from.parts).subspan(slab.first_part, slab.part_count);
  out.parts.assign(parts.begin(), parts.end());
  for (Part& part : out.parts) part.first -= static_cast<std::uint32_t>(slab.first_piece);
  const auto pieces = std::span(from.pieces).subspan(slab.first_piece, slab.piece_count);
  out.pieces.assign(pieces.begin(), pieces.end());
  out.area = slab.area;
  out.inside_area = slab.inside_area;
  out.work = slab.work;
}

bool comes_before(const Run& a, const Run& b) { return a.j != b.j ? a.j < b.j : a.i < b.i; }

// The cells that both have.
std::vector<Run> common(const std::vector<Run>& a, const std::vector<Run>& b) {
  std::vector<Run> out;
  for (std::size_t x = 0, y = 0; x < a.size() && y < b.size();) {
    const Run &p = a[x], &q = b[y];
    const std::uint32_t lo = std::max(p.i, q.i), hi = std::min(p.i + p.count, q.i + q.count);
    if (p.j == q.j && lo < hi) out.push_back({p.j, lo, hi - lo});
    const Run p_end{p.j, p.i + p.count, 0}, q_end{q.j, q.i + q.count, 0};
    comes_before(p_end, q_end) ? ++x : ++y;
  }
  return out;
}

// The cells of `a` without those of `b`, which is a part of it.
std::vector<Run> without(const std::vector<Run>& a, const std::vector<Run>& b) {
  std::vector<Run> out;
  std::size_t y = 0;
  for (const Run& p : a) {
    std::uint32_t from = p.i;
    const std::uint32_t end = p.i + p.count;
    for (; y < b.size() && b[y].j == p.j && b[y].i < end; ++y) {
      if (b[y].i > from) out.push_back({p.j, from, b[y].i - from});
      from = b[y].i + b[y].count;
    }
    if (from < end) out.push_back({p.j, from, end - from});
  }
  return out;
}

Volume largest_cell(const DoseLattice& lattice) {
  double mm3 = 1.0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    double widest = 0.0;
    for (std::size_t n = 0; n < lattice.cells(axis); ++n) widest = std::max(widest, lattice.width(axis, n));
    mm3 *= widest;
  }
  return Volume::mm3(mm3);
}

class Assembler {
 public:
  Assembler(StructureCells& cut, const SlabStack& stack, std::vector<SlabCells>& slabs)
      : cut_(cut), stack_(stack), slabs_(slabs) {}

  void run() {
    for (auto& slab : slabs_) {
      first_part_.push_back(static_cast<std::uint32_t>(cut_.parts.size()));
      const auto first_piece = static_cast<std::uint32_t>(cut_.pieces.size());
      for (Part part : slab.parts) {
        part.first += first_piece;
        cut_.parts.push_back(part);
      }
      cut_.pieces.insert(cut_.pieces.end(), slab.pieces.begin(), slab.pieces.end());
      cut_.slabs.push_back({slab.area,
                            slab.inside_area,
                            slab.work,
                            {},
                            first_part_.back(),
                            static_cast<std::uint32_t>(slab.parts.size()),
                            first_piece,
                            slab.pieces.size()});
      slab.pieces = {};
    }
    first_part_.push_back(static_cast<std::uint32_t>(cut_.parts.size()));
    const auto& w = cut_.lattice.nodes(2);
    for (std::size_t k = 0; k + 1 < w.size(); ++k) add_layer(static_cast<std::uint32_t>(k), w[k], w[k + 1]);
    for (std::size_t s = 0; s < slabs_.size(); ++s) cut_.slabs[s].runs = std::move(slabs_[s].runs);
  }

 private:
  struct Share {  // a slab's of a layer
    std::size_t slab;
    double z0, z1;
  };

  void add_layer(std::uint32_t k, double lo, double hi) {
    std::vector<Share> shares;
    while (next_ < stack_.slabs.size() && stack_.slabs[next_].hi <= lo) ++next_;
    bool tiled = true;
    double covered_to = lo;
    for (std::size_t s = next_; s < stack_.slabs.size() && stack_.slabs[s].lo < hi; ++s) {
      const double from = std::max(lo, stack_.slabs[s].lo), to = std::min(hi, stack_.slabs[s].hi);
      if (to <= from) continue;
      tiled = tiled && from == covered_to;
      covered_to = to;
      shares.push_back({s, from == lo ? 0.0 : (from - lo) / (hi - lo), to == hi ? 1.0 : (to - lo) / (hi - lo)});
    }
    if (shares.empty()) return;
    // Cells that every slab of the layer fills are whole.
    std::vector<Run> whole;
    if (tiled && covered_to == hi && shares.size() > 1) {
      whole = slabs_[shares.front().slab].runs;
      for (std::size_t n = 1; n < shares.size(); ++n) whole = common(whole, slabs_[shares[n].slab].runs);
      if (!whole.empty()) add_sheet(k, 0.0, 1.0, whole, 0, 0);
    }
    for (const Share& share : shares) {
      const auto& runs = slabs_[share.slab].runs;
      add_sheet(k, share.z0, share.z1, whole.empty() ? runs : without(runs, whole), first_part_[share.slab],
                first_part_[share.slab + 1] - first_part_[share.slab]);
    }
  }

  void add_sheet(std::uint32_t k, double z0, double z1, const std::vector<Run>& runs, std::uint32_t first_part,
                 std::uint32_t part_count) {
    if (runs.empty() && part_count == 0) return;
    const Sheet sheet{k,
                      z0,
                      z1,
                      static_cast<std::uint32_t>(cut_.runs.size()),
                      static_cast<std::uint32_t>(runs.size()),
                      first_part,
                      part_count,
                      cut_.full_cells,
                      cut_.partial_cells};
    cut_.sheets.push_back(sheet);
    cut_.runs.insert(cut_.runs.end(), runs.begin(), runs.end());
    for (const Run& run : runs) cut_.full_cells += run.count;
    cut_.partial_cells += part_count;
    add_rim(sheet);
  }

  void add_rim(const Sheet& sheet) {
    const DoseLattice& lattice = cut_.lattice;
    const double height = cut_.height_mm(sheet);
    const bool all = lattice.is_rim(2, sheet.k);
    double mm3 = 0.0;
    for (const Run& run : std::span(cut_.runs).subspan(sheet.first_run, sheet.run_count)) {
      if (all || lattice.is_rim(1, run.j) || lattice.is_rim(0, run.i)) {
        mm3 += run.count * cut_.cross_section_mm2(run.i, run.j) * height;
      }
    }
    for (const Part& part : std::span(cut_.parts).subspan(sheet.first_part, sheet.part_count)) {
      if (all || lattice.is_rim(1, part.j) || lattice.is_rim(0, part.i)) {
        mm3 += part.mm2 * height;
      }
    }
    cut_.rim = cut_.rim + Volume::mm3(mm3);
  }

  StructureCells& cut_;
  const SlabStack& stack_;
  std::vector<SlabCells>& slabs_;
  std::vector<std::uint32_t> first_part_;
  std::size_t next_ = 0;
};

}  // namespace

Result<StructureCells> cut_into_cells(const SlabStack& stack, const DoseGrid& grid, const Host& host,
                                      const CellsBefore* before) {
  if (!(stack.frame == grid.orientation())) {
    return Error{ErrorCode::kNotEvaluable, "", "The structure is not drawn along the axes of the dose grid."};
  }
  StructureCells out{DoseLattice(grid, stack.axis), {}, {}, {}, {}, {}, 0, 0, {}, {}, {}, {}, stack.off};
  const DoseLattice& lattice = out.lattice;
  std::vector<SlabCells> slabs(stack.slabs.size());
  // Of all slabs, so that the answer does not depend on their order; what goes beyond decides it, and no further slab
  // is cut.
  std::atomic<std::size_t> all_pieces{0};
  std::atomic<std::int64_t> all_work{0};
  const auto is_too_complex = [&] { return all_work > kMostWork || all_pieces > kMaxPieces; };
  if (before != nullptr && !(before->cut->lattice == lattice)) before = nullptr;
  const bool went_on = parallel_for(host, slabs.size(), [&](std::size_t s) {
    if (is_too_complex()) return;
    const KeptSlab* known = before != nullptr ? find_before(*before, stack.slabs[s]) : nullptr;
    if (known != nullptr) {
      take(*before->cut, *known, slabs[s]);
      all_work += known->work;
      all_pieces += known->piece_count;
      return;
    }
    // About as many as there will be of contours that cross few columns between two corners.
    const std::size_t expected = std::min(corners_of(stack.slabs[s]), kMostExpected);
    slabs[s].pieces.reserve(3 * expected);
    slabs[s].parts.reserve(expected);
    const std::int64_t left = kMostWork - all_work;
    std::int64_t budget = left;
    RowCutter cutter(lattice, slabs[s], budget, all_pieces, host.workers);
    const auto add = [&](const Trapezoid& t) { cutter.add(t); };
    const Status cut = decompose(stack.slabs[s], lattice.nodes(1), budget, add, host.workers);
    cutter.finish();
    slabs[s].work = left - budget;
    all_work += cut && budget >= 0 ? slabs[s].work : kMostWork + 1;
  });
  if (!went_on) return Error{ErrorCode::kCancelled, "", "The host cancelled the calculation."};
  if (is_too_complex()) return Error{ErrorCode::kLimitExceeded, "", "The contours are too complex to be evaluated."};
  const auto& w = lattice.nodes(2);
  double total = 0.0, outside = 0.0;
  std::size_t cells = 0, parts = 0;
  for (std::size_t s = 0; s < slabs.size(); ++s) {
    const Slab& slab = stack.slabs[s];
    const double inside = std::max(0.0, std::min(slab.hi, w.back()) - std::max(slab.lo, w.front()));
    const double beyond = std::max(0.0, slabs[s].area - slabs[s].inside_area);
    total += slabs[s].area * (slab.hi - slab.lo);
    outside += slabs[s].area * (slab.hi - slab.lo - inside) + beyond * inside;
    parts += slabs[s].parts.size();
    const auto layers = std::upper_bound(w.begin(), w.end(), slab.hi) - std::lower_bound(w.begin(), w.end(), slab.lo);
    std::size_t in_slab = slabs[s].parts.size();
    for (const Run& run : slabs[s].runs) in_slab += run.count;
    cells += in_slab * static_cast<std::size_t>(layers + 1);
    if (cells > kMaxCells) {
      return Error{ErrorCode::kLimitExceeded, "",
                   "The structure and the dose grid give more pieces than can be evaluated."};
    }
  }
  if (!(total > 0.0)) return Error{ErrorCode::kNotEvaluable, "", "The contours enclose no volume."};
  out.parts.reserve(parts);
  out.pieces.reserve(all_pieces);
  Assembler(out, stack, slabs).run();
  out.total = Volume::mm3(total);
  out.largest_cell = largest_cell(lattice);
  // Sums in another order differ in the last digits; less than this is none.
  out.outside = Volume::mm3(outside > 1e-9 * total ? outside : 0.0);
  return out;
}

std::pair<std::size_t, std::size_t> StructureCells::sheets_of(std::size_t first_layer, std::size_t end_layer) const {
  const auto before = [&](std::size_t layer) {
    const auto at = std::partition_point(sheets.begin(), sheets.end(), [&](const Sheet& s) { return s.k < layer; });
    return static_cast<std::size_t>(at - sheets.begin());
  };
  return {before(first_layer), before(end_layer)};
}

}  // namespace dosegate
