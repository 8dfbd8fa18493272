#include "core/elementary/angle_of.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

using namespace dosegate;

TEST_CASE(
    "The engine's own angle is that of the C library to the last bits, over sixty powers of two and all quadrants",
    "[elementary]") {
  int compared = 0;
  for (int power = -30; power <= 30; ++power) {
    for (int i = 0; i < 200; ++i) {
      const double across = std::ldexp(1.0 + i / 200.0, power);
      for (const double along : {1.0, -1.0, 0.7, -0.3}) {
        const double known = std::atan2(across, along);
        REQUIRE(std::abs(angle_of(across, along) - known) <= 1e-15 * known);
        ++compared;
      }
    }
  }
  CHECK(compared == 61 * 200 * 4);
}

TEST_CASE("Angles along the axes are exact", "[elementary]") {
  CHECK(angle_of(0.0, 1.0) == 0.0);
  CHECK(angle_of(0.0, 0.0) == 0.0);
  CHECK(angle_of(1.0, 0.0) == std::numbers::pi / 2.0);
  CHECK(angle_of(0.0, -1.0) == std::numbers::pi);
  CHECK(angle_of(1.0, 1.0) == Approx(std::numbers::pi / 4.0).epsilon(1e-15));
}
