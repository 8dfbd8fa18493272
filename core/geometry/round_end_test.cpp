#include "core/geometry/round_end.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

double width_of(const std::vector<Points2>& rings) {
  const auto section = SectionDistance::make(rings);
  REQUIRE(section);
  Eigen::AlignedBox2d box;
  for (const auto& ring : rings) {
    for (const auto& p : ring) box.extend(p);
  }
  std::int64_t budget = 1'000'000'000;
  return half_width(*section, box, budget);
}

// Of a solid whose sections are as wide in every direction, on planes 3 mm apart, the last one at z.
std::optional<RoundEnd> end_of(const std::function<double(double)>& radius, double z, double next = 3.0) {
  const std::array<double, 3> r{radius(z), radius(z - 3), radius(z - 6)};
  return RoundEnd::make({r, r, r}, 3, 3, next);
}

}  // namespace

TEST_CASE("The half-width of a section is the radius of the largest disc in it") {
  CHECK(width_of({polygon_ring(3, -4, 12, 360)}) == Approx(12).epsilon(0.003));
  CHECK(width_of({box_ring(0, 0, 100, 8)}) == Approx(4).epsilon(0.003));
  CHECK(width_of({polygon_ring(0, 0, 12, 360), polygon_ring(0, 0, 6, 360)}) == Approx(3).epsilon(0.003));
  CHECK(width_of({{{0, 0}, {30, 0}, {30, 10}, {10, 10}, {10, 30}, {0, 30}}}) ==
        Approx(10 / (1 + std::sqrt(0.5))).epsilon(0.003));
  CHECK(width_of({box_ring(0, 0, 1000, 0.1)}) == Approx(0.05).epsilon(0.03));
}

TEST_CASE("The tip of a sphere, a cone and a paraboloid is found exactly, wherever the planes lie") {
  for (const double z : {9.05, 9.5, 10.5, 11.5, 11.9}) {
    const auto sphere = end_of([](double h) { return std::sqrt(144 - h * h); }, z);
    REQUIRE(sphere);
    CHECK(z + sphere->reach() == Approx(12));
    for (const double x : {0.0, 0.3 * (12 - z), 0.9 * (12 - z)}) {  // how it closes
      const double last = std::sqrt(144 - z * z), before = std::sqrt(144 - (z - 3) * (z - 3));
      const double there = std::sqrt(144 - (z + x) * (z + x));
      CHECK(last - sphere->steps(x) * (before - last) == Approx(there));
    }
    const auto cone = end_of([](double h) { return 0.5 * (12 - h); }, z);
    REQUIRE(cone);
    CHECK(z + cone->reach() == Approx(12).epsilon(1e-6));
    const auto paraboloid = end_of([](double h) { return 2 * std::sqrt(12 - h); }, z);
    REQUIRE(paraboloid);
    CHECK(z + paraboloid->reach() == Approx(12));
  }
}

TEST_CASE("What does not close before the next slice has no round end") {
  CHECK_FALSE(end_of([](double) { return 12.0; }, 10));
  CHECK_FALSE(end_of([](double h) { return 12 + h; }, 10));
  CHECK_FALSE(end_of([](double h) { return 12 - 0.3 * h; }, 10));           // its tip is at 40
  CHECK_FALSE(end_of([](double h) { return std::sqrt(144 - h * h); }, 7));  // not drawn at 10, where it would be
  CHECK(end_of([](double h) { return std::sqrt(144 - h * h); }, 7, 6.0));
  CHECK_FALSE(end_of([](double h) { return h < 9 ? 12.0 : 0.0; }, 10));  // nothing on the last plane
}
