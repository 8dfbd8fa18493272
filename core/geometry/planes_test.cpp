#include "core/geometry/planes.h"

#include <catch2/catch.hpp>

#include "core/frame/test_turned.h"
#include "core/geometry/stack.h"
#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

// A square of 20 mm on four slices, its points off by `off` mm in turn; `x0`: where it begins.
Structure uneven(double off, double x0 = 0.0) {
  Structure s = prism("S", {box_ring(x0, 0, x0 + 20, 20)}, {-20, -15, -10, -5});
  for (Contour& c : s.contours) {
    for (std::size_t i = 1; i < c.points.size(); i += 2) c.points[i].z() += off;
  }
  return s;
}

bool is_planar(const Structure& s) { return static_cast<bool>(find_planes(s)); }

Contour open_contour(const Points2& points, double z) { return axial(points, z, ContourType::kOpenPlanar); }

}  // namespace

TEST_CASE("A contour is planar when its points agree to what their decimals can say") {
  const auto planes = find_planes(uneven(0.01));
  REQUIRE(planes);
  REQUIRE(planes->planes.size() == 4);
  CHECK(planes->planes[0].at == Approx(-19.995).epsilon(1e-12));
  CHECK(planes->planes[3].at - planes->planes[2].at == Approx(5).epsilon(1e-12));
  for (const double z : {-19.99, 1234.56, 0.07}) {  // none of which is a binary number
    Structure s = prism("S", {box_ring(0, 0, 20.25, 20)}, {z});
    s.contours[0].points[1].z() = z - 0.01;
    s.contours[0].points[3].z() = z - 0.01;
    CHECK(is_planar(s));
  }
  CHECK(is_planar(uneven(-0.01, 0.25)));
  CHECK(is_planar(uneven(0.0049, 0.001)));
  CHECK(is_planar(uneven(0.1)));              // one decimal
  CHECK_FALSE(is_planar(uneven(0.1, 0.25)));  // two, which could have said it
  CHECK_FALSE(is_planar(uneven(0.02, 0.25)));
  CHECK_FALSE(is_planar(uneven(0.2)));
  CHECK_FALSE(is_planar(uneven(1.0)));
}

TEST_CASE("A tilted structure stays refused, also where it is tilted by little") {
  for (const double slope : {0.002, 0.01, 0.3}) {
    Structure s = prism("S", {polygon_ring(0, 0, 40, 60)}, {0, 3, 6});
    for (Contour& c : s.contours) {
      for (auto& p : c.points) p.z() += slope * p.x();
    }
    CHECK_FALSE(is_planar(s));
  }
}

TEST_CASE("Contours that enclose nothing are left out and noted, whatever their type") {
  Structure s = prism("S", {box_ring(0, 0, 20, 20)}, {0, 5, 10});
  s.contours.push_back(open_contour({{5, 5}, {6, 6}}, 5));
  s.contours.push_back(open_contour({{5, 5}}, 100));
  s.contours.push_back(open_contour({{5, 5}, {6, 6}, {5, 5}, {6, 6}}, 5));
  s.contours.push_back(axial({{5, 5}, {6, 6}}, 5, ContourType::kOpenNonplanar));
  s.contours.push_back(axial({{5, 5}, {6, 6}}, 50));
  s.contours.push_back(axial({{5, 5}, {6, 6}, {5, 5}, {6, 6}}, -50));
  s.contours.push_back(axial({{5, 5}, {5, 5}, {5, 5}, {5, 5}}, -50));
  s.contours.push_back(axial({{0, 0}, {1, 1}, {2, 2}, {3, 3}}, 80));  // on a line
  s.contours.push_back(axial({{5, 5}}, 90, ContourType::kPoint));
  const auto stack = make_stack(s);
  REQUIRE(stack);
  REQUIRE(stack->slabs.size() == 3);
  CHECK(stack->slabs.front().lo == -2.5);
  CHECK(stack->slabs.back().hi == 12.5);
  REQUIRE(stack->notes.size() == 1);
  CHECK(english(stack->notes[0]).find(": 9 contours") != std::string::npos);
}

TEST_CASE("An open contour of three points or more stays refused") {
  Structure s = prism("S", {box_ring(0, 0, 20, 20)}, {0, 5, 10});
  s.contours.push_back(open_contour({{0, 0}, {1, 0}, {1, 1}}, 5));
  CHECK_FALSE(is_planar(s));
}

TEST_CASE("Points that repeat do not make a contour degenerate") {
  const auto stack = make_stack(prism("S", {{{0, 0}, {0, 0}, {20, 0}, {20, 20}, {20, 20}, {0, 0}}}, {0, 5}));
  REQUIRE(stack);
  CHECK(stack->slabs.size() == 2);
  CHECK(stack->notes.empty());
}

TEST_CASE("Contours tilted against every axis are told by their angle and by how uneven they are", "[frame]") {
  const Structure flat = prism("S", {box_ring(-20, -20, 20, 20)}, {-3, 0, 3});
  for (const double degrees : {0.1, 5.0, 30.0, -44.0}) {
    const Structure tilted = turned(flat, turn(degrees, {1, 0, 0}), 6);
    CHECK_FALSE(find_planes(tilted));
    const auto tilt = find_tilt(tilted, {});
    REQUIRE(tilt);
    CHECK(tilt->angle.in_degrees() == Approx(std::abs(degrees)).epsilon(1e-4));
    CHECK(tilt->uneven.in_mm() == Approx(40 * std::sin(std::abs(degrees) * std::numbers::pi / 180)).epsilon(1e-3));
    // Against its own axes it is not, nor against others that it shares one with.
    const Orientation own = own_frame_of(turn(degrees, {1, 0, 0}).col(0), turn(degrees, {1, 0, 0}).col(1)).orientation;
    CHECK(find_planes(tilted, own));
  }
  Structure bent = flat;
  bent.contours[1].points[2].z() += 5.0;
  CHECK_FALSE(find_tilt(bent, {}));
  Structure crossed = turned(flat, turn(20, {1, 0, 0}));
  crossed.contours[1] = turned(flat, turn(40, {1, 0, 0})).contours[1];
  CHECK_FALSE(find_tilt(crossed, {}));
}

TEST_CASE("Turned contours are planar to what their decimals can say across their planes", "[frame]") {
  for (const double degrees : {10.0, 33.0}) {
    const Eigen::Matrix3d rotation = turn(degrees, {1, 2, -1});
    const Orientation own = own_frame_of(rotation.col(0), rotation.col(1)).orientation;
    const Structure s = prism("S", {polygon_ring(0, 0, 45.3, 90), polygon_ring(60, 0, 7.1, 40)}, planes(-20, 20, 2.5));
    for (const int decimals : {1, 2, 3}) {
      const auto found = find_planes(turned(s, rotation, decimals), own);
      REQUIRE(found);
      CHECK(found->frame == own);
      REQUIRE(found->planes.size() == 16);
      for (std::size_t n = 0; n < 16; ++n) {
        CHECK(found->planes[n].at == Approx(-18.75 + 2.5 * static_cast<double>(n)).margin(2 * std::pow(10, -decimals)));
      }
    }
    Structure uneven = turned(s, rotation, 2);
    uneven.contours[3].points[5] += 0.05 * rotation.col(2);
    CHECK_FALSE(find_planes(uneven, own));
  }
}

TEST_CASE("Small contours that are planar along two axes are taken along those that they were drawn along", "[frame]") {
  // The grid is turned by 1.4 mrad: 6 mm of a contour are 0.008 mm.
  const Eigen::Matrix3d rotation = turn(0.0802, {1, 0, 0});
  const Orientation grid = own_frame_of(rotation.col(0), rotation.col(1)).orientation;
  // Two pieces 100 mm apart; one that wanders; and one that stays where it is.
  const Structure two = prism("Two", {polygon_ring(0, -50, 3, 20), polygon_ring(0, 50, 3, 20)}, planes(-15, 15, 3));
  Structure slanted = prism("Slanted", {}, {});
  for (const double z : planes(-30, 30, 3)) slanted.contours.push_back(axial(polygon_ring(0, 2 * z, 3, 20), z));
  for (const Structure& s : {two, slanted}) {
    INFO(s.name);
    for (const int decimals : {2, 6}) {
      const auto of_patient = find_planes(turned(s, Eigen::Matrix3d::Identity(), decimals), grid);
      REQUIRE(of_patient);
      CHECK(of_patient->frame.is_patient());
      CHECK(of_patient->planes.size() == (s.name == "Two" ? 10 : 20));
    }
    const auto of_grid = find_planes(turned(s, rotation, 6), grid);
    REQUIRE(of_grid);
    CHECK(of_grid->frame == grid);
    CHECK(of_grid->off.in_mm() == 0.0);
  }
  const Structure one = prism("One", {polygon_ring(0, 0, 3, 20)}, planes(-1.5, 1.5, 1));
  for (const Structure& s : {one, turned(one, rotation)}) {
    const auto either = find_planes(s, grid);
    REQUIRE(either);
    CHECK(either->frame == grid);
    CHECK(either->off.in_mm() > 0.0);
    CHECK(either->off.in_mm() <= 0.01);
  }
}
