#include "core/dvh/linear_dose_prism.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "core/dvh/volume_above_dose.h"

using namespace dosegate;

namespace {

// f on the corners of a box, x the lowest bit.
Corners corners(double base, double x, double y, double z, double xy = 0, double xz = 0, double yz = 0) {
  Corners f{};
  for (std::size_t n = 0; n < 8; ++n) {
    const double a = (n & 1) ? 1 : 0, b = (n & 2) ? 1 : 0, c = (n & 4) ? 1 : 0;
    f[n] = base + x * a + y * b + z * c + xy * a * b + xz * a * c + yz * b * c;
  }
  return f;
}

}  // namespace

TEST_CASE("The part of a box above a plane is a tetrahedron, a prism or a half, as geometry has it") {
  const LinearDosePrism diagonal(1.5, {1, 1, 1}, kWholeCell, true);  // x + y + z
  for (const double t : {0.0, 0.25, 0.5, 1.0}) CHECK(diagonal.above(3 - t) == Approx(t * t * t / 6));
  for (const double t : {0.25, 1.0}) CHECK(diagonal.above(t) == Approx(1 - t * t * t / 6));
  CHECK(diagonal.above(1.5) == Approx(0.5));
  const LinearDosePrism wedge(1.0, {1, 0, -1}, kWholeCell, true);  // 1 + x - z
  CHECK(wedge.above(1.5) == Approx(0.125));
  const LinearDosePrism slope(10.0, {0, 4, 0}, kWholeCell, true);
  CHECK(slope.above(11) == Approx(0.25));
  const LinearDosePrism flat(10.0, {0, 0, 0}, kWholeCell, true);
  CHECK(flat.above(10.0) == 1.0);
  CHECK(flat.above(10.1) == 0.0);
}

TEST_CASE("A box cut into pieces has the same part above a plane as the whole box, for slopes of any size") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> cut(0.0, 1.0), slope(-8.0, 1.0);
  for (int n = 0; n < 2000; ++n) {
    const double a = cut(random), b = cut(random), y = cut(random);
    const std::vector<Piece> pieces = {{0, y, 0, 0, a, b}, {0, y, a, b, 1, 1}, {y, 1, 0, 0, 1, 1}};
    const auto any = [&] { return (n % 2 == 0 ? 1 : -1) * std::pow(10.0, slope(random)); };
    const std::array<double, 3> g = {any(), any(), any()};
    const LinearDosePrism whole(20.0, g, kWholeCell, true), parts(20.0, g, pieces, false);
    const double range = std::abs(g[0]) + std::abs(g[1]) + std::abs(g[2]);
    for (const double k : {-0.4, -0.1, 0.0, 0.2, 0.45}) {
      // What was left out moves the plane by so much.
      const double off = whole.left_out() + parts.left_out();
      const double t = 20.0 + k * range;
      CHECK(parts.above(t) <= whole.above(t - off) + 1e-7);
      CHECK(parts.above(t) >= whole.above(t + off) - 1e-7);
    }
  }
}

TEST_CASE("The bounds of a bilinear dose hold its closed form, and the second are a square of the first") {
  // f = x + e x z over a unit box: V(T) = 1 - T ln(1 + e) / e while T / (1 + e) and T lie in it.
  double first_gap = 0.0, second_gap = 0.0;
  for (const double e : {0.4, 0.2, 0.1, 0.05}) {
    const Corners f = corners(0, 1, 0, 0, 0, e, 0);
    const double t = 0.6, truth = 1 - t * std::log1p(e) / e;
    const VolumeBounds first = VolumeAboveDose(f, kWholeCell, true).by_plane({t});
    const VolumeBounds second = VolumeAboveDose(f, kWholeCell, true).at({t});
    CHECK(first.lower <= truth);
    CHECK(first.upper >= truth);
    CHECK(second.lower <= truth + 1e-12);
    CHECK(second.upper >= truth - 1e-12);
    if (first_gap > 0.0) {
      CHECK(first.gap() == Approx(first_gap / 2).epsilon(0.15));
      CHECK(second.gap() < second_gap / 3.3);
    }
    first_gap = first.gap();
    second_gap = second.gap();
  }
}
