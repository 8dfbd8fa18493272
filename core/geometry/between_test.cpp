#include "core/geometry/between.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace dosegate;

namespace {
// A parabola and its slope: d(z) = 2 + 0.5 z + 0.1 z^2.
double d(double z) { return 2.0 + 0.5 * z + 0.1 * z * z; }
double slope(double z) { return 0.5 + 0.2 * z; }
double step(double from, double to) { return (d(to) - d(from)) / (to - from); }
}  // namespace

TEST_CASE("Rises and extrapolation are those of a parabola, also where the spacing is uneven") {
  CHECK(rise(step(0, 2), 2, step(2, 5), 3) == Approx(slope(2)));
  CHECK(end_rise(step(2, 5), 3, step(0, 2), 2) == Approx(slope(5)));
  CHECK(end_rise(step(0, 2), 2, step(2, 5), 3) == Approx(slope(0)));
  CHECK(beyond_end(1.0, step(2, 5), 3, step(0, 2), 2) == Approx(d(6) - d(5)));
}

TEST_CASE("A cubic through two planes has their distances and rises") {
  const double spacing = 3, a = d(1), b = d(4), h = 1e-6;
  const auto at = [&](double z) {
    const auto w = hermite_weights((z - 1) / spacing, spacing);
    return w.a * a + w.b * b + w.rise_a * slope(1) + w.rise_b * slope(4);
  };
  for (const double z : {1.0, 1.7, 2.5, 4.0}) CHECK(at(z) == Approx(d(z)));
  CHECK((at(1 + h) - at(1)) / h == Approx(slope(1)).epsilon(1e-4));
}

TEST_CASE("The distance between two planes stays between the distances on them") {
  for (const double behind : {-50.0, -1.0, 0.0, 0.3, 7.0, 50.0}) {
    for (const double ahead : {-50.0, -0.2, 0.0, 1.0, 50.0}) {
      for (const double here : {-3.0, 0.0, 0.01, 2.0}) {
        const double before = rise(behind, 0.5, here, 3), after = rise(here, 3, ahead, 10);
        const double first = end_rise(here, 3, ahead, 10), last = end_rise(here, 3, behind, 0.5);
        for (int k = 0; k <= 20; ++k) {
          const auto w = hermite_weights(k / 20.0, 3);
          const double end = 3 * here, slack = 1e-12;
          for (const auto& [a, b] : {std::pair{before, after}, std::pair{first, after}, std::pair{before, last}}) {
            const double value = w.b * end + w.rise_a * a + w.rise_b * b;
            CHECK(value >= std::min(0.0, end) - slack);
            CHECK(value <= std::max(0.0, end) + slack);
          }
        }
      }
    }
  }
}

TEST_CASE("Beyond an end plane the change is limited to twice the last step and to 45 degrees of widening") {
  CHECK(beyond_end(1.5, 0.0, 3, 5.0, 3) == 0.0);
  CHECK(beyond_end(1.5, 1.0, 3, -20.0, 3) == Approx(3.0));
  CHECK(beyond_end(1.5, 1.0, 3, 20.0, 3) == 0.0);
  CHECK(beyond_end(1.5, -9.0, 3, -9.0, 3) == Approx(-1.5));
  CHECK(beyond_end(1.5, -0.5, 3, -0.5, 3) == Approx(-0.75));
}
