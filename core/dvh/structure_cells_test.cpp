// A cross-section cut into cells: its parts against its own area, which the corners give.
#include "core/dvh/structure_cells.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <memory>
#include <numbers>
#include <random>

#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

StructureCells cut_of(const Points2& ring) {
  const auto stack = make_stack(prism("Cut", {ring}, planes(-9, 9, 3)));
  REQUIRE(stack);
  static const DoseGrid grid = sample({}, [](const auto&) { return 1.0; });
  const Host host;
  auto made = cut_into_cells(*stack, grid, host);
  REQUIRE(made);
  return *std::move(made);
}

// Gauss's formula.
double area_of_ring(const Points2& ring) {
  double twice = 0.0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const auto &a = ring[i], &b = ring[(i + 1) % ring.size()];
    twice += a.x() * b.y() - b.x() * a.y();
  }
  return 0.5 * std::abs(twice);
}

double volume_of_cells(const StructureCells& c) {
  double mm3 = 0.0;
  for (const Sheet& sheet : c.sheets) {
    for (std::uint32_t n = 0; n < sheet.run_count; ++n) {
      const Run& run = c.runs[sheet.first_run + n];
      mm3 += run.count * c.cross_section_mm2(run.i, run.j) * c.height_mm(sheet);
    }
    for (std::uint32_t n = 0; n < sheet.part_count; ++n) {
      const Part& part = c.parts[sheet.first_part + n];
      mm3 += area_of(c.patch(part)) * c.cross_section_mm2(part.i, part.j) * c.height_mm(sheet);
    }
  }
  return mm3;
}

}  // namespace

TEST_CASE("The pieces of a cut add up to the section wherever its sides enter and leave columns") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> wobble(0.9, 1.1), radius(10, 40);
  for (int n = 0; n < 100; ++n) {
    const int corners = 20 + 10 * n;
    const double r = radius(random);
    Points2 ring;
    for (int i = 0; i < corners; ++i) {
      const double a = 2.0 * std::numbers::pi * i / corners, at = r * wobble(random);
      // Two decimals; every second drawing a grid of its own, so that many corners lie on lattice lines.
      const double step = n % 2 == 0 ? 0.01 : 0.625;
      const Eigen::Vector2d p(step * std::round(at * std::cos(a) / step), step * std::round(at * std::sin(a) / step));
      if (ring.empty() || ring.back() != p) ring.push_back(p);
    }
    if (ring.front() == ring.back()) ring.pop_back();
    const StructureCells c = cut_of(ring);
    INFO(n);
    CHECK(c.outside.in_mm3() == 0.0);
    CHECK(volume_of_cells(c) == Approx(c.total.in_mm3()).epsilon(1e-11));
    // Rounded to its own grid a ring may cross itself.
    if (n % 2 == 0 && corners < 100) CHECK(c.total.in_mm3() == Approx(18.0 * area_of_ring(ring)).epsilon(1e-11));
  }
}

TEST_CASE("A straight side gives each cell one piece however many corners the other side has") {
  Points2 ring = {{9.3, -30.0}, {30.1, 30.0}};
  constexpr int kCorners = 400;
  for (int i = 0; i <= kCorners; ++i) ring.emplace_back(i % 2 == 0 ? -31.1 : -30.4, 30.0 - 60.0 * i / kCorners);
  const StructureCells c = cut_of(ring);
  CHECK(c.total.in_mm3() == Approx(18.0 * area_of_ring(ring)).epsilon(1e-11));
  CHECK(volume_of_cells(c) == Approx(c.total.in_mm3()).epsilon(1e-11));
  std::size_t seen = 0;
  for (const Part& part : c.parts) {
    if (c.lattice.nodes(0)[part.i] < 0.0) continue;
    ++seen;
    // Along the side, and where it is not yet or no more in the cell.
    CHECK(part.count <= 3);
  }
  CHECK(seen > 100);
}

TEST_CASE("A cut that knows the one before is the cut that does not") {
  static const DoseGrid grid = sample({}, [](const auto&) { return 1.0; });
  const Host host;
  const auto same_pieces = [](const Piece& a, const Piece& b) {
    return a.y0 == b.y0 && a.y1 == b.y1 && a.left0 == b.left0 && a.left1 == b.left1 && a.right0 == b.right0 &&
           a.right1 == b.right1;
  };
  const auto same_parts = [](const Part& a, const Part& b) {
    return a.i == b.i && a.j == b.j && a.first == b.first && a.count == b.count && a.area == b.area && a.mm2 == b.mm2 &&
           a.corner_mm2 == b.corner_mm2;
  };
  const auto same_runs = [](const Run& a, const Run& b) { return a.j == b.j && a.i == b.i && a.count == b.count; };
  const auto same_sheets = [](const Sheet& a, const Sheet& b) {
    return a.k == b.k && a.z0 == b.z0 && a.z1 == b.z1 && a.first_run == b.first_run && a.run_count == b.run_count &&
           a.first_part == b.first_part && a.part_count == b.part_count && a.first_full == b.first_full &&
           a.first_partial == b.first_partial;
  };
  const Structure drawn =
      prism("Drawn", {polygon_ring(1.3, -2.1, 12, 200), polygon_ring(20, 3, 4, 50)}, planes(-15, 15, 3));
  const auto stack_before = std::make_shared<const SlabStack>(*make_stack(drawn));
  const CellsBefore before{stack_before,
                           std::make_shared<const StructureCells>(*cut_into_cells(*stack_before, grid, host))};
  std::vector<Structure> edits(5, drawn);
  for (auto& p : edits[1].contours[6].points) p.x() += 1.0;                           // one ring of one plane
  edits[2].contours.erase(edits[2].contours.begin(), edits[2].contours.begin() + 4);  // the two lowest planes
  for (double z : {16.5, 19.5}) edits[3].contours.push_back(axial(polygon_ring(1.3, -2.1, 9, 100), z));
  for (auto& contour : edits[4].contours) {
    for (auto& p : contour.points) p.z() += 0.4;  // the sections as before, elsewhere
  }
  for (const Structure& edited : edits) {
    const auto stack = make_stack(edited);
    REQUIRE(stack);
    const auto fresh = cut_into_cells(*stack, grid, host), known = cut_into_cells(*stack, grid, host, &before);
    REQUIRE(fresh);
    REQUIRE(known);
    CHECK(std::equal(fresh->pieces.begin(), fresh->pieces.end(), known->pieces.begin(), known->pieces.end(),
                     same_pieces));
    CHECK(std::equal(fresh->parts.begin(), fresh->parts.end(), known->parts.begin(), known->parts.end(), same_parts));
    CHECK(std::equal(fresh->runs.begin(), fresh->runs.end(), known->runs.begin(), known->runs.end(), same_runs));
    CHECK(std::equal(fresh->sheets.begin(), fresh->sheets.end(), known->sheets.begin(), known->sheets.end(),
                     same_sheets));
    CHECK(fresh->total.in_mm3() == known->total.in_mm3());
    CHECK(fresh->outside.in_mm3() == known->outside.in_mm3());
    CHECK(fresh->rim.in_mm3() == known->rim.in_mm3());
  }
  // It is asked for the planes that did not change, and for these alone.
  const auto edited = make_stack(edits[1]);
  const double true_total = cut_into_cells(*edited, grid, host)->total.in_mm3();
  for (std::size_t slab = 0; slab < stack_before->slabs.size(); ++slab) {
    StructureCells marked = *before.cut;
    marked.slabs[slab].area += 1.0;
    const CellsBefore with_mark{stack_before, std::make_shared<const StructureCells>(std::move(marked))};
    const double more = slab == 3 ? 0.0 : 3.0;  // mm^3
    CHECK(cut_into_cells(*edited, grid, host, &with_mark)->total.in_mm3() == Approx(true_total + more).epsilon(1e-12));
  }
  // Of another lattice it is of no use, and does no harm.
  const DoseGrid other = sample({{-50, -50, -50}, {2, 2, 2}, {51, 51, 51}}, [](const auto&) { return 1.0; });
  const auto elsewhere = cut_into_cells(*stack_before, other, host, &before),
             alone = cut_into_cells(*stack_before, other, host);
  REQUIRE(elsewhere);
  CHECK(std::equal(alone->parts.begin(), alone->parts.end(), elsewhere->parts.begin(), elsewhere->parts.end(),
                   same_parts));
}

TEST_CASE("A structure that becomes too complex is refused with the same words whatever was cut before") {
  constexpr std::size_t kPoints = 201, kStep = 100;
  Points2 star;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i * kStep % kPoints) / double{kPoints};
    star.emplace_back(20 * std::cos(turn), 20 * std::sin(turn));
  }
  const DoseGrid grid = sample({}, [](const auto&) { return 1.0; });
  const Host host;
  const auto three = make_stack(prism("Drawn", {star}, {0.0, 3.0, 6.0}));
  REQUIRE(three);
  SlabStack one = *three;
  one.slabs.resize(1);
  const auto cut = cut_into_cells(one, grid, host);
  REQUIRE(cut);
  const CellsBefore before{std::make_shared<const SlabStack>(one), std::make_shared<const StructureCells>(*cut)};
  const auto fresh = cut_into_cells(*three, grid, host), known = cut_into_cells(*three, grid, host, &before);
  REQUIRE_FALSE(fresh);
  REQUIRE_FALSE(known);
  CHECK(fresh.error().code == ErrorCode::kLimitExceeded);
  CHECK(known.error().message == fresh.error().message);
}
