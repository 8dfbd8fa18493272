// The cross-sections of interpolate() against a slow evaluation of what interpolate.h says, written for clarity.
#include "core/geometry/gap_field.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "core/geometry/interpolate.h"
#include "core/geometry/test_shapes.h"
#include "core/geometry/trapezoids.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

using Rings = std::vector<Points2>;

double slow_distance(const Rings& rings, const Eigen::Vector2d& p) {
  double least = std::numeric_limits<double>::infinity();
  bool inside = false;
  for (const auto& ring : rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Eigen::Vector2d a = ring[i], b = ring[(i + 1) % ring.size()];
      const double t = (p - a).dot(b - a) / (b - a).squaredNorm();
      least = std::min(least, (p - (a + std::min(1.0, std::max(0.0, t)) * (b - a))).norm());
      const bool spans = (a.y() <= p.y()) != (b.y() <= p.y());
      if (spans && p.x() > a.x() + (p.y() - a.y()) / (b.y() - a.y()) * (b.x() - a.x())) inside = !inside;
    }
  }
  return inside ? -least : least;
}

double between_zero_and(double limit, double x) {
  return limit < 0 ? std::max(limit, std::min(0.0, x)) : std::min(limit, std::max(0.0, x));
}

// The parabola through three points: its value at z and its slope there, by Lagrange.
struct Parabola {
  double z0, f0, z1, f1, z2, f2;
  double value(double z) const {
    return f0 * (z - z1) * (z - z2) / ((z0 - z1) * (z0 - z2)) + f1 * (z - z0) * (z - z2) / ((z1 - z0) * (z1 - z2)) +
           f2 * (z - z0) * (z - z1) / ((z2 - z0) * (z2 - z1));
  }
  double slope(double z) const {
    return f0 * (2 * z - z1 - z2) / ((z0 - z1) * (z0 - z2)) + f1 * (2 * z - z0 - z2) / ((z1 - z0) * (z1 - z2)) +
           f2 * (2 * z - z0 - z1) / ((z2 - z0) * (z2 - z1));
  }
};

// The distance at height z for distances f on planes at, of which there are at least three.
double slow_profile(const std::vector<double>& at, const std::vector<double>& f, double z) {
  const std::size_t n = at.size();
  const auto through = [&](std::size_t i) { return Parabola{at[i], f[i], at[i + 1], f[i + 1], at[i + 2], f[i + 2]}; };
  const auto step = [&](std::size_t i) { return (f[i + 1] - f[i]) / (at[i + 1] - at[i]); };
  for (const bool low : {true, false}) {
    const double end = low ? at[0] : at[n - 1], x = low ? end - z : z - end;
    if (x <= 0) continue;
    const double last = low ? -step(0) : step(n - 2);
    const double change = through(low ? 0 : n - 3).value(z) - (low ? f[0] : f[n - 1]);
    return (low ? f[0] : f[n - 1]) + std::max(-x, between_zero_and(2 * last * x, change));
  }
  const auto slope = [&](std::size_t i) {
    if (i == 0) return between_zero_and(2 * step(0), through(0).slope(at[0]));
    if (i == n - 1) return between_zero_and(2 * step(n - 2), through(n - 3).slope(at[n - 1]));
    const double a = step(i - 1), b = step(i);
    if (a * b <= 0) return 0.0;
    return between_zero_and(2 * (std::abs(a) < std::abs(b) ? a : b), through(i - 1).slope(at[i]));
  };
  std::size_t i = 0;
  while (at[i + 1] < z) ++i;
  // Bernstein form of the cubic.
  const double h = at[i + 1] - at[i], t = (z - at[i]) / h, s = 1 - t;
  const double p1 = f[i] + h / 3 * slope(i), p2 = f[i + 1] - h / 3 * slope(i + 1);
  return f[i] * s * s * s + 3 * p1 * t * s * s + 3 * p2 * t * t * s + f[i + 1] * t * t * t;
}

// A smooth ring of radius about r around a point near the origin.
Points2 blob(std::mt19937& random, double r, double off) {
  std::uniform_real_distribution<double> u(-1, 1);
  const double cx = off * u(random), cy = off * u(random), a2 = 0.15 * u(random), a3 = 0.1 * u(random),
               phase = 3 * u(random);
  Points2 ring;
  for (int i = 0; i < 90; ++i) {
    const double a = 2 * std::numbers::pi * i / 90;
    const double at = r * (1 + a2 * std::cos(2 * a + phase) + a3 * std::sin(3 * a - phase));
    ring.emplace_back(cx + at * std::cos(a), cy + at * std::sin(a));
  }
  return ring;
}

double area(const Slab& slab) {
  double sum = 0.0;
  std::int64_t budget = 10'000'000;
  REQUIRE(decompose(slab, {}, budget, [&](const Trapezoid& t) { sum += t.area(); }));
  return sum;
}

}  // namespace

TEST_CASE("Cross-sections between uneven planes and in the caps agree with a slow evaluation at every point") {
  std::mt19937 random(20);
  std::uniform_real_distribution<double> spacing(1.5, 4);
  for (int round = 0; round < (DOSEGATE_SANITIZED ? 1 : 4); ++round) {
    std::vector<double> at;
    std::vector<Rings> sections;
    Structure s = prism("S", {}, {});
    double z = 0.0;
    for (int plane = 0; plane < 5; ++plane) {
      // Organ and hole always overlap their own kind on the next plane: nothing ends before the last.
      at.push_back(z);
      sections.push_back({blob(random, 16 + 4 * std::sin(1.0 + plane + round), 2), blob(random, 5, 1)});
      for (const auto& ring : sections.back()) s.contours.push_back(axial(ring, z));
      z += spacing(random);
    }
    const auto drawn = make_stack(s);
    REQUIRE(drawn);
    std::int64_t budget = 1'000'000'000;
    const auto stack = interpolate(*drawn, "S", budget);
    REQUIRE(stack);
    // Distances on a lattice, each of whose points stands for an equal share of area.
    constexpr double kStep = 0.4;
    std::vector<std::vector<double>> distances;
    for (double x = -32; x < 32; x += kStep) {
      for (double y = -32; y < 32; y += kStep) {
        distances.emplace_back();
        for (const auto& rings : sections) distances.back().push_back(slow_distance(rings, {x, y}));
      }
    }
    std::size_t number = 0;
    for (const auto& slab : stack->slabs) {
      if (DOSEGATE_SANITIZED && number++ % 4 != 0) continue;
      double inside = 0.0;
      for (const auto& f : distances) inside += slow_profile(at, f, slab.at) < 0.0 ? kStep * kStep : 0.0;
      INFO("round " << round << ", height " << slab.at);
      CHECK(area(slab) == Approx(inside).epsilon(0.005));
    }
  }
}
