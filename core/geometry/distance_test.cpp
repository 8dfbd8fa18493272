#include "core/geometry/distance.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

// Every edge, one after the other.
double slow_distance(const std::vector<Ring>& rings, double x, double y) {
  double least = std::numeric_limits<double>::infinity();
  int crossings = 0;
  for (const auto& ring : rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const auto& a = ring[i];
      const auto& b = ring[(i + 1) % ring.size()];
      const double length = std::hypot(b.x() - a.x(), b.y() - a.y());
      const double ex = (b.x() - a.x()) / length, ey = (b.y() - a.y()) / length;
      const double along = std::min(length, std::max(0.0, (x - a.x()) * ex + (y - a.y()) * ey));
      least = std::min(least, std::hypot(x - a.x() - along * ex, y - a.y() - along * ey));
      const bool spans = (a.y() <= y && y < b.y()) || (b.y() <= y && y < a.y());
      if (spans && x > a.x() + (y - a.y()) * (b.x() - a.x()) / (b.y() - a.y())) ++crossings;
    }
  }
  return crossings % 2 == 1 ? -least : least;
}

void check_against_slow(const std::vector<Ring>& rings, double lo, double hi, unsigned seed) {
  const auto fast = SectionDistance::make(rings);
  REQUIRE(fast);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> place(lo, hi);
  std::int64_t budget = 0;
  for (int k = 0; k < 2000; ++k) {
    const double x = place(random), y = place(random);
    REQUIRE(fast->at({x, y}, budget) == Approx(slow_distance(rings, x, y)).margin(1e-9));
  }
}

Ring star(double cx, double cy, double least, double most, int n, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> radius(least, most);
  Ring ring;
  for (int i = 0; i < n; ++i) {
    const double a = 2.0 * std::numbers::pi * i / n, r = radius(random);
    ring.emplace_back(cx + r * std::cos(a), cy + r * std::sin(a));
  }
  return ring;
}

}  // namespace

TEST_CASE("The distance to a square with a hole is known at sight") {
  const auto d = SectionDistance::make({box_ring(0, 0, 10, 10), box_ring(4, 4, 6, 6)});
  REQUIRE(d);
  std::int64_t budget = 0;
  CHECK(d->at({2, 5}, budget) == -2.0);
  CHECK(d->at({3.5, 5}, budget) == -0.5);
  CHECK(d->at({5, 5}, budget) == 1.0);
  CHECK(d->at({13, 14}, budget) == 5.0);
  CHECK(d->at({1e6, 5}, budget) == 1e6 - 10);
  CHECK(std::abs(d->at({0, 5}, budget)) == 0.0);
}

TEST_CASE("The distance to ragged, nested and crossing rings is that of a search over every edge") {
  check_against_slow({star(3, -5, 5, 30, 200, 1)}, -60, 60, 2);
  check_against_slow({star(0, 0, 20, 30, 50, 3), star(0, 0, 5, 15, 40, 4), star(50, 50, 1, 3, 9, 5)}, -60, 80, 6);
  check_against_slow({star(0, 0, 10, 30, 60, 7), star(10, 3, 10, 30, 60, 8)}, -50, 50, 9);
  check_against_slow({{{-40, -0.1}, {40, -0.1}, {40, 0.1}, {-40, 0.1}}}, -60, 60, 10);
  check_against_slow({{{0, 0}, {10, 10}, {10, 0}, {0, 10}}}, -5, 15, 11);
}

TEST_CASE("Fans of long edges do not make the index of a section grow without bound") {
  Ring fan;
  for (int i = 0; i < 20000; ++i) {
    fan.emplace_back(-500.0, i * 0.01);
    fan.emplace_back(500.0, i * 0.01 + 0.005);
  }
  const auto d = SectionDistance::make({fan});
  REQUIRE(d);
  std::int64_t budget = 0;
  CHECK(d->at({600, 100.005}, budget) == Approx(100.0).epsilon(1e-6));
}

TEST_CASE("There is no edge near an empty section") {
  const auto d = SectionDistance::make({});
  REQUIRE(d);
  std::int64_t budget = 7;
  CHECK(d->at({0, 0}, budget) == std::numeric_limits<double>::infinity());
  CHECK(budget == 7);
}

TEST_CASE("A ring without extent is a point, and one wider than a kilometre is refused") {
  const auto point = SectionDistance::make({{{1, 1}, {1, 1}, {1, 1}}});
  REQUIRE(point);
  std::int64_t budget = 0;
  CHECK(point->at({4, 5}, budget) == 5.0);
  for (const double far : {2e6, 1e300}) {
    const auto wide = SectionDistance::make({box_ring(-far, 0, far, 10)});
    REQUIRE_FALSE(wide);
    CHECK(wide.error().code == ErrorCode::kLimitExceeded);
  }
}
