// Drawn margins against closed forms. Volumes of expansions are Steiner's: of a box a, b, c by an ellipsoid p, q, r
//   abc + 2 (ab r + bc p + ca q) + pi (a q r + b p r + c p q) + 4/3 pi p q r.
#include "core/margin/margin_fit.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <iostream>
#include <numbers>

#include "core/geometry/solid.h"
#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

constexpr double kPi = std::numbers::pi;

Margins margins(double left, double right, double anterior, double posterior, double cranial, double caudal) {
  return {Length::mm(left),      Length::mm(right),   Length::mm(anterior),
          Length::mm(posterior), Length::mm(cranial), Length::mm(caudal)};
}
Margins all(double mm) { return margins(mm, mm, mm, mm, mm, mm); }

SlabStack stack(const Structure& s) { return *make_stack(s); }
SlabStack box(double x0, double y0, double x1, double y1, double z0, double z1, double step) {
  return stack(prism("box", {box_ring(x0, y0, x1, y1)}, planes(z0, z1, step)));
}
MarginStructure structure(const SlabStack& s) {
  const auto shared = std::make_shared<const SlabStack>(s);
  return {shared, shared};
}
MarginFit fit(const SlabStack& from, const SlabStack& to, const Margins& m, double tolerance = 0.5,
              const std::vector<SlabStack>& cropped_by = {}, const std::vector<SlabStack>& within = {}) {
  Stacks croppers, withins;
  for (const SlabStack& s : cropped_by) croppers.push_back(std::make_shared<const SlabStack>(s));
  for (const SlabStack& s : within) withins.push_back(std::make_shared<const SlabStack>(s));
  return *fit_margin({structure(from), structure(to), m, Length::mm(tolerance)}, croppers, withins, {});
}
double box_expanded(double a, double b, double c, double p, double q, double r) {
  return a * b * c + 2 * (a * b * r + b * c * p + c * a * q) + kPi * (a * q * r + b * p * r + c * p * q) +
         4.0 / 3.0 * kPi * p * q * r;
}
// A drawn sphere: on each plane the polygon that has the area of the circle there.
SlabStack sphere(double x, double radius, double step, int n = 180, double extent = 0.0) {
  Structure s;
  s.name = "sphere";
  const double half = extent > 0.0 ? extent : radius;
  for (const double z : planes(-half, half, step)) {
    const double r2 = radius * radius - z * z;
    if (r2 <= 0.0) continue;
    s.contours.push_back(axial(polygon_ring(x, 0, std::sqrt(r2 * kPi / polygon_area(1.0, n)), n), z));
  }
  return stack(s);
}

}  // namespace

TEST_CASE("margin: a box expands by Steiner's formula on every side of its own", "[margin][VO-2][VO-3]") {
  for (const double step : {1.0, 2.0, 3.0}) {
    const SlabStack inner = box(-20, -10, 20, 15, -15, 15, step);
    const SlabStack nothing = box(200, 0, 201, 1, -300, -294, step);
    const MarginFit f = fit(inner, nothing, margins(5, 5, 5, 5, 10, 10));
    const double truth = box_expanded(40, 25, 30, 5, 5, 10);
    INFO("step " << step);
    CHECK(f.expected.in_mm3() == Approx(truth).epsilon(1e-3));
    CHECK(f.missing.in_mm3() == Approx(truth).epsilon(1e-3));
    // Each octant is an eighth of the sum with its own semi-axes.
    const Margins six = margins(3, 5, 7, 4, 10, 6);
    double octants = 0.0;
    for (const double p : {3.0, 5.0}) {
      for (const double q : {7.0, 4.0}) {
        for (const double r : {10.0, 6.0}) octants += box_expanded(40, 25, 30, p, q, r) / 8.0;
      }
    }
    CHECK(fit(inner, nothing, six).expected.in_mm3() == Approx(octants).epsilon(1e-3));
  }
}

TEST_CASE("margin: a box drawn with its exact margins is complete and a shifted one lacks what was shifted",
          "[margin][VO-2][VO-3]") {
  for (const double step : {1.0, 2.0, 3.0}) {
    const SlabStack inner = box(-20, -10, 20, 15, -15, 15, step);
    const double z = step == 2.0 ? 26.0 : 25.0 + (step == 3.0 ? 2.0 : 0.0);  // whole slices
    const MarginFit exact = fit(inner, box(-25, -15, 25, 20, -z, z, step), margins(5, 5, 5, 5, 10, 10));
    INFO("step " << step);
    CHECK(exact.missing.in_mm3() < 1e-3);
    CHECK_FALSE(exact.shortfall);
    CHECK_FALSE(exact.beyond);
    CHECK(exact.excess.in_mm3() == Approx(50 * 35 * 2 * z - box_expanded(40, 25, 30, 5, 5, 10)).epsilon(1e-2));
    // 3 mm to the left: the cap of the expansion beyond x = -22 is missing. Its volume in closed form: at distance t
    // beyond the face the section is the face expanded by q, r times sqrt(1 - (t/5)^2).
    const MarginFit moved = fit(inner, box(-22, -15, 28, 20, -z, z, step), margins(5, 5, 5, 5, 10, 10));
    const auto integral = [](double t, auto f) {  // of s and s^2, s = sqrt(1 - (t/5)^2), from t to 5
      return f(5.0) - f(t);
    };
    const double s1 = integral(2.0, [](double t) {
      return 0.5 * (t * std::sqrt(std::max(0.0, 1 - t * t / 25)) + 5 * std::asin(std::min(1.0, t / 5)));
    });
    const double s2 = integral(2.0, [](double t) { return t - t * t * t / 75; });
    const double truth = 25 * 30 * 3 + 2 * (25 * 10 + 30 * 5) * s1 + kPi * 5 * 10 * s2;
    CHECK(moved.missing.in_mm3() == Approx(truth).epsilon(0.01));
    REQUIRE(moved.shortfall);
    CHECK(moved.shortfall->off.in_mm() == Approx(3.0).margin(0.01));
    CHECK(moved.shortfall->direction.x() == Approx(-1.0).margin(1e-3));
    CHECK(moved.shortfall->at_mm.x() == Approx(-25.0).margin(0.01));
    REQUIRE(moved.beyond_unexplained);
    // Certain are the planes: at 2 mm slices those of the outer box lie between the inner one's, 1 mm off.
    const double off_plane = step == 2.0 ? 5.0 - 5.0 * std::sqrt(1.0 - 0.01) : 0.0;
    CHECK(moved.beyond_unexplained->excess.in_mm() == Approx(2.5 - off_plane).margin(0.01));
    REQUIRE(moved.furthest_excess);
  }
}

TEST_CASE("margin: cropping is recognised by where the missing part lies", "[margin][VO-2]") {
  for (const double step : {1.0, 2.0, 3.0}) {
    const SlabStack inner = box(-20, -10, 20, 14, -12, 12, step);
    const SlabStack outer = box(-30, -20, 26, 24, -24, 24, step);
    const SlabStack organ = box(26, -40, 60, 40, -48, 48, step), part = box(26, -40, 60, 0, -48, 48, step);
    const MarginFit open = fit(inner, outer, all(10));
    CHECK(open.shortfall->off.in_mm() == Approx(4.0).margin(0.01));
    CHECK(open.shortfall->direction.x() == Approx(1.0).margin(1e-3));
    CHECK(open.beyond_unexplained);
    const MarginFit cropped = fit(inner, outer, all(10), 0.5, {organ});
    CHECK(cropped.missing == open.missing);
    CHECK(cropped.unexplained.in_mm3() < 1e-3);
    CHECK(cropped.beyond);
    CHECK_FALSE(cropped.beyond_unexplained);
    CHECK(fit(inner, outer, all(10), 0.5, {part}).beyond_unexplained);
    CHECK_FALSE(fit(inner, outer, all(10), 0.5, {}, {outer}).beyond_unexplained);
  }
}

// The expected expansion is that of the slabs, not of the sphere that they were drawn of: per plane a disc, whose
// expansion beyond it is a torus-like rim. In closed form the section at a height is the disc with the largest
// r_i + m sqrt(1 - (dz_i/m)^2); integrated here by the midpoint rule in steps of 0.001 mm.
TEST_CASE("margin: spheres at 1 and 2 and 3 mm slices lack what the closed form of their slabs says",
          "[margin][VO-2]") {
  constexpr double kInner = 15.0, kMargin = 10.0;
  for (const double step : {1.0, 2.0, 3.0}) {
    const double extent = step == 2.0 ? 15.0 + 1.0 : 15.0;
    const SlabStack inner = sphere(0, kInner, step, 360, extent);
    std::vector<double> z, r;
    for (const double at : planes(-extent, extent, step)) {
      if (at * at >= kInner * kInner) continue;
      z.push_back(at);
      r.push_back(std::sqrt(kInner * kInner - at * at));
    }
    const auto radius = [&](double at) {
      double best = 0.0;
      for (std::size_t n = 0; n < z.size(); ++n) {
        const double dz = std::max(0.0, std::abs(at - z[n]) - 0.5 * step);
        if (dz <= kMargin) best = std::max(best, r[n] + std::sqrt(kMargin * kMargin - dz * dz));
      }
      return best;
    };
    double expected = 0.0, missing = 0.0;
    // Drawn: a cylinder of radius 23 that is long enough, so only the rim beyond 23 mm lacks.
    for (double at = -30.0 + 0.0005; at < 30.0; at += 0.001) {
      const double all_of = radius(at);
      expected += kPi * all_of * all_of * 0.001;
      missing += kPi * std::max(0.0, all_of * all_of - 23.0 * 23.0) * 0.001;
    }
    const SlabStack outer = stack(prism("tube", {polygon_ring(0, 0, 23.0, 720)}, planes(-30, 30, step)));
    const MarginFit f = fit(inner, outer, all(kMargin));
    INFO("step " << step << " expected " << expected << " missing " << missing);
    CHECK(f.expected.in_mm3() == Approx(expected).epsilon(2e-3));
    CHECK(f.missing.in_mm3() == Approx(missing).epsilon(0.01));
    CHECK(f.missing_error.in_mm3() < 0.01 * missing);
    REQUIRE(f.shortfall);
    double most = 0.0;
    for (double at = -30.0; at < 30.0; at += 0.001) most = std::max(most, radius(at));
    CHECK(f.shortfall->off.in_mm() == Approx(most - 23.0).margin(0.05));
  }
}

TEST_CASE("margin: a sphere drawn round a sphere at 1 and 2 and 3 mm slices is within tolerance", "[margin][VO-2]") {
  for (const double step : {1.0, 2.0, 3.0}) {
    for (const double radius : {10.0, 15.0, 30.0}) {
      if (DOSEGATE_SANITIZED && radius > 10.0) continue;
      const SlabStack inner = sphere(0, radius, step, 180, std::ceil(radius / step) * step);
      const SlabStack outer = sphere(0, radius + 10, step, 180, std::ceil((radius + 10) / step) * step);
      const MarginFit f = fit(inner, outer, all(10), 1.0);
      INFO("step " << step << " radius " << radius << " worst " << f.shortfall->off.in_mm() << " beyond by "
                   << (f.beyond ? f.beyond->excess.in_mm() : 0.0));
      CHECK_FALSE(f.beyond);
      // Drawn 4 mm too small it is not.
      const SlabStack small = sphere(0, radius + 6, step, 180, std::ceil((radius + 6) / step) * step);
      CHECK(fit(inner, small, all(10), 1.0).beyond_unexplained);
    }
  }
}

TEST_CASE("margin: a bifurcated vessel with its margin cropped on one branch", "[margin][VO-2]") {
  for (const double step : {1.0, 2.0, 3.0}) {
    // A trunk 10 x 10 mm up to z = 0; from there two branches 10 x 10 mm, 40 mm apart.
    Structure s;
    s.name = "vessel";
    for (const double z : planes(-30, 30, step)) {
      if (z < 0) {
        s.contours.push_back(axial(box_ring(-25, -5, 25, 5), z));
      } else {
        s.contours.push_back(axial(box_ring(-25, -5, -15, 5), z));
        s.contours.push_back(axial(box_ring(15, -5, 25, 5), z));
      }
    }
    const SlabStack vessel = stack(s);
    // Trunk and two branches, expanded by 5 mm; the branches' expansions do not meet, and reach 5 mm into the trunk.
    const double trunk = box_expanded(50, 10, 30, 5, 5, 5);
    // Of a branch only what lies above the trunk's own expansion counts: integrate both in z.
    const auto area = [](double a, double b, double m) { return a * b + 2 * m * (a + b) + kPi * m * m; };
    double above = 0.0;
    for (double z = 0.0005; z < 35.0; z += 0.001) {
      const double dz = std::max(0.0, z - 30.0), m = std::sqrt(std::max(0.0, 25.0 - dz * dz));
      const double branches = dz < 5.0 ? 2 * area(10, 10, m) : 0.0;
      const double of_trunk = z < 5.0 ? area(50, 10, std::sqrt(25.0 - z * z)) : 0.0;
      // Where the trunk's section is there too, the branches add their rim beyond it: outside |x| = 25, |y| = 5 + m'.
      const double rim = std::sqrt(std::max(0.0, 25.0 - z * z));
      const auto both = [&] {  // the branch's section within the trunk's: that section clipped to the branches' width
        // |x| from 10 to 30, numerically in x.
        double sum = 0.0;
        for (double x = 10.0 + 0.025; x < 30.0; x += 0.05) {
          const double dx_b = std::max({0.0, 15.0 - x, x - 25.0}), dx_t = std::max(0.0, x - 25.0);
          const double h_b = 5 + std::sqrt(std::max(0.0, 25 - dx_b * dx_b));
          const double h_t = rim > dx_t ? 5 + std::sqrt(rim * rim - dx_t * dx_t) : 0.0;
          sum += 2 * std::min(h_b, h_t) * 0.05;
        }
        return 2 * sum;
      };
      if (z < 5.0 && std::fmod(z, 0.05) > 0.001) continue;
      const double weight = z < 5.0 ? 0.05 : 0.001;
      above += (branches - (of_trunk > 0 ? both() : 0.0)) * weight;
    }
    const SlabStack nothing = box(200, 0, 201, 1, -300, -294, step);
    CHECK(fit(vessel, nothing, all(5)).expected.in_mm3() == Approx(trunk + above).epsilon(0.01));
    // Drawn 10 mm longer and 5 mm wider everywhere, but for the left branch that ends at x = 27.
    Structure drawn;
    drawn.name = "drawn";
    for (const double z : planes(-36, 36, step)) {
      if (z < 6) {
        drawn.contours.push_back(axial(box_ring(-30, -10, 30, 10), z));
      } else {
        drawn.contours.push_back(axial(box_ring(-30, -10, -10, 10), z));
        drawn.contours.push_back(axial(box_ring(10, -10, 27, 10), z));
      }
    }
    const MarginFit f = fit(vessel, stack(drawn), all(5));
    REQUIRE(f.shortfall);
    CHECK(f.shortfall->off.in_mm() == Approx(3.0).margin(0.05));
    CHECK(f.shortfall->at_mm.x() == Approx(30.0).margin(0.05));
    CHECK(f.shortfall->direction.x() == Approx(1.0).margin(1e-3));
    // Beyond x = 27, z from 6: the rim of the branch, to its top at 30 and the cap above.
    double missing = 0.0;
    for (double t = 2.0 + 0.0005; t < 5.0; t += 0.001) {
      const double m = std::sqrt(25.0 - t * t);
      missing += ((10 + 2 * m) * (30 - 6) + 10 * m + 0.5 * kPi * m * m) * 0.001;
    }
    CHECK(f.missing.in_mm3() == Approx(missing).epsilon(0.01));
  }
}

TEST_CASE("margin: nothing asked for is containment", "[margin][VO-3]") {
  const SlabStack inner = box(-20, -10, 20, 14, -12, 12, 3);
  CHECK_FALSE(fit(inner, box(-20, -10, 20, 14, -12, 12, 3), all(0)).shortfall);
  const MarginFit out = fit(inner, box(-20, -10, 20, 12, -12, 12, 3), all(0));
  CHECK(out.missing.in_mm3() == Approx(40 * 2 * 24).epsilon(1e-6));
  CHECK(out.shortfall->off.in_mm() == Approx(2.0).margin(1e-3));
  CHECK(out.shortfall->direction.y() == Approx(1.0).margin(1e-3));
}
