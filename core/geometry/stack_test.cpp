#include "core/geometry/stack.h"

#include <catch2/catch.hpp>

#include "core/geometry/combine.h"
#include "core/geometry/solid.h"
#include "core/geometry/test_shapes.h"
#include "core/geometry/trapezoids.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {
double volume_cc(const SlabStack& stack) {
  std::int64_t budget = 1'000'000'000;
  const auto v = volume_of(stack, budget);
  REQUIRE(v);
  return v->in_cc();
}
const Points2 kSquare = box_ring(0, 0, 10, 10);
}  // namespace

TEST_CASE("Slabs reach half-way to their neighbours, also where the spacing is uneven") {
  const auto stack = make_stack(prism("S", {kSquare}, {0, 3, 4.5, 6, 9}));
  REQUIRE(stack);
  CHECK(stack->slabs.front().lo == -1.5);
  CHECK(stack->slabs.back().hi == 10.5);
  CHECK(volume_cc(*stack) == Approx(1.2));
}

TEST_CASE("One missing slice is filled from its neighbours and said so") {
  const auto stack = make_stack(prism("S", {kSquare}, {0, 3, 6, 12, 15, 18}));
  REQUIRE(stack);
  REQUIRE(stack->notes.size() == 1);
  CHECK(english(stack->notes[0]).find("missing") != std::string::npos);
  CHECK(volume_cc(*stack) == Approx(2.1));
}

TEST_CASE("More than one missing slice in a row is refused") {
  const auto stack = make_stack(prism("S", {kSquare}, {0, 3, 6, 15, 18, 21}));
  REQUIRE_FALSE(stack);
  CHECK(stack.error().code == ErrorCode::kNotEvaluable);
  CHECK(stack.error().message.find("'S'") != std::string::npos);
}

TEST_CASE("Pieces of a prism have the volume of their slices, whatever lies between slices") {
  const std::vector<double> body = planes(-60, 60, 3);
  for (const std::vector<double>& at : std::vector<std::vector<double>>{
           {-40.5, -37.5, 10.5, 13.5, 16.5}, {1.5, 22.5}, {-10.5, -7.5, 1.5, 4.5, 7.5, 40.5}, {13.5}}) {
    const Structure s = prism("S", {kSquare}, at);
    const auto drawn = find_planes(s);
    REQUIRE(drawn);
    SliceGrid grid;
    for (const auto& source : {drawn->positions(), body}) grid.add(source);
    grid.finish();
    const PlaneLayout layout = lay_out({s.name, drawn->positions(), s.slab_thickness, false}, grid);
    REQUIRE(layout.problem.empty());
    for (const auto model : {BetweenSlices::kSlab, BetweenSlices::kInterpolate}) {
      const auto solid = make_solid(make_stack(s, *drawn, layout.planes, layout.notes), s.name, model);
      REQUIRE(solid);
      CHECK(volume_cc(*solid) == Approx(0.3 * static_cast<double>(at.size())).epsilon(2e-3));
      CHECK(solid->slabs.front().lo == at.front() - 1.5);
      CHECK(solid->slabs.back().hi == at.back() + 1.5);
    }
  }
}

TEST_CASE("What has no thickness or no inside is refused with the reason") {
  const auto message = [](const Structure& s) {
    const auto stack = make_stack(s);
    REQUIRE_FALSE(stack);
    return stack.error().message;
  };
  CHECK(message(prism("S", {kSquare}, {0})).find("single plane") != std::string::npos);
  CHECK(message(prism("S", {}, {})).find("no contours") != std::string::npos);
  CHECK(message(prism("S", {{{0, 0}, {1, 1}}}, {0, 3})).find("three points") != std::string::npos);
  Structure open = prism("S", {kSquare}, {0, 3});
  open.contours.push_back(axial(kSquare, 6, ContourType::kOpenPlanar));
  CHECK(message(open).find("open contour") != std::string::npos);
  Structure tilted = prism("S", {kSquare}, {0, 3});
  for (auto& c : tilted.contours) c.points[1].z() += 1.0;
  CHECK(message(tilted).find("parallel planes") != std::string::npos);
  Structure defect = prism("S", {kSquare}, {0, 3});
  defect.defect = "Contour 2 has 7 numbers.";
  CHECK(message(defect) == "Contour 2 has 7 numbers.");
}

TEST_CASE("Points beside closed contours are left out with a note") {
  Structure s = prism("S", {kSquare}, {0, 3, 6});
  s.contours.push_back(axial({{5, 5}}, 30, ContourType::kPoint));
  const auto stack = make_stack(s);
  REQUIRE(stack);
  CHECK(stack->notes.size() == 1);
  CHECK(volume_cc(*stack) == Approx(0.9));
}

TEST_CASE("Liver minus GTV is exact on the polygons though their planes differ", "[VO-4]") {
  const auto liver = make_stack(prism("Liver", {box_ring(0, 0, 100, 80)}, planes(0, 60, 3)));
  const auto gtv = make_stack(prism("GTV", {box_ring(90, 10, 120, 30)}, planes(10, 30, 2.5)));
  REQUIRE(liver);
  REQUIRE(gtv);
  const auto normal = subtract(*liver, {&*gtv});
  REQUIRE(normal);
  CHECK(volume_cc(*normal) == Approx((100.0 * 80 * 60 - 10.0 * 20 * 20) / 1000).epsilon(1e-12));
}

TEST_CASE("Subtracting a hole leaves what lies in it", "[VO-4]") {
  const auto a = make_stack(prism("A", {box_ring(0, 0, 20, 20)}, planes(0, 10, 2)));
  const auto ring = make_stack(prism("B", {box_ring(5, 5, 15, 15), box_ring(8, 8, 12, 12)}, planes(0, 10, 2)));
  REQUIRE(a);
  REQUIRE(ring);
  const auto rest = subtract(*a, {&*ring});
  REQUIRE(rest);
  CHECK(volume_cc(*rest) == Approx((400.0 - 100 + 16) * 10 / 1000).epsilon(1e-12));
}

TEST_CASE("A contour of a million points is evaluated") {
  const auto stack = make_stack(prism("Many", {polygon_ring(3, 4, 50, 1'000'000)}, {0, 3}));
  REQUIRE(stack);
  CHECK(volume_cc(*stack) == Approx(polygon_area(50, 1'000'000) * 6 / 1000).epsilon(1e-9));
}

// Heights that rise and fall a few times are sorted by merging, others by buckets, and those of a repeated level are
// equal: a comb has them all.
TEST_CASE("A comb has the area of its teeth, few or many, level or not, upright or turned") {
  for (const int teeth : {2, 7, 8, 9, 200}) {
    for (const double uneven : {0.0, 1.0}) {
      for (const bool turned : {false, true}) {
        INFO(teeth << " teeth, uneven by " << uneven << " mm, turned " << turned);
        Points2 comb{Eigen::Vector2d(0.0, -10.0)};
        double area = 0.0, before = 0.0;
        for (int n = 0; n <= 2 * teeth; ++n) {
          const double height = (n % 2 == 1 ? 5.0 : 1.0) + uneven * ((7 * n) % 11) / 11.0;
          comb.emplace_back(static_cast<double>(n), height);
          if (n > 0) area += 10.0 + 0.5 * (before + height);
          before = height;
        }
        comb.emplace_back(2.0 * teeth, -10.0);
        if (turned) {
          for (auto& p : comb) p = Eigen::Vector2d(-p.y(), p.x());
        }
        const auto stack = make_stack(prism("Comb", {comb}, {0, 3}));
        REQUIRE(stack);
        CHECK(volume_cc(*stack) == Approx(area * 6 / 1000).epsilon(1e-12));
      }
    }
  }
}
