#include "core/geometry/interpolate.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "core/geometry/combine.h"
#include "core/geometry/test_shapes.h"
#include "core/geometry/trapezoids.h"

using namespace dosegate;
using namespace dosegate::test;
using std::numbers::pi;

namespace {

constexpr std::int64_t kBudget = 1'000'000'000;

Result<SlabStack> try_interpolate(const Structure& s, std::int64_t budget = kBudget) {
  const auto drawn = make_stack(s);
  REQUIRE(drawn);
  return interpolate(*drawn, s.name, budget);
}

SlabStack interpolated(const Structure& s) {
  auto stack = try_interpolate(s);
  REQUIRE(stack);
  return *std::move(stack);
}

double volume_mm3(const SlabStack& stack) {
  std::int64_t budget = kBudget;
  const auto v = volume_of(stack, budget);
  REQUIRE(v);
  return v->in_mm3();
}

using Rings = std::vector<Points2>;
using Outline = std::function<Rings(double z)>;

Structure drawn(const std::vector<double>& at, const Outline& cut, const std::string& name = "S") {
  Structure s = prism(name, {}, {});
  for (const double z : at) {
    for (const auto& ring : cut(z)) s.contours.push_back(axial(ring, z));
  }
  return s;
}

Points2 disc(double r, double cx = 0.3, double cy = -0.2) { return polygon_ring(cx, cy, r, 360); }

// Sections of solids of radius 12 and height 24, and of a sphere of any radius.
Rings sphere(double radius, double z) { return {disc(std::sqrt(radius * radius - z * z))}; }
Rings lying_cylinder(double z) {
  const double w = std::sqrt(144 - z * z);
  return {box_ring(-w, -12, w, 12)};
}
Rings lying_cone(double z) {
  Points2 ring;
  const double widest = std::sqrt(144 - z * z);
  for (int i = -150; i <= 150; ++i) {
    const double w = -widest * i / 150;
    ring.emplace_back(w, 12 - 2 * std::sqrt(w * w + z * z));
  }
  return {ring};
}
Rings keyhole_tube() {
  Points2 ring = disc(12), hole = disc(6);
  std::reverse(hole.begin() + 1, hole.end());
  ring.push_back(ring.front());
  ring.insert(ring.end(), hole.begin(), hole.end());
  ring.push_back(hole.front());
  return {ring};
}

double frustum(double height, double r0, double r1) { return pi / 3 * height * (r0 * r0 + r0 * r1 + r1 * r1); }

// The error, in percent, of the interpolated volume of a solid that is `half` high above and below z = 0.
double error_percent(double half, double step, const Outline& cut, double true_mm3) {
  return 100.0 * (volume_mm3(interpolated(drawn(planes(-half, half, step), cut))) / true_mm3 - 1.0);
}

}  // namespace

TEST_CASE("Solids drawn on slices have their true volume within 0.2 % at 1 mm and 1 % at 3 mm") {
  struct Solid {
    const char* name;
    Outline cut;
    double mm3;
  };
  const Solid solids[] = {
      {"sphere", [](double z) { return sphere(12, z); }, 4 * pi / 3 * 1728},
      {"cylinder across the slices", [](double) { return Rings{disc(12)}; }, pi * 144 * 24},
      {"cylinder along the slices", lying_cylinder, pi * 144 * 24},
      {"cone across", [](double z) { return Rings{disc(12 * (12 - z) / 24)}; }, pi * 144 * 8},
      {"cone along", lying_cone, pi * 144 * 8},
      {"tube",
       [](double) {
         return Rings{disc(12), disc(6)};
       },
       pi * 108 * 24},
      {"tube as a keyhole", [](double) { return keyhole_tube(); }, pi * 108 * 24},
  };
  for (const auto& solid : solids) {
    INFO(solid.name);
    CHECK(std::abs(error_percent(12, 3, solid.cut, solid.mm3)) < 1.0);
    if (!DOSEGATE_SANITIZED) CHECK(std::abs(error_percent(12, 1, solid.cut, solid.mm3)) < 0.2);
  }
}

TEST_CASE("What closes ends at its tip and has its volume, wherever its slices lie") {
  struct Solid {
    const char* name;
    double half, mm3;
    Outline cut;
  };
  const Solid solids[] = {
      {"sphere", 12, 4 * pi / 3 * 1728, [](double z) { return sphere(12, z); }},
      {"small sphere", 6, 4 * pi / 3 * 216, [](double z) { return sphere(6, z); }},
      {"flat ellipsoid", 12, 4 * pi / 3 * 12 * 30 * 30,
       [](double z) { return Rings{disc(2.5 * std::sqrt(144 - z * z))}; }},
      {"ellipsoid that leans", 12, 4 * pi / 3 * 12 * 8 * 8,
       [](double z) { return Rings{disc(8 * std::sqrt(1 - z * z / 144), 0.5 * z, 0)}; }},
      {"cylinder on its side", 12, pi * 144 * 24, lying_cylinder},
      {"cone on its side", 12, pi * 144 * 8, lying_cone},
  };
  for (const auto& solid : solids) {
    for (const double step : {1.0, 3.0}) {
      for (const double phase : {0.1, 0.25, 0.5, 0.75, 1.0}) {
        if (DOSEGATE_SANITIZED && (step == 1.0 || phase != 0.75)) continue;
        INFO(solid.name << ", a slice every " << step << " mm, the first " << phase << " of that from the end");
        std::vector<double> at;
        for (double z = -solid.half + phase * step; z < solid.half - 1e-6; z += step) at.push_back(z);
        const SlabStack stack = interpolated(drawn(at, solid.cut));
        CHECK(std::abs(volume_mm3(stack) / solid.mm3 - 1.0) < (step == 1.0 ? 0.004 : 0.02));
        const bool is_cone = solid.cut(0.0)[0].size() == 301;  // it comes to a point: its last section is a sliver
        const double tip = is_cone ? 0.5 * step : step == 1.0 ? 0.1 : 0.5;
        CHECK(stack.slabs.front().lo == Approx(-solid.half).margin(tip));
        CHECK(stack.slabs.back().hi == Approx(solid.half).margin(tip));
      }
    }
  }
}

TEST_CASE("What ends abruptly reaches half a slice beyond its last plane, at whatever slope") {
  for (const double slope : {-0.5, -0.2, 0.0, 0.3}) {  // of the radius along the axis
    for (const double step : {1.0, 3.0}) {
      if (DOSEGATE_SANITIZED && step == 1.0) continue;
      const auto at = planes(-12, 12, step);
      const SlabStack stack = interpolated(drawn(at, [&](double z) { return Rings{disc(15 + slope * z)}; }));
      CHECK(stack.slabs.front().lo == Approx(-12.0));
      CHECK(stack.slabs.back().hi == Approx(12.0));
      CHECK(volume_mm3(stack) == Approx(frustum(24, 15 - 12 * slope, 15 + 12 * slope)).epsilon(2e-3));
    }
  }
}

TEST_CASE("A sphere of 3 mm radius is within 4 % at 1 mm, and at 3 mm is the cylinder that its two circles draw") {
  const Outline cut = [](double z) { return sphere(3, z); };
  CHECK(std::abs(error_percent(3, 1, cut, 36 * pi)) < 4.0);
  CHECK(error_percent(3, 3, cut, (9 - 2.25) * pi * 6) == Approx(0.0).margin(0.1));
}

TEST_CASE("Interpolated slabs fill the range of the drawn ones, without gaps, each at its middle") {
  const Structure s = drawn({0, 3, 4.5, 6, 9}, [](double z) { return Rings{disc(5 + z)}; });
  const SlabStack stack = interpolated(s);
  CHECK(stack.slabs.front().lo == -1.5);
  CHECK(stack.slabs.back().hi == 10.5);
  for (std::size_t i = 0; i < stack.slabs.size(); ++i) {
    const Slab& slab = stack.slabs[i];
    CHECK(slab.hi - slab.lo <= 0.5 + 1e-12);
    CHECK(slab.at == Approx(0.5 * (slab.lo + slab.hi)));
    if (i > 0) CHECK(slab.lo == stack.slabs[i - 1].hi);
  }
}

TEST_CASE("A cone is exact on two planes, on uneven planes and with a missing slice") {
  const auto mm3 = [](const std::vector<double>& at) {
    return volume_mm3(interpolated(drawn(at, [](double z) { return Rings{disc(20 - 0.8 * z)}; })));
  };
  const auto truth = [](double lo, double hi) { return frustum(hi - lo, 20 - 0.8 * lo, 20 - 0.8 * hi); };
  CHECK(mm3({0, 3}) == Approx(truth(-1.5, 4.5)).epsilon(1e-3));
  CHECK(mm3({0, 3, 4.5, 6, 9}) == Approx(truth(-1.5, 10.5)).epsilon(1e-3));
  CHECK(mm3({0, 3, 6, 12, 15}) == Approx(truth(-1.5, 16.5)).epsilon(1e-3));
}

TEST_CASE("The note of a missing slice is kept") {
  const SlabStack stack = interpolated(prism("S", {disc(5)}, {0, 3, 6, 12, 15}));
  REQUIRE(stack.notes.size() == 1);
  CHECK(english(stack.notes[0]).find("missing") != std::string::npos);
}

TEST_CASE("A cap closes at most twice as fast as the last step and widens by at most 45 degrees") {
  const auto mm3 = [](double below, double above) {
    return volume_mm3(interpolated(drawn({0, 3, 6, 9}, [&](double z) {
      return Rings{disc(z < 1 ? below : z > 8 ? above : 20)};
    })));
  };
  // What the two end planes add to a cylinder lies between a cap that vanishes and one that widens by 1.5 mm.
  const double inner = pi * 400 * 3;
  const double least = inner + 2 * pi * 400 * 3;
  const double most = inner + 2 * pi * 900 * 3 + 2 * frustum(1.5, 30, 31.5);
  CHECK(mm3(30, 30) > least);
  CHECK(mm3(30, 30) < most);
  // To the other side: the last gap is at least the smaller disc's cylinder, the caps are no more than it.
  CHECK(mm3(4, 4) > inner + 2 * pi * 16 * 3);
  CHECK(mm3(4, 4) < inner + 2 * pi * 400 * 3 + 2 * pi * 16 * 1.5);
}

TEST_CASE("Where one ring becomes two, every cross-section lies between the sections below and above") {
  const Outline cut = [](double z) { return z < 4 ? Rings{disc(10, 0, 0)} : Rings{disc(4, -5, 0), disc(4, 5, 0)}; };
  const SlabStack stack = interpolated(drawn({0, 3, 6, 9}, cut));
  const double one = 100 * pi, two = 32 * pi, outside_the_gap = 4.5 * one + 4.5 * two;
  CHECK(volume_mm3(stack) > outside_the_gap + 3 * two);
  CHECK(volume_mm3(stack) < outside_the_gap + 3 * one);
  for (const auto& slab : stack.slabs) {
    if (slab.at < 3) CHECK(slab.include->size() == 1);
    if (slab.at > 5.7) CHECK(slab.include->size() == 2);
    for (const auto& ring : *slab.include) {
      for (const auto& p : ring) CHECK(p.norm() < 10.01);
    }
  }
}

TEST_CASE("A hole that begins and ends inside reaches half-way to the planes without it") {
  const Outline cut = [](double z) {
    const Points2 outer = box_ring(0, 0, 40, 40), hole = box_ring(10, 10, 20, 20);
    return z > 2 && z < 7 ? Rings{outer, hole} : Rings{outer};
  };
  const double mm3 = volume_mm3(interpolated(drawn({0, 3, 6, 9, 12}, cut)));
  CHECK(mm3 == Approx(1600.0 * 15 - 100.0 * 6).epsilon(1e-3));
}

TEST_CASE("A hole on one plane alone reaches half-way, and into the cap as it is drawn") {
  const auto with_hole_at = [](double where) {
    const Outline cut = [&](double z) {
      return z == where ? Rings{disc(20), box_ring(-5, -5, 5, 5)} : Rings{disc(20)};
    };
    return volume_mm3(interpolated(drawn({0, 3, 6, 9}, cut)));
  };
  for (const double where : {0.0, 3.0, 9.0}) {
    CHECK(with_hole_at(where) == Approx(400 * pi * 12 - 100 * 3).epsilon(1e-3));
  }
}

TEST_CASE("A spherical hole in an organ has the volume of the sphere alone") {
  const auto at = planes(-24, 24, 3);
  const double organ = volume_mm3(interpolated(drawn(at, [](double) { return Rings{disc(60)}; })));
  const double lesion = volume_mm3(interpolated(drawn(planes(-12, 12, 3), [](double z) { return sphere(12, z); })));
  const double rest = volume_mm3(interpolated(drawn(at, [](double z) {
    Rings rings{disc(60)};
    if (std::abs(z) < 12) rings.push_back(sphere(12, z)[0]);
    return rings;
  })));
  CHECK(organ - rest == Approx(lesion).epsilon(0.01));
}

TEST_CASE("Two lesions of different length in one structure have the volumes of each alone") {
  const auto long_one = [](double z) { return std::abs(z) < 15 ? sphere(15, z) : Rings{}; };
  const auto short_one = [](double z) {
    return std::abs(z - 3) < 6 ? Rings{disc(std::sqrt(36 - (z - 3) * (z - 3)), 80, 0)} : Rings{};
  };
  const auto at = planes(-15, 15, 3);
  const double both = volume_mm3(interpolated(drawn(at, [&](double z) {
    auto rings = long_one(z);
    for (const auto& ring : short_one(z)) rings.push_back(ring);
    return rings;
  })));
  const double alone = volume_mm3(interpolated(drawn(at, long_one))) + volume_mm3(interpolated(drawn(at, short_one)));
  CHECK(both == Approx(alone).epsilon(2e-3));
}

TEST_CASE("Neighbouring planes that do not overlap each reach half-way, and this is noted") {
  const SlabStack stack = interpolated(drawn(
      {0, 3, 6, 9}, [](double z) { return Rings{disc(5, z < 4 ? 0 : 30, 0)}; }, "Vessel"));
  CHECK(volume_mm3(stack) == Approx(25 * pi * 12).epsilon(2e-3));
  REQUIRE(stack.notes.size() == 1);
  CHECK(english(stack.notes[0]).find("'Vessel'") != std::string::npos);
  CHECK(english(stack.notes[0]).find("3 mm and 6 mm") != std::string::npos);
}

TEST_CASE("Rings that cross, or cross themselves, keep their even-odd area") {
  const Rings bow_tie = {{{0, 0}, {20, 20}, {20, 0}, {0, 20}}};
  CHECK(volume_mm3(interpolated(prism("S", bow_tie, {0, 3, 6}))) == Approx(200 * 9).epsilon(5e-3));
  const Rings crossing = {box_ring(0, 0, 20, 20), box_ring(10, 10, 30, 30)};
  CHECK(volume_mm3(interpolated(prism("S", crossing, {0, 3, 6}))) == Approx(600 * 9).epsilon(2e-3));
}

TEST_CASE("A needle keeps its volume, along the slices and across them") {
  const double c = std::cos(0.5), s = std::sin(0.5);
  Points2 oblique = box_ring(-50, -0.2, 50, 0.2);
  for (auto& p : oblique) p = Eigen::Vector2d(c * p.x() - s * p.y(), s * p.x() + c * p.y());
  CHECK(volume_mm3(interpolated(prism("Needle", {oblique}, {0, 3}))) == Approx(100 * 0.4 * 6).epsilon(0.01));
  const Structure upright = prism("Needle", {disc(0.5)}, planes(0, 60, 3));
  CHECK(volume_mm3(interpolated(upright)) == Approx(pi * 0.25 * 60).epsilon(0.01));
}

TEST_CASE("A contour of a hundred thousand points is interpolated") {
  const Structure s = prism("Many", {polygon_ring(3, 4, 50, 100'000)}, {0, 3, 6});
  CHECK(volume_mm3(interpolated(s)) == Approx(polygon_area(50, 100'000) * 9).epsilon(1e-3));
}

TEST_CASE("A stray contour that encloses next to nothing changes nothing else") {
  Structure s = prism("S", {disc(20)}, {0, 3, 6});
  s.contours.push_back(axial({{40, 0}, {41, 0}, {41, 1e-6}}, 3));
  s.contours.push_back(axial({{50, 0}, {60, 10}, {55, 5}}, 3));
  CHECK(volume_mm3(interpolated(s)) == Approx(400 * pi * 9).epsilon(1e-3));
}

TEST_CASE("Sagittal contours stay sagittal") {
  Structure s = prism("S", {disc(10)}, {0, 3, 6});
  for (auto& contour : s.contours) {
    for (auto& p : contour.points) p = Eigen::Vector3d(p.z(), p.x(), p.y());
  }
  const SlabStack stack = interpolated(s);
  CHECK(stack.axis == Axis::kX);
  CHECK(volume_mm3(stack) == Approx(100 * pi * 9).epsilon(1e-3));
}

TEST_CASE("The same contours give the same slabs, bit by bit, and use the same budget") {
  const auto stack = make_stack(drawn(planes(-12, 12, 3), lying_cone));
  REQUIRE(stack);
  std::int64_t first_budget = kBudget, second_budget = kBudget;
  const auto first = interpolate(*stack, "S", first_budget), second = interpolate(*stack, "S", second_budget);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first_budget == second_budget);
  CHECK(first_budget < kBudget);
  REQUIRE(first->slabs.size() == second->slabs.size());
  for (std::size_t i = 0; i < first->slabs.size(); ++i) CHECK(*first->slabs[i].include == *second->slabs[i].include);
}

TEST_CASE("Contours of huge extent with tiny features are refused when the budget is spent") {
  const auto refused = [](const Structure& s, std::int64_t budget) {
    const auto stack = try_interpolate(s, budget);
    return !stack && stack.error().code == ErrorCode::kLimitExceeded;
  };
  // A comb of 1 mm teeth, 300 m long.
  Points2 comb;
  for (int i = 0; i < (DOSEGATE_SANITIZED ? 5'000 : 20'000); ++i) {
    comb.emplace_back(2.0 * i, 0.0);
    comb.emplace_back(2.0 * i, 300'000.0);
    comb.emplace_back(2.0 * i + 1.0, 300'000.0);
    comb.emplace_back(2.0 * i + 1.0, 0.0);
  }
  CHECK(refused(prism("Comb", {comb}, {0, 3}), 50'000'000));
  // A thread of 1 mm around a field of 600 m.
  const Rings thread = {box_ring(0, 0, 6e5, 6e5), box_ring(1, 1, 6e5 - 1, 6e5 - 1)};
  CHECK(refused(prism("Thread", thread, {0, 3}), 50'000'000));
  CHECK(refused(prism("Wide", {box_ring(0, 0, 1e300, 10)}, {0, 3}), kBudget));
  CHECK(refused(prism("S", {disc(12)}, {0, 3}), 1000));
}

TEST_CASE("A structure too thin for the finest grid is refused by name, and a thin stray mark is not") {
  const auto thin = try_interpolate(prism("Foil", {box_ring(0, 0, 50, 0.04)}, {0, 3}));
  REQUIRE_FALSE(thin);
  CHECK(thin.error().code == ErrorCode::kNotEvaluable);
  CHECK(thin.error().message == "'Foil' is too thin to be interpolated between planes: 0.04 mm at 0 mm.");
  Structure mark = prism("S", {disc(20)}, {0, 3, 6});
  mark.contours.push_back(axial({{0, 0}, {1, 0}, {1, 1e-3}}, 9));
  const double mm3 = volume_mm3(interpolated(mark));
  CHECK(mm3 > 400 * pi * 7.5);
  CHECK(mm3 < 400 * pi * 10.5);
}

TEST_CASE("A piece on a single plane stays the slab that it is, and no piece reaches into another") {
  std::int64_t budget = kBudget;
  auto one = make_stack(prism("S", {disc(12)}, {0, 3, 6}));
  REQUIRE(one);
  one->slabs.resize(1);
  const auto same = interpolate(*one, "S", budget);
  REQUIRE(same);
  REQUIRE(same->slabs.size() == 1);
  CHECK(same->slabs[0].include == one->slabs[0].include);

  // Two domes that close towards each other over a gap of less than two slices: 3 mm apart, and 5 mm to the other.
  const auto dome = [](double from_rim) { return Rings{disc(std::sqrt(std::max(4.0, 144 - from_rim * from_rim)))}; };
  Structure domes = drawn({-9, -6, -3, 0}, [&](double z) { return dome(z + 9); });
  const Structure upper = drawn({5, 8, 11, 14}, [&](double z) { return dome(z - 14); });
  domes.contours.insert(domes.contours.end(), upper.contours.begin(), upper.contours.end());
  const auto drawn_planes = find_planes(domes);
  REQUIRE(drawn_planes);
  SliceGrid grid;
  grid.add(drawn_planes->positions());
  grid.finish();
  const PlaneLayout apart = lay_out({"S", drawn_planes->positions(), {}, true}, grid);
  REQUIRE(apart.problem.empty());
  const auto stack = make_stack(domes, *drawn_planes, apart.planes, {});
  REQUIRE(stack);
  const auto solid = interpolate(*stack, "S", budget);
  REQUIRE(solid);
  for (std::size_t i = 0; i + 1 < solid->slabs.size(); ++i) CHECK(solid->slabs[i].hi <= solid->slabs[i + 1].lo);
}

TEST_CASE("What cannot be interpolated is refused") {
  const auto whole = make_stack(prism("S", {disc(12)}, {0, 3, 6}));
  REQUIRE(whole);
  const auto code = [](const SlabStack& stack) {
    std::int64_t budget = kBudget;
    const auto result = interpolate(stack, "S", budget);
    REQUIRE_FALSE(result);
    return result.error().code;
  };
  SlabStack none = *whole, twice = *whole;
  none.slabs.clear();
  CHECK(code(none) == ErrorCode::kInvalidArgument);
  twice.slabs[1].at = twice.slabs[0].at;
  CHECK(code(twice) == ErrorCode::kInvalidArgument);
  const auto less = subtract(*whole, {&*whole});
  REQUIRE(less);
  CHECK(code(*less) == ErrorCode::kInvalidArgument);
}
