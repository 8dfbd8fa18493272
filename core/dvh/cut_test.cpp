// A cross-section cut into cells: its parts against its own area, which the corners give.
#include "core/dvh/cut.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

Cut cut_of(const Points2& ring) {
  const auto stack = make_stack(prism("Cut", {ring}, planes(-9, 9, 3)));
  REQUIRE(stack);
  static const DoseGrid grid = sample({}, [](const auto&) { return 1.0; });
  const Host host;
  auto made = cut(*stack, grid, host);
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

double volume_of_cells(const Cut& c) {
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
    const Cut c = cut_of(ring);
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
  const Cut c = cut_of(ring);
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
