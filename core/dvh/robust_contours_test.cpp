// Contours as they come out of planning systems: each in a structure whose answer is known in closed form.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/dvh/dvh.h"
#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

constexpr double kHeight = 24.0;  // mm, of every structure here
const std::vector<double> kPlanes = planes(-12, 12, 3);

// 120 Gy at z = 0 and 2 Gy/mm: V and D of a prism are linear.
const DoseGrid& dose_along_z() {
  static const DoseGrid grid = sample({}, [](const auto& p) { return 120.0 + 2.0 * p.z(); });
  return grid;
}

struct Evaluated {
  SlabStack stack;
  Dvh dvh;
};

Evaluated evaluate(const Structure& s) {
  auto stack = make_stack(s);
  REQUIRE(stack);
  auto dvh = Dvh::make(*stack, dose_along_z(), 1.0);
  REQUIRE(dvh);
  return {*std::move(stack), *std::move(dvh)};
}

// A prism of this cross-section from z = -12 to 12, whatever its contours look like.
void check_prism(const Dvh& dvh, double area_mm2, double relative = 1e-9) {
  const double truth = area_mm2 * kHeight, most = 120.0 + kHeight;
  CHECK(dvh.total().in_mm3() == Approx(truth).epsilon(relative));
  CHECK(dvh.minimum().dose.in_gy() == Approx(120.0 - kHeight).epsilon(1e-9));
  CHECK(dvh.maximum().dose.in_gy() == Approx(most).epsilon(1e-9));
  CHECK(dvh.mean().value.in_gy() == Approx(120.0).epsilon(1e-9));
  const double slack = 1e-9 + relative;
  for (const double share : {0.02, 0.37, 0.95}) {
    const Dose level = Dose::gy(most - 2.0 * kHeight * share);
    const Interval<Volume> v = dvh.volume_above(level, Plateau::kCounts, Volume::mm3(share * truth));
    CHECK(v.lower.in_mm3() <= truth * (share + slack));
    CHECK(v.upper.in_mm3() >= truth * (share - slack));
    CHECK(v.value.in_mm3() == Approx(truth * share).margin(1e-4 * truth));
    const Interval<Dose> d = dvh.dose_of_hottest(share * dvh.total());
    CHECK(d.lower.in_gy() <= level.in_gy() + 1e-7);
    CHECK(d.upper.in_gy() >= level.in_gy() - 1e-7);
    CHECK(d.value.in_gy() == Approx(level.in_gy()).margin(0.005));
  }
}
void check_prism(const std::vector<Points2>& rings, double area_mm2) {
  check_prism(evaluate(prism("S", rings, kPlanes)).dvh, area_mm2);
}

Points2 reversed(Points2 ring) {
  std::reverse(ring.begin(), ring.end());
  return ring;
}
Points2 moved(Points2 ring, double x, double y) {
  for (auto& p : ring) p += Eigen::Vector2d(x, y);
  return ring;
}

const Points2 kCircle = polygon_ring(1.3, -2.1, 12, 360);
const double kCircleArea = polygon_area(12, 360);

}  // namespace

TEST_CASE("Both windings of a contour give the same DVH") {
  check_prism({kCircle}, kCircleArea);
  check_prism({reversed(kCircle)}, kCircleArea);
  Structure mixed = prism("S", {kCircle}, kPlanes);
  for (std::size_t i = 0; i < mixed.contours.size(); i += 2) {
    std::reverse(mixed.contours[i].points.begin(), mixed.contours[i].points.end());
  }
  check_prism(evaluate(mixed).dvh, kCircleArea);
}

TEST_CASE("A hole wound either way is a hole, and so is one inside an island inside a hole") {
  const Points2 hole = polygon_ring(1.3, -2.1, 9, 90), island = polygon_ring(1.3, -2.1, 6, 90),
                eye = polygon_ring(1.3, -2.1, 3, 90);
  const double area = kCircleArea - polygon_area(9, 90);
  check_prism({kCircle, hole}, area);
  check_prism({kCircle, reversed(hole)}, area);
  check_prism({hole, kCircle}, area);
  check_prism({kCircle, hole, island}, area + polygon_area(6, 90));
  check_prism({eye, island, reversed(hole), kCircle}, area + polygon_area(6, 90) - polygon_area(3, 90));
}

TEST_CASE("A structure whose contours are all there twice counts once and says so") {
  for (int times = 2; times <= 4; ++times) {
    const Evaluated e = evaluate(prism("S", std::vector<Points2>(static_cast<std::size_t>(times), kCircle), kPlanes));
    check_prism(e.dvh, kCircleArea);
    REQUIRE(e.stack.notes.size() == 1);
    CHECK(english(e.stack.notes[0]).find("repeated") != std::string::npos);
  }
  const Points2 hole = polygon_ring(1.3, -2.1, 6, 90);
  check_prism(evaluate(prism("S", {kCircle, hole, reversed(hole), kCircle}, kPlanes)).dvh,
              kCircleArea - polygon_area(6, 90));
}

TEST_CASE("A contour repeated with a point more, or rounded, is counted once or refused, never lost") {
  Points2 finer = kCircle;
  finer.insert(finer.begin() + 7, 0.5 * (finer[6] + finer[7]));
  Points2 rounded = kCircle;
  for (auto& p : rounded) p = (p * 1000.0).array().round() / 1000.0;
  for (const auto& again : {finer, rounded}) {
    Structure s = prism("S", {kCircle}, kPlanes);
    s.contours.push_back(axial(again, kPlanes[3]));
    const auto stack = make_stack(s);
    if (!stack) {
      CHECK(stack.error().code == ErrorCode::kNotEvaluable);
      CHECK(stack.error().message.find("'S'") != std::string::npos);
      continue;
    }
    const auto dvh = Dvh::make(*stack, dose_along_z(), 1.0);
    REQUIRE(dvh);
    CHECK(dvh->total().in_mm3() == Approx(kCircleArea * kHeight).epsilon(1e-4));
    CHECK_FALSE(stack->notes.empty());
  }
}

TEST_CASE("A contour that touches itself at a point or along an edge has its plain area") {
  // Two squares that share a corner, in one contour through it twice.
  check_prism({{{0, 0}, {8, 0}, {8, 8}, {16, 8}, {16, 16}, {8, 16}, {8, 8}, {0, 8}}}, 2 * 64.0);
  // A ring whose two ends meet along the line x = 8, y > 8: the slit has no width.
  check_prism(
      {{{0, 0}, {16, 0}, {16, 16}, {8, 16}, {8, 12}, {12, 12}, {12, 4}, {4, 4}, {4, 12}, {8, 12}, {8, 16}, {0, 16}}},
      256 - 64.0);
  // Two contours that share an edge, and two that share part of one.
  check_prism({box_ring(0, 0, 8, 8), box_ring(8, 0, 16, 8)}, 128.0);
  check_prism({box_ring(0, 0, 8, 8), reversed(box_ring(8, 3, 16, 11))}, 128.0);
  // A hole that touches the outer contour from inside, at a point and along an edge.
  check_prism({box_ring(0, 0, 16, 16), {{0, 8}, {4, 4}, {8, 8}, {4, 12}}}, 256 - 32.0);
  check_prism({box_ring(0, 0, 16, 16), box_ring(0, 4, 8, 12)}, 256 - 64.0);
}

TEST_CASE("A bow-tie has the area of its two triangles, wherever it lies") {
  for (int i = 0; i < 400; ++i) {
    const double turn = 0.01 * i, c = std::cos(turn), s = std::sin(turn), length = 10 + 0.01 * i;
    Points2 bow;
    for (const auto& p : Points2{{-length, -5}, {length, 5}, {length, -5}, {-length, 5}}) {
      bow.emplace_back(1.7 + c * p.x() - s * p.y(), -3.1 + s * p.x() + c * p.y());
    }
    INFO("turned by " << turn);
    CHECK(evaluate(prism("S", {bow}, {0, 12})).dvh.total().in_mm3() == Approx(2 * 5 * length * 24).epsilon(1e-9));
  }
}

TEST_CASE("A pentagram has its five points without its middle, wherever it lies") {
  // Inner corners lie at R / phi^2. Even-odd: the pentagon in the middle is outside.
  const double half_turn = std::numbers::pi, phi = std::numbers::phi;
  for (int i = 0; i < 400; ++i) {
    const double r = 12 + 0.01 * i, inner = r / (phi * phi);
    Points2 star;
    for (int k = 0; k < 5; ++k) {
      const double angle = 0.0157 * i + 2.0 * half_turn * (2 * k) / 5;
      star.emplace_back(1.7 + r * std::cos(angle), -3.1 + r * std::sin(angle));
    }
    const double area = 5 * r * inner * std::sin(half_turn / 5) - 2.5 * inner * inner * std::sin(2 * half_turn / 5);
    INFO("pentagram " << i);
    CHECK(evaluate(prism("S", {star}, {0, 12})).dvh.total().in_mm3() == Approx(area * 24).epsilon(1e-9));
  }
}

TEST_CASE("Contours that cross themselves in many places have their even-odd area") {
  // Areas by exact rational arithmetic on these decimals: crossings as fractions, trapezoids between all heights.
  const Points2 five = {{21.628, 52.252}, {14.992, 53.583}, {25.587, 55.918}, {14.313, 55.211}, {24.711, 54.51}};
  const Points2 six = {{7.889, 56.896}, {7.651, 48.429}, {5.791, 53.0},
                       {6.657, 47.651}, {7.433, 51.389}, {5.242, 51.698}};
  check_prism({moved(five, -20, -54)}, 17.414094411407547);
  check_prism({moved(six, -6, -52)}, 9.653321541044026);
}

TEST_CASE("Needles, along one line or a millionth of a millimetre wide, neither add nor take away") {
  Points2 spike = box_ring(0, 0, 16, 16);
  spike.insert(spike.begin() + 2, {{16, 5}, {40, 9}, {16, 5}});  // out of the box and back
  check_prism({spike}, 256.0);
  Points2 inwards = box_ring(0, 0, 16, 16);
  inwards.insert(inwards.begin() + 2, {{16, 5}, {3, 9}, {16, 5}});
  check_prism({inwards}, 256.0);
  Points2 upright = box_ring(0, 0, 16, 16);  // along a grid line, and further than the next contour point
  upright.insert(upright.begin() + 1, {{10, 0}, {10, -20}, {10, 0}});
  check_prism({upright}, 256.0);
  const double width = 1e-6;
  Points2 thin = box_ring(0, 0, 16, 16);
  thin.insert(thin.begin() + 2, {{16, 5}, {36, 5}, {16, 5 + width}});
  check_prism({thin}, 256.0 + 0.5 * 20 * width);
  check_prism({box_ring(0, 0, 16, 16), {{20, 0}, {20 + width, 0}, {20, 16}}}, 256.0 + 0.5 * 16 * width);
}

TEST_CASE("Repeated and collinear vertices and a contour closed by its first point change nothing") {
  Points2 box = {{0, 0},   {0, 0},  {8, 0},  {16, 0}, {16, 0}, {16, 0},
                 {16, 16}, {9, 16}, {3, 16}, {0, 16}, {0, 7},  {0, 0}};
  check_prism({box}, 256.0);
  check_prism({reversed(box)}, 256.0);
}

TEST_CASE("A keyhole has its ring's area, with a bridge in any direction and of any width") {
  const double area = kCircleArea - polygon_area(6, 360);
  for (const std::size_t at : {0u, 45u, 90u, 200u}) {
    const Points2 hole = polygon_ring(1.3, -2.1, 6, 360);
    Points2 key(kCircle.begin(), kCircle.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    for (std::size_t k = 0; k <= 360; ++k) key.push_back(hole[(at + 360 - k) % 360]);
    key.insert(key.end(), kCircle.begin() + static_cast<std::ptrdiff_t>(at), kCircle.end());
    INFO("bridge at point " << at);
    check_prism({key}, area);
  }
  // A bridge with a width of its own: the outer ring is open by it.
  check_prism({{{0, 0},
                {16, 0},
                {16, 16},
                {8.5, 16},
                {8.5, 12},
                {12, 12},
                {12, 4},
                {4, 4},
                {4, 12},
                {8, 12},
                {8, 16},
                {0, 16}}},
              256 - 64 - 0.5 * 4);
}

TEST_CASE("Contours of one and of two points are left out and said so") {
  Structure s = prism("S", {kCircle}, kPlanes);
  s.contours.push_back(axial({{3, 4}}, kPlanes[2]));
  s.contours.push_back(axial({{3, 4}, {9, 9}}, kPlanes[5]));
  s.contours.push_back(axial({{3, 4}, {9, 9}, {9, 9}, {3, 4}}, kPlanes[5]));  // two points, told twice
  s.contours.push_back(axial({{3, 4}}, 40.0, ContourType::kPoint));           // far from the structure
  s.contours.push_back(axial({{3, 4}, {9, 9}}, 31.0));
  const Evaluated e = evaluate(s);
  check_prism(e.dvh, kCircleArea);
  REQUIRE(e.stack.notes.size() == 1);
  CHECK(english(e.stack.notes[0]).find("5 contours") != std::string::npos);
}

TEST_CASE("A contour of a million points has its closed-form area and DVH") {
  const double area = polygon_area(40, 1'000'000), mm3 = area * kHeight;
  const Dvh dvh = evaluate(prism("S", {polygon_ring(1.3, -2.1, 40, 1'000'000)}, {-6, 6})).dvh;
  CHECK(dvh.total().in_mm3() == Approx(mm3).epsilon(1e-9));
  CHECK(dvh.mean().value.in_gy() == Approx(120.0).epsilon(1e-9));
  CHECK(dvh.maximum().dose.in_gy() == Approx(120.0 + kHeight).epsilon(1e-9));
  const auto v = dvh.volume_above(Dose::gy(120 + 2 * 5.3));
  CHECK(v.lower.in_mm3() <= area * 6.7 + 1e-8 * mm3);
  CHECK(v.upper.in_mm3() >= area * 6.7 - 1e-8 * mm3);
  CHECK(v.value.in_mm3() == Approx(area * 6.7).margin(1e-4 * mm3));
}
