// Minimum and maximum: on corners of full cells, on corners and edges of partial ones.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "core/dvh/cell_doses.h"

namespace dosegate {
namespace {

// The hottest point is looked for while the doses of other structures are filled in; the coldest when a rule asks, and
// the rule then often is the last one.
constexpr std::size_t kChunksOfColdest = 4;

struct Found {
  double dose = 0.0;
  std::array<double, 3> at{};  // x, y, z of the cell
  bool any = false;
};

// Linear along z: extremes lie on the two faces. Bilinear there, and its only stationary point is a saddle: they lie on
// the pieces' edges. A parabola on an edge: its ends and its vertex.
template <typename Better>
Found extreme_on(const Corners& f, Patch patch, const Better& better) {
  Found found;
  struct Point {
    double x, y;
  };
  const bool whole = patch.data() == kWholeCell.data();  // linear along its edges
  for (const auto& p : patch) {
    const std::array<Point, 4> corner = {{{p.left0, p.y0}, {p.right0, p.y0}, {p.right1, p.y1}, {p.left1, p.y1}}};
    for (const bool upper : {false, true}) {
      const auto visit = [&](const Point& at, double dose) {
        if (!found.any || better(dose, found.dose)) found = {dose, {at.x, at.y, upper ? 1.0 : 0.0}, true};
      };
      const auto value = [&](const Point& at) { return value_on_face(f, upper, at.x, at.y); };
      std::array<double, 4> dose{};
      for (std::size_t n = 0; n < 4; ++n) dose[n] = value(corner[n]);
      for (std::size_t n = 0; n < 4; ++n) {
        const Point &a = corner[n], &b = corner[(n + 1) % 4];
        visit(a, dose[n]);
        if (whole) continue;
        const auto along = [&](double k) { return Point{a.x + k * (b.x - a.x), a.y + k * (b.y - a.y)}; };
        const double f0 = dose[n], f1 = value(along(0.5)), f2 = dose[(n + 1) % 4];
        const double curvature = 2.0 * (f0 - 2.0 * f1 + f2), slope = 4.0 * f1 - 3.0 * f0 - f2;
        if (curvature == 0.0) continue;
        const double k = -slope / (2.0 * curvature);
        if (k > 0.0 && k < 1.0) visit(along(k), value(along(k)));
      }
    }
  }
  return found;
}

// What no dose on the patch is better than: the best corner of its bounding box.
template <typename Better>
double bound_on(const Corners& f, Patch patch, const Better& better) {
  double x0 = 1.0, x1 = 0.0, y0 = 1.0, y1 = 0.0;
  for (const auto& p : patch) {
    x0 = std::min({x0, p.left0, p.left1});
    x1 = std::max({x1, p.right0, p.right1});
    y0 = std::min(y0, p.y0);
    y1 = std::max(y1, p.y1);
  }
  double best = value_on_face(f, false, x0, y0);
  for (const bool upper : {false, true}) {
    for (const double y : {y0, y1}) {
      for (const double x : {x0, x1}) {
        const double dose = value_on_face(f, upper, x, y);
        if (better(dose, best)) best = dose;
      }
    }
  }
  return best;
}

// Looks at the cells whose own bound is better than what was found, the sheet with the best bound first, the others in
// `chunks` that the call's threads share out among themselves: the answer is the same for any number. `bound` and
// `end`: which end of a range of doses counts.
template <typename Better>
CellDoses::Extreme search(const StructureCells& cut, const DoseGrid& grid, const CellDoses& cells,
                          const std::vector<float>& full, const std::vector<float>& partial,
                          float CellDoses::OfSheet::*bound, float CellDoses::Range::*end, const Better& better,
                          std::size_t chunks, Workers* workers) {
  struct Best {
    Found found;
    CellDoses::Extreme extreme;
  };
  const auto look = [&](Best& of, const Sheet& sheet, std::size_t i, std::size_t j, Patch patch) {
    Found& best = of.found;
    const Corners corners = corners_of(cut, grid, sheet, i, j);
    // The patch may fill a small part of its cell.
    if (best.any && patch.size() > 0 && !better(bound_on(corners, patch, better), best.dose)) return;
    const Found found = extreme_on(corners, patch, better);
    if (!found.any || (best.any && !better(found.dose, best.dose))) return;
    best = found;
    const auto along = [&](std::size_t axis, std::size_t cell, double part) {
      const auto& nodes = cut.lattice.nodes(axis);
      return nodes[cell] + part * (nodes[cell + 1] - nodes[cell]);
    };
    of.extreme = {found.dose,
                  {along(0, i, found.at[0]), along(1, j, found.at[1]),
                   along(2, sheet.k, sheet.z0 + found.at[2] * (sheet.z1 - sheet.z0))}};
  };
  const auto bound_of = [&](std::size_t s) { return cells.of_sheet[s].*bound; };
  const auto look_through = [&](std::size_t s, Best& best, CancelPoint& cancel_point) {
    const auto may_be_better = [&](float range_end) {
      return !best.found.any || better(static_cast<double>(range_end), best.found.dose);
    };
    const Sheet& sheet = cut.sheets[s];
    if (!may_be_better(bound_of(s))) return;
    std::size_t n = sheet.first_full;
    for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
      const Run& run = cut.runs[r];
      cancel_point.step();
      if (may_be_better(cells.of_run[r].*end)) {
        cancel_point.step(run.count / 64);
        for (std::uint32_t c = 0; c < run.count; ++c) {
          if (may_be_better(full[n + c])) look(best, sheet, run.i + c, run.j, kWholeCell);
        }
      }
      n += run.count;
    }
    n = sheet.first_partial;
    std::size_t block = CellDoses::first_block(sheet, s);
    const std::size_t end_part = sheet.first_part + sheet.part_count;
    for (std::size_t p = sheet.first_part; p < end_part; ++block) {
      const std::size_t last = std::min(p + CellDoses::kBlock, end_part);
      cancel_point.step();
      if (!may_be_better(cells.of_block[block].range.*end)) {
        n += last - p;
        p = last;
        continue;
      }
      for (; p < last; ++p, ++n) {
        if (!may_be_better(partial[n])) continue;
        const Part& part = cut.parts[p];
        cancel_point.step(1 + 2 * std::size_t{part.count});
        look(best, sheet, part.i, part.j, cut.patch(part));
      }
    }
  };
  // The most promising first: it leaves little to look at.
  std::size_t first = 0;
  for (std::size_t s = 1; s < cut.sheets.size(); ++s) {
    if (better(static_cast<double>(bound_of(s)), static_cast<double>(bound_of(first)))) first = s;
  }
  if (cut.sheets.empty()) return {};
  std::vector<Best> of(chunks);
  CancelPoint of_first(workers);
  look_through(first, of[0], of_first);
  std::fill(of.begin(), of.end(), of[0]);
  share_out(workers, chunks, [&](std::size_t chunk) {
    CancelPoint cancel_point(workers);
    const std::size_t sheets = cut.sheets.size();
    for (std::size_t s = sheets * chunk / chunks; s < sheets * (chunk + 1) / chunks; ++s) {
      look_through(s, of[chunk], cancel_point);
    }
  });
  Best best = of[0];
  for (const Best& b : of) {
    if (b.found.any && (!best.found.any || better(b.found.dose, best.found.dose))) best = b;
  }
  return best.extreme;
}

}  // namespace

CellDoses::Extreme find_hottest(const StructureCells& cut, const DoseGrid& grid, const CellDoses& cells,
                                Workers* workers) {
  return search(cut, grid, cells, cells.full_most, cells.partial_most, &CellDoses::OfSheet::most,
                &CellDoses::Range::most, std::greater<>(), 1, workers);
}

CellDoses::Extreme find_coldest(const StructureCells& cut, const DoseGrid& grid, const CellDoses& cells,
                                Workers* workers) {
  return search(cut, grid, cells, cells.full_least, cells.partial_least, &CellDoses::OfSheet::least,
                &CellDoses::Range::least, std::less<>(), kChunksOfColdest, workers);
}

}  // namespace dosegate
