// Minimum and maximum: on corners of full cells, on corners and edges of partial ones.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "core/dvh/cell_doses.h"

namespace dosegate {
namespace {

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
  const auto visit = [&](double x, double y, double z) {
    const double dose = value_at(f, x, y, z);
    if (!found.any || better(dose, found.dose)) found = {dose, {x, y, z}, true};
  };
  struct Point {
    double x, y;
  };
  for (const auto& p : patch) {
    const std::array<Point, 4> corner = {{{p.left0, p.y0}, {p.right0, p.y0}, {p.right1, p.y1}, {p.left1, p.y1}}};
    for (const double z : {0.0, 1.0}) {
      for (std::size_t n = 0; n < 4; ++n) {
        const Point &a = corner[n], &b = corner[(n + 1) % 4];
        visit(a.x, a.y, z);
        const auto at = [&](double k) { return value_at(f, a.x + k * (b.x - a.x), a.y + k * (b.y - a.y), z); };
        const double f0 = at(0.0), f1 = at(0.5), f2 = at(1.0);
        const double curvature = 2.0 * (f0 - 2.0 * f1 + f2), slope = 4.0 * f1 - 3.0 * f0 - f2;
        if (curvature == 0.0) continue;
        const double k = -slope / (2.0 * curvature);
        if (k > 0.0 && k < 1.0) visit(a.x + k * (b.x - a.x), a.y + k * (b.y - a.y), z);
      }
    }
  }
  return found;
}

// Looks at cells in the order of their bound until no bound is better than what was found.
template <typename Better>
CellDoses::Extreme search(const Cut& cut, const DoseGrid& grid, const std::vector<float>& full,
                                         const std::vector<float>& partial, const Better& better) {
  Found best;
  CellDoses::Extreme extreme;
  const auto look = [&](const Sheet& sheet, std::size_t i, std::size_t j, Patch patch) {
    const Found found = extreme_on(corners_of(cut, grid, sheet, i, j), patch, better);
    if (!found.any || (best.any && !better(found.dose, best.dose))) return;
    best = found;
    const auto along = [&](std::size_t axis, std::size_t cell, double part) {
      const auto& nodes = cut.lattice.nodes(axis);
      return nodes[cell] + part * (nodes[cell + 1] - nodes[cell]);
    };
    extreme = {found.dose,
               {along(0, i, found.at[0]), along(1, j, found.at[1]),
                along(2, sheet.k, sheet.z0 + found.at[2] * (sheet.z1 - sheet.z0))}};
  };
  const auto may_be_better = [&](float bound) { return !best.any || better(static_cast<double>(bound), best.dose); };
  // The most promising of each kind first: it leaves little to look at.
  const auto top = [&](const std::vector<float>& v) {
    std::size_t at = 0;
    for (std::size_t n = 1; n < v.size(); ++n) {
      if (better(static_cast<double>(v[n]), static_cast<double>(v[at]))) at = n;
    }
    return at;
  };
  const std::size_t top_full = top(full), top_partial = top(partial);
  for (const bool first : {true, false}) {
    for (const Sheet& sheet : cut.sheets) {
      std::size_t n = sheet.first_full;
      for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
        const Run& run = cut.runs[r];
        if (first && !(top_full >= n && top_full < n + run.count)) {
          n += run.count;
          continue;
        }
        for (std::uint32_t c = 0; c < run.count; ++c, ++n) {
          if (first ? n == top_full : may_be_better(full[n])) look(sheet, run.i + c, run.j, kWholeCell);
        }
      }
      n = sheet.first_partial;
      for (std::size_t p = sheet.first_part; p < sheet.first_part + sheet.part_count; ++p, ++n) {
        const Part& part = cut.parts[p];
        if (first ? n == top_partial : may_be_better(partial[n])) look(sheet, part.i, part.j, cut.patch(part));
      }
    }
  }
  return extreme;
}

}  // namespace

CellDoses::Extreme find_hottest(const Cut& cut, const DoseGrid& grid, const CellDoses& cells) {
  return search(cut, grid, cells.full_most, cells.partial_most, std::greater<>());
}

CellDoses::Extreme find_coldest(const Cut& cut, const DoseGrid& grid, const CellDoses& cells) {
  return search(cut, grid, cells.full_least, cells.partial_least, std::less<>());
}

}  // namespace dosegate
