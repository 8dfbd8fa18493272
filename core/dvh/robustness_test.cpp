// Structures and grids that other DVH tools get silently wrong: each answer is known in closed form, or refused by
// name. The first seven tests are the rows of the robustness table that the project keeps of its peers, a cylinder
// of 10.86 cc.
#include <catch2/catch.hpp>
#include <cmath>

#include "core/checker.h"
#include "core/dvh/dvh.h"
#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

const std::vector<double> kPlanes = planes(-12, 12, 3);  // eight
const Points2 kCircle = polygon_ring(1.3, -2.1, 12, 360);
const double kArea = polygon_area(12, 360);  // mm^2; times 24 mm 10.86 cc

// 120 Gy at z = 0 and 2 Gy/mm: V and D of the cylinder are linear.
DoseGrid dose_along_z() {
  return sample({}, [](const auto& p) { return 120.0 + 2.0 * p.z(); });
}

// The cylinder from lo to hi.
void check_cylinder(const SlabStack& stack, double lo, double hi) {
  const auto dvh = Dvh::make(stack, dose_along_z(), 1.0);
  REQUIRE(dvh);
  const double volume = kArea * (hi - lo);
  CHECK(dvh->total().in_mm3() == Approx(volume).epsilon(1e-9));
  CHECK(dvh->mean().value.in_gy() == Approx(120.0 + lo + hi).epsilon(1e-9));
  for (const double share : {0.02, 0.5, 0.95}) {
    const Dose level = Dose::gy(120.0 + 2.0 * (hi - share * (hi - lo)));
    const auto v = dvh->volume_above(level, Plateau::kCounts, Volume::mm3(share * volume));
    CHECK(v.lower.in_mm3() <= share * volume * (1 + 1e-9));
    CHECK(v.upper.in_mm3() >= share * volume * (1 - 1e-9));
    CHECK(v.value.in_mm3() == Approx(share * volume).margin(1e-4 * volume));
    const auto d = dvh->dose_of_hottest(share * dvh->total());
    CHECK(d.lower.in_gy() <= level.in_gy() + 1e-7);
    CHECK(d.upper.in_gy() >= level.in_gy() - 1e-7);
    CHECK(d.value.in_gy() == Approx(level.in_gy()).margin(0.005));
  }
}

std::string refusal(const Structure& s) {
  const auto stack = make_stack(s);
  REQUIRE_FALSE(stack);
  CHECK(stack.error().code == ErrorCode::kNotEvaluable);
  CHECK(stack.error().message.find("'Cylinder'") != std::string::npos);
  return stack.error().message;
}

bool says(const SlabStack& stack, const std::string& text) {
  for (const auto& note : stack.notes) {
    if (english(note).find(text) != std::string::npos) return true;
  }
  return false;
}

// What a user is told of the structure in this dose: dosegate.v1.DvhReport.
std::string told(const Structure& s, const DoseGrid& dose, OutsideGrid outside = OutsideGrid::kRefuse) {
  Case c;
  c.course.structures()[s.roi_number] = s;
  c.course.set_dose(dose);
  c.options.outside_grid = outside;
  DvhRequest request;
  request.metrics = {*parse_metric("Mean[Gy]")};
  const auto json = dvh_json(c, request);
  REQUIRE(json);
  return *json;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Structure cylinder(const std::vector<double>& at) { return prism("Cylinder", {kCircle}, at); }

Structure rotated(Structure s, double degrees) {
  const double a = degrees * std::numbers::pi / 180, c = std::cos(a), n = std::sin(a);
  for (auto& contour : s.contours) {
    for (auto& p : contour.points) p = {p.x(), c * p.y() - n * p.z(), n * p.y() + c * p.z()};
  }
  return s;
}

}  // namespace

TEST_CASE("Row 1: a cylinder of regular slices has its closed-form DVH") {
  const auto stack = make_stack(cylinder(kPlanes));
  REQUIRE(stack);
  CHECK(stack->notes.empty());
  check_cylinder(*stack, -12, 12);
}

TEST_CASE("Row 2: one extra plane, which makes the spacing uneven, changes nothing") {
  for (const double extra : {-10.0, -9.0, 0.0, 0.4, 2.9, 10.2}) {
    std::vector<double> at = kPlanes;
    at.push_back(extra);
    INFO("extra plane at " << extra);
    const auto stack = make_stack(cylinder(at));
    REQUIRE(stack);
    // Next to an end the end plane's half spacing is that of the extra plane.
    const double lo = extra < -7.5 ? -10.5 - 0.5 * (extra + 10.5) : -12;
    const double hi = extra > 7.5 ? 10.5 + 0.5 * (10.5 - extra) : 12;
    check_cylinder(*stack, lo, hi);
  }
}

TEST_CASE("Row 3: with three of eight planes missing the cylinder is refused, or evaluated with a note on the gaps") {
  int refused = 0, evaluated = 0;
  std::string silent, wrong;  // sets of planes
  for (unsigned missing = 0; missing < 256; ++missing) {
    std::vector<double> at;
    std::string set;
    for (std::size_t i = 0; i < 8; ++i) {
      if (((missing >> i) & 1u) != 0) continue;
      at.push_back(kPlanes[i]);
      set += std::to_string(i);
    }
    if (at.size() != 5) continue;
    double widest = 0.0;
    for (std::size_t i = 0; i + 1 < at.size(); ++i) widest = std::max(widest, at[i + 1] - at[i]);
    const auto stack = make_stack(cylinder(at));
    INFO("planes " << set);
    if (!stack) {
      ++refused;
      CHECK(stack.error().message.find("missing") != std::string::npos);
      continue;
    }
    ++evaluated;
    CHECK(widest < 10);  // three in a row
    const auto dvh = Dvh::make(*stack, dose_along_z(), 1.0);
    REQUIRE(dvh);
    // What is missing at an end cannot be known.
    const double truth = kArea * (at.back() - at.front() + 3);
    if (std::abs(dvh->total().in_mm3() / truth - 1) > 1e-9 && stack->notes.empty()) wrong += " " + set;
    if (widest > 4 && stack->notes.empty()) silent += " " + set;
  }
  CHECK(refused + evaluated == 56);
  CHECK(wrong == "");
  CHECK(silent == "");
}

TEST_CASE("Row 4: a cylinder on a single plane is refused because its thickness is unknown") {
  CHECK(refusal(cylinder({0})).find("single plane") != std::string::npos);
  CHECK(refusal(prism("Cylinder", {kCircle, box_ring(30, 0, 40, 10)}, {0})).find("single plane") != std::string::npos);
}

TEST_CASE("Row 5: contours tilted by 10 degrees are refused with the reason") {
  const Structure whole = rotated(cylinder(kPlanes), 10);
  CHECK(refusal(whole).find("parallel planes normal to one patient axis") != std::string::npos);
  Structure one = cylinder(kPlanes);
  one.contours[3].points = rotated(cylinder({0}), 10).contours[0].points;
  CHECK(refusal(one).find("parallel planes normal to one patient axis") != std::string::npos);
  CHECK(refusal(rotated(cylinder(kPlanes), 1)).find("parallel planes") != std::string::npos);
  // By 90 degrees they lie in coronal planes, and are evaluated.
  const auto stack = make_stack(rotated(cylinder(kPlanes), 90));
  REQUIRE(stack);
  const auto dvh = Dvh::make(*stack, dose_along_z(), 1.0);
  REQUIRE(dvh);
  CHECK(dvh->total().in_mm3() == Approx(kArea * 24).epsilon(1e-9));
}

TEST_CASE("Row 6: a cylinder whose contours are all there twice counts once and says so") {
  Structure twice = cylinder(kPlanes);
  for (const auto& contour : cylinder(kPlanes).contours) twice.contours.push_back(contour);
  const auto stack = make_stack(twice);
  REQUIRE(stack);
  CHECK(says(*stack, "8 repeated contours"));
  check_cylinder(*stack, -12, 12);
}

TEST_CASE("Row 7: a cylinder in another frame of reference than the dose has no DVH and says why") {
  Structure s = cylinder(kPlanes);
  CHECK(has(told(s, dose_along_z()), "\"value\""));
  s.frame_of_reference_uid = "1.2.4";
  CHECK(has(told(s, dose_along_z()), "'Cylinder' and the dose grid lie in different frames of reference."));
  CHECK_FALSE(has(told(s, dose_along_z()), "\"value\""));
  s.frame_of_reference_uid = "";
  CHECK(has(told(s, dose_along_z()), "The frame of reference of 'Cylinder' is not stated."));
  CHECK_FALSE(has(told(s, dose_along_z()), "\"value\""));
}

TEST_CASE("One missing slice, anywhere between the ends, is filled, said, and the volume is right") {
  for (std::size_t missing = 1; missing <= 6; ++missing) {
    std::vector<double> at = kPlanes;
    at.erase(at.begin() + static_cast<std::ptrdiff_t>(missing));
    INFO("missing slice " << missing);
    const auto stack = make_stack(cylinder(at));
    REQUIRE(stack);
    CHECK(says(*stack, "a missing slice was filled"));
    check_cylinder(*stack, -12, 12);
  }
}

TEST_CASE("Two missing slices in a row are refused with the place") {
  for (std::size_t missing = 1; missing <= 5; ++missing) {
    std::vector<double> at = kPlanes;
    at.erase(at.begin() + static_cast<std::ptrdiff_t>(missing), at.begin() + static_cast<std::ptrdiff_t>(missing) + 2);
    CHECK(refusal(cylinder(at)).find("more than one slice is missing") != std::string::npos);
  }
}

TEST_CASE("Unevenly spaced planes of different contours have the sum of their slabs") {
  const std::vector<double> at = {-6, -3, -1, 1.5, 4.5}, ends = {-7.5, -4.5, -2, 0.25, 3, 6};
  Structure s = prism("S", {}, {});
  double volume = 0.0, moment = 0.0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double side = 6.0 + 3.0 * static_cast<double>((i * 7) % 5);
    s.contours.push_back(axial(box_ring(-side, -side, side, side), at[i]));
    const double mm3 = 4 * side * side * (ends[i + 1] - ends[i]);
    volume += mm3;
    moment += mm3 * 0.5 * (ends[i] + ends[i + 1]);
  }
  const auto stack = make_stack(s);
  REQUIRE(stack);
  const auto dvh = Dvh::make(*stack, dose_along_z(), 1.0);
  REQUIRE(dvh);
  CHECK(dvh->total().in_mm3() == Approx(volume).epsilon(1e-12));
  CHECK(dvh->mean().value.in_gy() == Approx(120 + 2 * moment / volume).epsilon(1e-9));
  CHECK(dvh->minimum().dose.in_gy() == Approx(120 - 15.0));
  CHECK(dvh->maximum().dose.in_gy() == Approx(120 + 12.0));
}

TEST_CASE("Contours exactly on voxel centres and voxel edges lose and gain nothing") {
  // Voxel centres lie on multiples of 2.5 mm, edges half-way. The dose is 10 Gy below x = 0 and 50 Gy above x = 2.5.
  const DoseGrid step = sample({}, [](const auto& p) { return p.x() <= 0 ? 10.0 : 50.0; });
  for (const double edge : {0.0, 1.25}) {
    const double x0 = -10 + edge, x1 = 10 + edge;
    const auto stack = make_stack(prism("S", {box_ring(x0, x0, x1, x1)}, planes(-5 + edge, 5 + edge, 2.5)));
    REQUIRE(stack);
    const auto dvh = Dvh::make(*stack, step, 1.0);
    REQUIRE(dvh);
    INFO("edge " << edge);
    CHECK(dvh->total().in_mm3() == Approx(20.0 * 20 * 10).epsilon(1e-12));
    CHECK(dvh->minimum().dose.in_gy() == 10.0);
    CHECK(dvh->maximum().dose.in_gy() == 50.0);
    for (const double gy : {10.0, 18.0, 30.0, 50.0}) {  // linear from x = 0 to 2.5
      const double from = gy == 10.0 ? x0 : 2.5 * (gy - 10) / 40;
      const auto v = dvh->volume_above(Dose::gy(gy), Plateau::kCounts, Volume::mm3((x1 - from) * 200));
      CHECK(v.lower.in_mm3() <= (x1 - from) * 200 * (1 + 1e-9));
      CHECK(v.upper.in_mm3() >= (x1 - from) * 200 * (1 - 1e-9));
      CHECK(v.value.in_mm3() == Approx((x1 - from) * 200).epsilon(1e-4));
    }
    CHECK(dvh->volume_above(Dose::gy(50), Plateau::kDoesNotCount).upper.in_mm3() == 0.0);
    CHECK(dvh->mean().value.in_gy() == Approx((10 * -x0 + 30 * 2.5 + 50 * (x1 - 2.5)) / 20).epsilon(1e-9));
  }
}

TEST_CASE("A structure thinner than a voxel in any direction has its closed form") {
  // D = 360 + x y / 10 + z. A box around (x, y, z): its mean is the dose there, its extremes are at corners, y < 0 < x.
  const DoseGrid grid = sample({}, [](const auto& p) { return 360.0 + p.x() * p.y() / 10 + p.z(); });
  const Eigen::Vector3d at(11.3, -9.9, 3.4);
  for (const Eigen::Vector3d& half :
       {Eigen::Vector3d(0.05, 8, 8), Eigen::Vector3d(8, 0.05, 8), Eigen::Vector3d(8, 8, 0.05),
        Eigen::Vector3d(0.05, 0.05, 0.05), Eigen::Vector3d(1e-4, 8, 1e-4)}) {
    const Eigen::Vector3d lo = at - half, hi = at + half;
    const auto stack = make_stack(
        prism("S", {box_ring(lo.x(), lo.y(), hi.x(), hi.y())}, {at.z() - 0.5 * half.z(), at.z() + 0.5 * half.z()}));
    if (half.z() < 0.1) {
      // Contours so near lie on one plane, which is refused: a thickness has to come from somewhere.
      REQUIRE_FALSE(stack);
      CHECK(stack.error().message.find("single plane") != std::string::npos);
      continue;
    }
    REQUIRE(stack);
    const auto dvh = Dvh::make(*stack, grid, 1.0);
    REQUIRE(dvh);
    CHECK(dvh->total().in_mm3() == Approx(8 * half.prod()).epsilon(1e-9));
    CHECK(dvh->mean().value.in_gy() == Approx(360 + at.x() * at.y() / 10 + at.z()).epsilon(1e-9));
    CHECK(dvh->minimum().dose.in_gy() == Approx(360 + hi.x() * lo.y() / 10 + lo.z()).epsilon(1e-9));
    CHECK(dvh->maximum().dose.in_gy() == Approx(360 + lo.x() * hi.y() / 10 + hi.z()).epsilon(1e-9));
  }
  // Thin along z, as thin as planes may lie apart.
  const auto thin = make_stack(prism("S", {box_ring(-8, -8, 8, 8)}, {3.3, 3.5}));
  REQUIRE(thin);
  const auto dvh = Dvh::make(*thin, dose_along_z(), 1.0);
  REQUIRE(dvh);
  CHECK(dvh->total().in_mm3() == Approx(256 * 0.4).epsilon(1e-9));
  CHECK(dvh->dose_of_hottest(0.25 * dvh->total()).value.in_gy() == Approx(120 + 2 * (3.6 - 0.1)).margin(1e-3));
}

TEST_CASE("What leaves the grid on any side is measured exactly, and counts as no dose") {
  // The grid ends half a voxel beyond its outermost centres, at 51.25 on every side. A box sticks out by 8 mm.
  const DoseGrid grid = sample({}, [](const auto&) { return 10.0; });
  for (int axis = 0; axis < 3; ++axis) {
    for (const double sign : {-1.0, 1.0}) {
      Eigen::Vector3d lo(-10, -10, -10), hi(10, 10, 10);
      lo[axis] = sign > 0 ? 39.25 : -59.25;
      hi[axis] = lo[axis] + 20;
      const Structure box = prism("S", {box_ring(lo.x(), lo.y(), hi.x(), hi.y())}, planes(lo.z(), hi.z(), 2.5));
      const auto stack = make_stack(box);
      REQUIRE(stack);
      const auto dvh = Dvh::make(*stack, grid, 1.0);
      REQUIRE(dvh);
      INFO("axis " << axis << ", side " << sign);
      CHECK(dvh->total().in_mm3() == Approx(8000).epsilon(1e-12));
      CHECK(dvh->outside().in_mm3() == Approx(8.0 * 400).epsilon(1e-9));
      CHECK(dvh->rim().in_mm3() == Approx(1.25 * 400).epsilon(1e-9));
      CHECK(dvh->mean().value.in_gy() == Approx(6.0).epsilon(1e-9));
      CHECK(dvh->minimum().dose.in_gy() == 0.0);
      CHECK(dvh->volume_above(Dose::gy(1)).value.in_mm3() == Approx(12.0 * 400).epsilon(1e-9));
      CHECK(dvh->volume_above(Dose::gy(0)).value.in_mm3() == Approx(8000).epsilon(1e-9));
      // The rules refuse it by name and amount.
      CHECK(has(told(box, grid), "\"problem\": \"3.2 cc (40 %) of 'S' lie outside the dose grid.\""));
      CHECK_FALSE(has(told(box, grid), "\"value\""));
    }
  }
}

TEST_CASE(
    "A structure that ends exactly where the grid does lies inside, and one beyond it has no dose of the grid's") {
  const DoseGrid grid = sample({}, [](const auto&) { return 10.0; });
  const auto box = [](double x0) { return prism("S", {box_ring(x0, -10, x0 + 20, 10)}, planes(-51.25, 51.25, 2.5)); };
  const auto stack = make_stack(box(31.25));
  REQUIRE(stack);
  const auto dvh = Dvh::make(*stack, grid, 1.0);
  REQUIRE(dvh);
  CHECK(dvh->outside().in_mm3() == 0.0);
  CHECK(dvh->minimum().dose.in_gy() == 10.0);
  CHECK(has(told(box(31.25), grid), "\"value\""));
  const std::string beyond = told(box(51.25), grid, OutsideGrid::kRefuse);
  CHECK(has(beyond, "41 cc (100 %) of 'S' lie outside the dose grid."));
  CHECK_FALSE(has(beyond, "\"value\""));
  // As the site states: 0 Gy, of the whole as of a part.
  const std::string zero = told(box(51.25), grid, OutsideGrid::kZero);
  CHECK(has(zero, "41 cc (100 %) of 'S' lie outside the dose grid and count as 0 Gy, as the site stated."));
  CHECK(has(zero, "\"value\": 0"));
  CHECK_FALSE(has(zero, "\"problem\""));
}

TEST_CASE("A name that is asked for twice is answered once, where it is first, with all structures that bear it") {
  Case c;
  const Structure drawn = cylinder(kPlanes);
  for (const auto& [number, name] : {std::pair{7, "A"}, {3, "B"}, {9, "B"}, {5, "C"}}) {
    Structure& s = c.course.structures()[number] = drawn;
    s.roi_number = number;
    s.name = name;
  }
  c.course.set_dose(dose_along_z());
  DvhRequest request;
  request.metrics = {*parse_metric("Mean[Gy]")};
  request.rois = {"B", "A", "B"};
  const auto twice = dvh_json(c, request);
  request.rois = {"B", "A"};
  const auto once = dvh_json(c, request);
  REQUIRE((twice && once));
  CHECK(*twice == *once);
  std::vector<std::size_t> places;
  for (const char* roi : {"\"roiNumber\": 3", "\"roiNumber\": 9", "\"roiNumber\": 7"})
    places.push_back(once->find(roi));
  CHECK(std::is_sorted(places.begin(), places.end()));
  CHECK(places.back() != std::string::npos);
  CHECK_FALSE(has(*once, "\"roiNumber\": 5"));
  request.rois = {"B", "D"};
  CHECK_FALSE(dvh_json(c, request));
}
