#include "core/geometry/planes.h"

#include <catch2/catch.hpp>

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
  CHECK(stack->notes[0].find(": 9 contour(s)") != std::string::npos);
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
