// What slices hide: solids with the margin that was asked for, a little less, or much less.
#include <catch2/catch.hpp>
#include <random>

#include "core/margin/test_solids.h"

using namespace dosegate;
using namespace dosegate::test;

TEST_CASE("margin: a solid drawn within tolerance, as the slices cut it, is within tolerance at any spacing",
          "[margin][VO-2][VO-3]") {
  std::mt19937 random(7);
  const auto part = [&] { return std::uniform_real_distribution<>(0.0, 1.0)(random); };
  for (const double step : {2.5, 8.0}) {
    if (DOSEGATE_SANITIZED && step != 8.0) continue;
    const double radius = 9.0 + 12.0 * part();
    int number = 0;
    for (const Shape& shape : shapes(radius)) {
      if (DOSEGATE_SANITIZED && number++ % 3 != 0) continue;
      const double offset = step * part();
      const Structure inner = cut(shape.inner, step, offset);
      if (inner.contours.size() < 2) continue;
      for (const double short_by : {0.0, 0.85}) {
        const Structure outer = cut(shape.outer(-short_by), step, offset);
        const MarginFit f = fit(inner, outer, shape.margins);
        INFO(shape.name << ", slices of " << step << " mm at " << offset << ", short by " << short_by << ": worst "
                        << (f.shortfall ? f.shortfall->off.in_mm() : 0.0));
        CHECK_FALSE(f.beyond);
        // Between slices far apart a flat solid bulges beyond both of its sections: then not beyond the trial's limit.
        if (f.furthest_excess) CHECK(f.furthest_excess->off.in_mm() < (step < 5.0 ? 0.6 : kExcessLimit));
      }
    }
  }
}

TEST_CASE("margin: half of a margin is beyond tolerance on any spacing, one and a half times is beyond the limit",
          "[margin][VO-2][VO-3]") {
  for (const double step : {4.0, 8.0}) {
    if (DOSEGATE_SANITIZED && step != 8.0) continue;
    int number = 0;
    for (const Shape& shape : shapes(15.0)) {
      if (DOSEGATE_SANITIZED && number++ % 3 != 0) continue;
      const double offset = 0.3 * step;
      const double half = 0.5 * shape.margins.left.in_mm();
      const Structure inner = cut(shape.inner, step, offset);
      const MarginFit less = fit(inner, cut(shape.outer(-half), step, offset), shape.margins);
      INFO(shape.name << ", slices of " << step << " mm");
      REQUIRE(less.beyond_unexplained);
      // Across the slices all of it is seen.
      CHECK(less.beyond->place.off.in_mm() > half - 0.2);
      const MarginFit more = fit(inner, cut(shape.outer(5.0), step, offset), shape.margins);
      CHECK_FALSE(more.beyond);
      REQUIRE(more.furthest_excess);
      CHECK(more.furthest_excess->off.in_mm() > kExcessLimit);
      CHECK(more.furthest_excess->off.in_mm() > 5.0 - 0.4);
      CHECK(more.furthest_excess->off.in_mm() < 5.0 + 1.2);  // oblique to unequal margins
    }
  }
}

TEST_CASE("margin: what is short at the ends is seen beyond what two halves of a spacing hide", "[margin][VO-3]") {
  const Eigen::Vector3d half(20, 15, 20);
  for (const double step : {1.0, 2.0, 2.5}) {
    const Structure inner = cut(box_with(half, {0, 0, 0}), step, 0.5 * step);
    for (const auto& [along, is_beyond] : {std::pair(10.0 - kTolerance - step - 0.6, true), std::pair(10.0, false)}) {
      // As far as the lowest and the highest slice may say, it ends `along` mm beyond the box.
      const double z = std::floor((20.0 + along) / step) * step;
      const Structure outer = prism("outer", {box_ring(-30, -25, 30, 25)}, planes(-z, z, step));
      const MarginFit f = fit(inner, outer, margins(5, 10));
      INFO(step << " mm, ends at " << z);
      CHECK(f.beyond.has_value() == is_beyond);
      if (f.beyond) CHECK(std::abs(f.beyond->place.direction.z()) == Approx(1.0).margin(1e-3));
    }
  }
}

TEST_CASE("margin: a box with its margin added as a box is none too large, and 4 mm more along one axis are",
          "[margin][VO-2][VO-3]") {
  // Its corners are beyond the ellipsoid, but along no axis of the patient beyond the margin.
  const Margins asked = margins(5, 10);
  for (const double step : {1.0, 2.5, 5.0}) {
    if (DOSEGATE_SANITIZED && step != 5.0) continue;
    const Structure inner = prism("inner", {box_ring(-20, -15, 20, 15)}, planes(-20, 20, step));
    const auto outer = [&](double left, double posterior, double cranial) {
      return prism("outer", {box_ring(-25, -20, 25 + left, 20 + posterior)}, planes(-30, 30 + cranial, step));
    };
    const auto excess = [&](const Structure& drawn) {
      const MarginFit f = fit(inner, drawn, asked);
      CHECK_FALSE(f.beyond);
      return f.furthest_excess ? f.furthest_excess->off.in_mm() : 0.0;
    };
    INFO("slices of " << step << " mm");
    CHECK(excess(outer(0, 0, 0)) < 0.01);
    CHECK(excess(outer(4, 0, 0)) == Approx(4.0).margin(0.01));
    CHECK(excess(outer(0, 4, 0)) == Approx(4.0).margin(0.01));
    // Along the axis the slices hide up to a spacing of it.
    const double more = excess(outer(0, 0, 10));
    CHECK(more > kExcessLimit);
    CHECK(more <= 10.0 + 1e-6);
  }
}

TEST_CASE("margin: both models of what lies between slices decide alike", "[margin][VO-2]") {
  for (const double step : {3.0, 5.0}) {
    if (DOSEGATE_SANITIZED && step != 5.0) continue;
    const Structure inner = cut(capsule({0, 0, 0}, {0, 0, 0}, 9.0), step, 0.7, 60);
    for (const double more : {-0.8, -5.0, 15.0}) {
      const Structure outer = cut(capsule({0, 0, 0}, {0, 0, 0}, 19.0 + more), step, 0.7, 60);
      const MarginFit slab = fit(inner, outer, margins(10, 10));
      const MarginFit between = fit(inner, outer, margins(10, 10), BetweenSlices::kInterpolate);
      INFO("slices of " << step << " mm, " << more << " mm more");
      CHECK(slab.beyond.has_value() == (more == -5.0));
      CHECK(between.beyond.has_value() == (more == -5.0));
      CHECK((slab.furthest_excess && slab.furthest_excess->off.in_mm() > kExcessLimit) == (more > 0.0));
      CHECK((between.furthest_excess && between.furthest_excess->off.in_mm() > kExcessLimit) == (more > 0.0));
    }
  }
}

TEST_CASE("margin: an outer structure drawn on other slices than the inner one", "[margin][VO-2][VO-3]") {
  for (const auto& [inner_step, outer_step] : {std::pair(2.0, 3.0), std::pair(5.0, 2.5), std::pair(2.5, 5.0)}) {
    const Structure inner = cut(capsule({0, 0, 0}, {0, 0, 0}, 15.0), inner_step, 0.4);
    const auto outer = [&, step = outer_step](double r) { return cut(capsule({0, 0, 0}, {0, 0, 0}, r), step, 1.1); };
    INFO(inner_step << " and " << outer_step << " mm");
    CHECK_FALSE(fit(inner, outer(24.1), margins(10, 10)).beyond);
    CHECK(fit(inner, outer(22.0), margins(10, 10)).beyond);
    // Containment: of the same solid, and of one that is 3 mm smaller.
    CHECK_FALSE(fit(inner, outer(15.0), margins(0, 0)).beyond);
    CHECK(fit(inner, outer(12.0), margins(0, 0)).beyond);
  }
}
