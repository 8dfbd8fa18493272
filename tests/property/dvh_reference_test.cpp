// The reference itself against closed forms: what the random cases rest on.
#include "tests/property/dvh_reference.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <numbers>

#include "tests/property/dvh_cases.h"

namespace dosegate::property {
namespace {

using Ring = std::vector<Eigen::Vector2d>;

const Ring kBox = {{4, 4}, {36, 4}, {36, 36}, {4, 36}};

VoxelDoses sample(double spacing, int n, const std::function<double(const Eigen::Vector3d&)>& dose) {
  VoxelDoses doses;
  for (auto& axis : doses.centre) {
    for (int i = 0; i < n; ++i) axis.push_back(i * spacing);
  }
  for (const double z : doses.centre[2]) {
    for (const double y : doses.centre[1]) {
      for (const double x : doses.centre[0]) doses.gy.push_back(static_cast<float>(dose({x, y, z})));
    }
  }
  return doses;
}

// The rings on planes 4 mm apart, from z = 8 to 32.
std::vector<DrawnPlane> prism(const std::vector<Ring>& rings) {
  std::vector<DrawnPlane> planes;
  for (double z = 10; z < 32; z += 4) planes.push_back({z, rings});
  return planes;
}

void check(const Measured<Volume>& v, double truth_mm3) {
  CHECK(std::abs(v.value.in_mm3() - truth_mm3) <= v.error.in_mm3());
  CHECK(v.error.in_mm3() <= 1e-6 * 24576.0);  // of the box
}
void check(const Measured<Dose>& d, double truth_gy) {
  CHECK(std::abs(d.value.in_gy() - truth_gy) <= d.error.in_gy());
  CHECK(d.error.in_gy() <= 1e-5);
}

constexpr double kHeight = 24.0;  // mm, of prism()

}  // namespace

TEST_CASE("The reference has the closed forms of a box in a linear dose") {
  const DvhReference dvh(prism({kBox}), sample(4, 11, [](const auto& p) { return 10 + p.x(); }), 2.0);
  check(dvh.total(), 32 * 32 * kHeight);
  check(dvh.mean(), 2 * 30);
  check(dvh.minimum(), 2 * 14);
  check(dvh.maximum(), 2 * 46);
  for (const double x : {5.0, 8.0, 20.123, 35.9}) {
    check(dvh.volume_above(Dose::gy(2 * (10 + x))), (36 - x) * 32 * kHeight);
    check(dvh.dose_of_hottest(Volume::mm3((36 - x) * 32 * kHeight)), 2 * (10 + x));
  }
  check(dvh.outside(), 0.0);
  check(Measured<Dose>{dvh.dose_at({13.7, 1, 2}), Dose::gy(1e-12)}, 2 * 23.7);
  CHECK(dvh.dose_at({13.7, -2.1, 2}).in_gy() == 0.0);
}

TEST_CASE("The reference has the closed forms of a product of two coordinates") {
  const auto two = [](double x, double y) {
    const double k = x * y;  // V(T): the area above the hyperbola
    const double from = std::max(4.0, k / 36.0), to = std::min(36.0, k / 4.0);
    return 36.0 * (to - from) - k * std::log(to / from) + 32.0 * (36.0 - to);
  };
  const DvhReference across(prism({kBox}), sample(4, 11, [](const auto& p) { return p.x() * p.y() / 32; }), 1.0);
  for (const double t : {0.6, 2.0, 11.0, 25.0}) check(across.volume_above(Dose::gy(t)), two(32 * t, 1.0) * kHeight);
  check(across.mean(), 20.0 * 20.0 / 32.0);

  // The same along z, where the quadrature is at work: x and z, z from 8 to 32.
  const DvhReference along(prism({kBox}), sample(4, 11, [](const auto& p) { return p.x() * p.z() / 32; }), 1.0);
  for (const double t : {2.0, 11.0, 25.0}) {
    const double k = 32 * t, from = std::max(8.0, k / 36.0), to = std::min(32.0, k / 4.0);
    check(along.volume_above(Dose::gy(t)), 32.0 * (36.0 * (to - from) - k * std::log(to / from) + 32.0 * (32.0 - to)));
  }
  check(along.mean(), 20.0 * 20.0 / 32.0);
}

TEST_CASE("The reference has the closed form of a saddle inside one cell") {
  // x y with x and y from -a to a, at T = t a^2, 0 < t < 1: two corners, each a^2 (1 - t + t ln t).
  VoxelDoses doses;
  for (auto& axis : doses.centre) axis = {-8, 8};
  for (int n = 0; n < 8; ++n) doses.gy.push_back(((n & 1) != 0) == ((n & 2) != 0) ? 128.F : 0.F);  // 64 + x y
  const Ring square = {{-6, -6}, {6, -6}, {6, 6}, {-6, 6}};
  const DvhReference dvh({{-2, {square}}, {2, {square}}}, doses, 1.0);
  for (const double t : {0.01, 0.4, 0.9}) {
    const double corner = 36 * (1 - t + t * std::log(t)) * 8;
    check(dvh.volume_above(Dose::gy(64 + 36 * t)), 2 * corner);
    check(dvh.volume_above(Dose::gy(64 - 36 * t)), 4 * 36 * 8 - 2 * corner);
  }
  check(dvh.volume_above(Dose::gy(64)), 2 * 36 * 8);
  check(dvh.minimum(), 64 - 36);
  check(dvh.maximum(), 64 + 36);
}

TEST_CASE("The reference finds the extremes of a parabola along a slanted edge") {
  // x y on the line x + y = 12 is largest in its middle, 36; the triangle's other points have less.
  VoxelDoses doses;
  for (auto& axis : doses.centre) axis = {0, 16};
  for (int n = 0; n < 8; ++n) doses.gy.push_back((n & 3) == 3 ? 256.F : 0.F);
  const Ring triangle = {{0, 0}, {12, 0}, {0, 12}};
  const DvhReference dvh({{4, {triangle}}, {8, {triangle}}}, doses, 1.0);
  check(dvh.maximum(), 36.0);
  check(dvh.minimum(), 0.0);
  // Above T: under the line, over the hyperbola.
  for (const double t : {1.0, 20.0, 35.9}) {
    const double root = std::sqrt(36 - t), x0 = 6 - root, x1 = 6 + root;
    check(dvh.volume_above(Dose::gy(t)), 8 * (12 * (x1 - x0) - 0.5 * (x1 * x1 - x0 * x0) - t * std::log(x1 / x0)));
  }
}

TEST_CASE("The reference has the areas of rings that cross, nest and leave the grid") {
  const VoxelDoses ones = sample(4, 11, [](const auto&) { return 1.0; });
  const auto volume = [&](const std::vector<Ring>& rings) { return DvhReference(prism(rings), ones, 1.0).total(); };
  check(volume({{{10, 10}, {30, 30}, {30, 10}, {10, 30}}}), 2 * 0.5 * 20 * 10 * kHeight);  // a bow-tie
  check(volume({kBox, {{10, 10}, {10, 30}, {30, 30}, {30, 10}}}), (32 * 32 - 20 * 20) * kHeight);
  Ring pentagram;
  for (int i = 0; i < 5; ++i) {
    const double angle = 2.0 * std::numbers::pi * (2 * i) / 5;
    pentagram.emplace_back(20 + 15 * std::cos(angle), 20 + 15 * std::sin(angle));
  }
  // Even-odd: five points without the pentagon in the middle. Inner corners lie at R / phi^2.
  const double r = 15, phi = std::numbers::phi, inner = r / (phi * phi), pi = std::numbers::pi;
  const double star = 5 * r * inner * std::sin(pi / 5), middle = 2.5 * inner * inner * std::sin(2 * pi / 5);
  check(volume({pentagram}), (star - middle) * kHeight);

  const DvhReference beyond(prism({{{30, 10}, {50, 10}, {50, 30}, {30, 30}}}), ones, 1.0);  // the grid ends at 42
  check(beyond.outside(), 8 * 20 * kHeight);
  check(beyond.minimum(), 0.0);
  check(beyond.volume_above(Dose::gy(1.0)), 12 * 20 * kHeight);
  check(beyond.volume_above(Dose::gy(1.0), AtTheLevel::kDoesNotCount), 0.0);
  check(beyond.volume_above(Dose::gy(0.0)), 20 * 20 * kHeight);
  check(beyond.mean(), 0.6);
}

TEST_CASE("The reference agrees with a count of points in random cases") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    const DvhCase c = random_case(seed, DoseKind::kRough);
    const DvhReference dvh = c.reference();
    const Dose level = 0.5 * (dvh.minimum().value + dvh.maximum().value);
    // Even-odd by the definition: how often a ray towards +x meets the rings.
    const auto inside = [](const DrawnPlane& plane, double x, double y) {
      bool in = false;
      for (const auto& ring : plane.rings) {
        for (std::size_t i = 0; i < ring.size(); ++i) {
          const auto &p = ring[i], &q = ring[(i + 1) % ring.size()];
          if ((p.y() > y) != (q.y() > y) && x < p.x() + (y - p.y()) * (q.x() - p.x()) / (q.y() - p.y())) in = !in;
        }
      }
      return in;
    };
    double all = 0.0, above = 0.0, sum = 0.0;
    const int n = 60;
    for (std::size_t i = 0; i < c.planes.size(); ++i) {
      const double below = i > 0 ? c.planes[i].z - c.planes[i - 1].z : c.planes[1].z - c.planes[0].z;
      const double over = i + 1 < c.planes.size() ? c.planes[i + 1].z - c.planes[i].z : below;
      Eigen::Vector2d lo = c.planes[i].rings[0][0], hi = lo;
      for (const auto& ring : c.planes[i].rings) {
        for (const auto& p : ring) {
          lo = lo.cwiseMin(p);
          hi = hi.cwiseMax(p);
        }
      }
      const Eigen::Vector3d from(lo.x(), lo.y(), c.planes[i].z - 0.5 * below);
      const Eigen::Vector3d size(hi.x() - lo.x(), hi.y() - lo.y(), 0.5 * (below + over));
      for (int m = 0; m < n * n * n; ++m) {
        const Eigen::Vector3d at =
            from + size.cwiseProduct(Eigen::Vector3d(m % n + 0.5, m / n % n + 0.5, m / (n * n) + 0.5) / n);
        if (!inside(c.planes[i], at.x(), at.y())) continue;
        const double volume = size.prod() / (n * n * n), dose = dvh.dose_at(at).in_gy();
        all += volume;
        sum += volume * dose;
        if (dose >= level.in_gy()) above += volume;
        REQUIRE(dose >= dvh.minimum().value.in_gy() - 1e-9);
        REQUIRE(dose <= dvh.maximum().value.in_gy() + 1e-9);
      }
    }
    CAPTURE(seed);
    CHECK(all == Approx(dvh.total().value.in_mm3()).epsilon(0.01));
    CHECK(above / all == Approx(dvh.volume_above(level).value / dvh.total().value).margin(0.01));
    CHECK(sum / all == Approx(dvh.mean().value.in_gy()).margin(0.3));
  }
}

}  // namespace dosegate::property
