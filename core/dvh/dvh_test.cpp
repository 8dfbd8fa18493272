#include "core/dvh/dvh.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

Dvh dvh_of(const Structure& s, const DoseGrid& grid, double scale = 1.0) {
  const auto stack = make_stack(s);
  REQUIRE(stack);
  auto dvh = Dvh::make(*stack, grid, scale);
  REQUIRE(dvh);
  return *std::move(dvh);
}

template <typename Q, typename Get>
void check_interval(const Interval<Q>& i, double truth, double tolerance, const Get& get) {
  CHECK(get(i.lower) <= truth + 1e-12 * std::abs(truth));
  CHECK(get(i.upper) >= truth - 1e-12 * std::abs(truth));
  CHECK(get(i.value) == Approx(truth).margin(tolerance));
  CHECK(get(i.upper) - get(i.lower) <= 2.0 * tolerance);
}
double gy(Dose d) { return d.in_gy(); }
double cc(Volume v) { return v.in_cc(); }

}  // namespace

TEST_CASE("A box in a linear dose has its volume, mean, minimum, maximum, V and D in closed form") {
  // 40 x 30 x 24 mm, off the voxel edges; D = 20 + 0.5 x, x from -17.3 to 22.7.
  const Structure box = prism("Box", {box_ring(-17.3, -11.1, 22.7, 18.9)}, planes(-12.0, 12.0, 3.0));
  const DoseGrid grid = sample({}, [](const auto& p) { return 30.0 + 0.5 * p.x(); });
  const Dvh dvh = dvh_of(box, grid);
  CHECK(dvh.total().in_cc() == Approx(28.8).epsilon(1e-12));
  CHECK(dvh.outside().in_cc() == 0.0);
  check_interval(dvh.mean(), 30.0 + 0.5 * 2.7, 1e-4, gy);
  CHECK(dvh.minimum().dose.in_gy() == Approx(30.0 - 0.5 * 17.3).epsilon(1e-12));
  CHECK(dvh.maximum().dose.in_gy() == Approx(30.0 + 0.5 * 22.7).epsilon(1e-12));
  CHECK(dvh.maximum().at_mm.x() == Approx(22.7));
  for (const double t : {21.36, 25.0, 30.0, 33.333, 41.0}) {
    const double x = (t - 30.0) / 0.5;
    check_interval(dvh.volume_above(Dose::gy(t)), 28.8 * (22.7 - x) / 40.0, 28.8e-4, cc);
  }
  for (const double share : {0.02, 0.5, 0.95, 0.98}) {
    check_interval(dvh.dose_of_hottest(Volume::cc(28.8 * share)), 30.0 + 0.5 * (22.7 - 40.0 * share), 0.005, gy);
  }
}

TEST_CASE("D at little cost is near the truth where the cells have few doses, too") {
  // Four columns of whole cells, 5 Gy apart: the hottest quarter begins at x = 25 mm, with 55 Gy.
  const Structure box = prism("Box", {box_ring(17.5, -40, 27.5, 10)}, planes(-12.5, 12.5, 5.0));
  const DoseGrid grid = sample({}, [](const auto& p) { return 40.0 + 2.0 * std::clamp(p.x() - 17.5, 0.0, 10.0); });
  const Dvh dvh = dvh_of(box, grid);
  const Interval<Dose> d = dvh.dose_of_hottest_near(0.25 * dvh.total(), Dose::gy(45.0));
  CHECK(d.value.in_gy() == Approx(55.0).margin(0.04));
  CHECK(d.lower.in_gy() <= 55.0);
  CHECK(d.upper.in_gy() >= 55.0);
}

TEST_CASE("The mixed terms of a trilinear dose are inside the bounds") {
  // D = x y / 40 on a box [4, 36]^2: V(T) = area where x y > 40 T, with a logarithm.
  const Structure box = prism("Box", {box_ring(4, 4, 36, 36)}, planes(-10, 10, 2.0));
  GridSpec spec;
  spec.first = {0, 0, -20};
  spec.spacing = {4, 4, 4};
  spec.size = {11, 11, 11};
  const DoseGrid grid = sample(spec, [](const auto& p) { return p.x() * p.y() / 40.0; });
  const Dvh dvh = dvh_of(box, grid);
  const double mean = 20.0 * 20.0 / 40.0;
  check_interval(dvh.mean(), mean, 1e-4, gy);
  for (const double t : {2.0, 7.7, 15.0, 25.0}) {
    const double k = 40.0 * t;
    const double x0 = std::max(4.0, k / 36.0), x1 = std::min(36.0, k / 4.0);
    // x in [x0, x1]: 36 - k / x; beyond x1 the whole width.
    double area = 36.0 * (x1 - x0) - k * std::log(x1 / x0) + 32.0 * (36.0 - x1);
    const Volume truth = Volume::mm3(area * 20.0);
    check_interval(dvh.volume_above(Dose::gy(t), Plateau::kCounts, truth), cc(truth), 20.48e-4, cc);
  }
}

TEST_CASE("A hole, a keyhole and an XOR contour give the same ring") {
  const Points2 outer = polygon_ring(1.3, -2.1, 20, 64), inner = polygon_ring(1.3, -2.1, 8, 64);
  const auto z = planes(-9, 9, 3);
  const double truth = (polygon_area(20, 64) - polygon_area(8, 64)) * 18.0 / 1000.0;
  const DoseGrid grid = sample({}, [](const auto& p) { return 60.0 + p.y(); });
  const Dvh hole = dvh_of(prism("Hole", {outer, inner}, z), grid);
  CHECK(hole.total().in_cc() == Approx(truth).epsilon(1e-10));
  Points2 keyhole = outer;
  keyhole.push_back(outer.front());
  keyhole.insert(keyhole.end(), inner.rbegin(), inner.rend());
  keyhole.push_back(inner.back());
  const Dvh cut = dvh_of(prism("Keyhole", {keyhole}, z), grid);
  CHECK(cut.total().in_cc() == Approx(truth).epsilon(1e-9));
  CHECK(gy(cut.mean().value) == Approx(gy(hole.mean().value)).epsilon(1e-9));
  // Symmetric about its centre, so the mean is the dose there.
  CHECK(gy(hole.mean().value) == Approx(60.0 - 2.1).epsilon(1e-9));
}

TEST_CASE("A figure of eight counts by the even-odd rule") {
  // Two triangles of 10 x 10 / 2 that touch in the middle.
  const Points2 eight = {{-10, -5}, {10, 5}, {10, -5}, {-10, 5}};
  const Dvh dvh = dvh_of(prism("Eight", {eight}, planes(-5, 5, 1)), sample({}, [](const auto&) { return 1.0; }));
  CHECK(dvh.total().in_cc() == Approx(2 * 0.5 * 10 * 10 * 10 / 1000.0).epsilon(1e-10));
}

TEST_CASE("A repeated contour counts once, in both windings") {
  Points2 ring = polygon_ring(0, 0, 10, 32);
  Points2 turned(ring.rbegin() + 5, ring.rend());
  turned.insert(turned.end(), ring.rbegin(), ring.rbegin() + 5);
  const auto stack = make_stack(prism("Twice", {ring, turned}, planes(-6, 6, 2)));
  REQUIRE(stack);
  REQUIRE(stack->notes.size() == 1);
  const auto dvh = Dvh::make(*stack, sample({}, [](const auto&) { return 1.0; }), 1.0);
  REQUIRE(dvh);
  CHECK(dvh->total().in_cc() == Approx(polygon_area(10, 32) * 12 / 1000.0).epsilon(1e-10));
}

TEST_CASE("The part of a structure beyond the outer half voxel is counted as outside") {
  // Voxel centres end at x = 50; the last voxel ends at 51.25.
  const Structure box = prism("Box", {box_ring(41.25, -10, 61.25, 10)}, planes(-10, 10, 2.5));
  const Dvh dvh = dvh_of(box, sample({}, [](const auto&) { return 10.0; }));
  CHECK(dvh.outside().in_cc() == Approx(10.0 * 20 * 20 / 1000).epsilon(1e-9));
  CHECK(dvh.rim().in_cc() == Approx(1.25 * 20 * 20 / 1000).epsilon(1e-9));
  const Dvh above = dvh_of(prism("Up", {box_ring(-5, -5, 5, 5)}, planes(41.25, 61.25, 2.5)),
                           sample({}, [](const auto&) { return 10.0; }));
  CHECK(above.outside().in_cc() == Approx(10.0 * 10 * 10 / 1000).epsilon(1e-9));
}

TEST_CASE("A plateau at the dose asked for counts for 'at least' and not for 'more than'") {
  const Structure box = prism("Box", {box_ring(-10, -10, 10, 10)}, planes(-10, 10, 2.5));
  const Dvh dvh = dvh_of(box, sample({}, [](const auto&) { return 42.75; }));
  CHECK(cc(dvh.volume_above(Dose::gy(42.75)).lower) == cc(dvh.total()));
  CHECK(cc(dvh.volume_above(Dose::gy(42.75), Plateau::kDoesNotCount).upper) == 0.0);
  CHECK(gy(dvh.dose_of_hottest(0.97 * dvh.total()).value) == Approx(42.75));
}

TEST_CASE("Structures drawn on sagittal planes and grids stored backwards give the same metrics") {
  const auto dose = [](const Eigen::Vector3d& p) { return 40.0 + 0.3 * p.x() - 0.2 * p.y() + 0.1 * p.z(); };
  const Structure box = prism("Box", {box_ring(-12, -9, 8, 11)}, planes(-6, 9, 3));
  Structure sagittal = box;
  sagittal.contours.clear();
  for (double x = -11; x < 8; x += 2) {
    Contour c;
    c.points = {{x, -9, -6}, {x, 11, -6}, {x, 11, 9}, {x, -9, 9}};
    sagittal.contours.push_back(c);
  }
  const DoseGrid grid = sample({}, dose);
  const Dvh a = dvh_of(box, grid), b = dvh_of(sagittal, grid);
  CHECK(cc(a.total()) == Approx(cc(b.total())).epsilon(1e-12));
  CHECK(gy(a.mean().value) == Approx(gy(b.mean().value)).epsilon(1e-12));
  CHECK(gy(a.maximum().dose) == Approx(gy(b.maximum().dose)).epsilon(1e-12));
  const double d95a = gy(a.dose_of_hottest(0.95 * a.total()).value),
               d95b = gy(b.dose_of_hottest(0.95 * b.total()).value);
  CHECK(d95a == Approx(d95b).margin(0.002));

  // Prone-like orientation: rows and columns run towards -x and -y.
  std::vector<float> values;
  std::vector<double> offsets;
  for (int k = 0; k < 41; ++k) {
    offsets.push_back(2.5 * k);
    for (int j = 0; j < 41; ++j) {
      for (int i = 0; i < 41; ++i)
        values.push_back(static_cast<float>(dose({50 - 2.5 * i, 50 - 2.5 * j, -50 + 2.5 * k})));
    }
  }
  DoseDescription d;
  d.values = values.data();
  d.value_count = values.size();
  d.columns = d.rows = d.planes = 41;
  d.position_mm = {50, 50, -50};
  d.row_cosines = {-1, 0, 0};
  d.column_cosines = {0, -1, 0};
  d.row_spacing_mm = d.column_spacing_mm = 2.5;
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = "1.2.3";
  const auto turned = DoseGrid::make(d);
  REQUIRE(turned);
  REQUIRE(turned->problem().empty());
  CHECK(gy(dvh_of(box, *turned).mean().value) == Approx(gy(a.mean().value)).epsilon(1e-6));
}

TEST_CASE("D and V stay inside their bounds and in order on random doses") {
  std::mt19937 random(20261123);
  std::uniform_real_distribution<double> dose(0.0, 60.0), radius(6.0, 24.0);
  for (int n = 0; n < (DOSEGATE_SANITIZED ? 1 : 3); ++n) {
    Points2 star;
    for (int i = 0; i < 40; ++i) {
      const double a = 2.0 * std::numbers::pi * i / 40, r = radius(random);
      star.emplace_back(r * std::cos(a), r * std::sin(a));
    }
    GridSpec spec;
    spec.first = {-30, -30, -30};
    spec.spacing = {5, 4, 6};
    spec.size = {13, 16, 11};
    const DoseGrid grid = sample(spec, [&](const auto&) { return dose(random); });
    const Dvh dvh = dvh_of(prism("Star", {star}, planes(-12, 12, 3)), grid, 0.5);
    Volume before = dvh.total();
    for (double t = 0.0; t <= 31.0; t += 1.0) {
      const auto v = dvh.volume_above(Dose::gy(t));
      CHECK(v.lower <= v.value);
      CHECK(v.value <= v.upper);
      CHECK(v.lower <= before);
      before = v.upper;
    }
    for (const double share : {0.02, 0.3, 0.7, 0.98}) {
      const auto d = dvh.dose_of_hottest(share * dvh.total());
      CHECK(d.lower <= d.value);
      CHECK(d.value <= d.upper);
      CHECK(dvh.volume_above(d.lower).upper >= share * dvh.total());
      CHECK(dvh.volume_above(d.upper).lower <= share * dvh.total());
    }
  }
}

TEST_CASE("Random trilinear doses agree with a slow integration by midpoints") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> dose(0.0, 60.0);
  GridSpec spec;
  spec.first = {0, 0, 0};
  spec.spacing = {10, 10, 10};
  spec.size = {3, 3, 3};
  for (int n = 0; n < 10; ++n) {
    std::array<double, 27> node{};
    for (auto& v : node) v = dose(random);
    std::size_t next = 0;
    const DoseGrid grid = sample(spec, [&](const auto&) { return node[next++]; });
    const Structure box = prism("Box", {box_ring(2, 3, 18, 17)}, planes(4, 16, 4));
    const Dvh dvh = dvh_of(box, grid);
    const auto at = [&](double x, double y, double z) {
      const auto low = [](double c) { return c >= 10.0 ? std::size_t{1} : std::size_t{0}; };
      const std::size_t i = low(x), j = low(y), k = low(z);
      const double fx = x / 10 - static_cast<double>(i), fy = y / 10 - static_cast<double>(j),
                   fz = z / 10 - static_cast<double>(k);
      double sum = 0.0;
      for (std::size_t c = 0; c < 8; ++c) {
        sum += node[(k + (c >> 2)) * 9 + (j + ((c >> 1) & 1)) * 3 + i + (c & 1)] * ((c & 1) ? fx : 1 - fx) *
               ((c & 2) ? fy : 1 - fy) * ((c & 4) ? fz : 1 - fz);
      }
      return sum;
    };
    const int m = 96;
    std::array<int, 3> above{};
    double mean = 0.0;
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < m; ++j) {
        for (int k = 0; k < m; ++k) {
          const double f = at(2 + 16 * (i + 0.5) / m, 3 + 14 * (j + 0.5) / m, 4 + 12 * (k + 0.5) / m);
          mean += f;
          for (std::size_t t = 0; t < 3; ++t) above[t] += f >= 20.0 + 10.0 * static_cast<double>(t);
        }
      }
    }
    const double all = m * m * m;
    CHECK(gy(dvh.mean().value) == Approx(mean / all).margin(2e-3));
    for (std::size_t t = 0; t < 3; ++t) {
      const double share = above[t] / all;
      const auto v =
          dvh.volume_above(Dose::gy(20.0 + 10.0 * static_cast<double>(t)), Plateau::kCounts, share * dvh.total());
      const double truth = cc(dvh.total()) * above[t] / all, slack = 1e-3 * cc(dvh.total());  // of the midpoint rule
      CHECK(cc(v.lower) <= truth + slack);
      CHECK(cc(v.upper) >= truth - slack);
      CHECK(cc(v.value) == Approx(truth).margin(slack));
    }
  }
}

TEST_CASE("The curve agrees with V at its bins") {
  const Structure box = prism("Box", {box_ring(-20, -20, 20, 20)}, planes(-12, 12, 3));
  const Dvh dvh = dvh_of(box, sample({}, [](const auto& p) { return 30.0 + 0.5 * p.x(); }));
  const auto curve = dvh.curve(Dose::gy(0.1));
  REQUIRE(curve);
  REQUIRE(curve->size() >= 400);
  CHECK(cc((*curve)[0].value) == cc(dvh.total()));
  for (const std::size_t i : {201u, 205u, 300u, 391u}) {
    check_interval((*curve)[i], 38.4 * (40.0 - 0.1 * static_cast<double>(i)) / 20.0, 38.4e-4, cc);
  }
  CHECK(cc(curve->back().upper) == 0.0);
}
