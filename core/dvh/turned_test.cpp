// Structures and a dose grid that lie turned in the patient, together: the closed forms of the same things along the
// patient's axes, and places in the patient.
#include <catch2/catch.hpp>
#include <cmath>

#include "core/dvh/dvh.h"
#include "core/frame/test_turned.h"
#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;

// Oblique to every axis, before anything is turned: 0.61 Gy/mm.
const Vector3d kSlope(0.5, -0.3, 0.17);
constexpr double kAtOrigin = 60.0;
double linear(const Vector3d& p) { return kAtOrigin + kSlope.dot(p); }

struct Turn {
  const char* name;
  Matrix3d rotation;
};
std::vector<Turn> turns() {
  return {{"10 degrees about z", turn(10, {0, 0, 1})},      {"30 degrees about x", turn(30, {1, 0, 0})},
          {"-20 degrees about y", turn(-20, {0, 1, 0})},    {"25 degrees about 1 -2 3", turn(25, {1, -2, 3})},
          {"80 degrees about 1 1 1", turn(80, {1, 1, 1})},  {"1.4 mrad about x", turn(0.0802, {1, 0, 0})},
          {"1.4 mrad about 2 1 1", turn(0.0802, {2, 1, 1})}};
}

Dvh dvh_of(const Structure& s, const DoseGrid& grid) {
  REQUIRE(grid.problem().empty());
  const auto stack = make_stack(s, grid.orientation());
  REQUIRE(stack);
  auto dvh = Dvh::make(*stack, grid, 1.0);
  REQUIRE(dvh);
  return *std::move(dvh);
}

// The part of the box with the half sides h in which the slope's dose is t above the middle's: of a sum of three
// uniform variables, by inclusion and exclusion of its corners.
double part_above(double t, const Vector3d& h) {
  const Vector3d w = (2.0 * h.cwiseProduct(kSlope)).cwiseAbs();
  double sum = 0.0;
  for (int corner = 0; corner < 8; ++corner) {
    double from = -t + 0.5 * w.sum(), sign = 1.0;
    for (int a = 0; a < 3; ++a) {
      if ((corner >> a & 1) != 0) from -= w[a], sign = -sign;
    }
    sum += sign * std::pow(std::max(0.0, from), 3);
  }
  return sum / (6.0 * w.prod());
}

bool holds(double lower, double truth, double upper) {
  return lower <= truth + 1e-9 * std::abs(truth) && truth - 1e-9 * std::abs(truth) <= upper;
}

// Of the same model along the patient's axes: every number within `part` of the largest.
void check_equal(const Dvh& a, const Dvh& b, double part) {
  const double total = a.total().in_cc(), most = a.maximum().dose.in_gy();
  const auto near = [&](double x, double y, double whole) { return std::abs(x - y) <= part * whole; };
  CHECK(near(b.total().in_cc(), total, total));
  for (const auto member : {&Interval<Dose>::value, &Interval<Dose>::lower, &Interval<Dose>::upper}) {
    CHECK(near((a.mean().*member).in_gy(), (b.mean().*member).in_gy(), most));
    CHECK(near((a.widened(a.maximum().dose).*member).in_gy(), (b.widened(b.maximum().dose).*member).in_gy(), most));
    CHECK(near((a.widened(a.minimum().dose).*member).in_gy(), (b.widened(b.minimum().dose).*member).in_gy(), most));
  }
  for (const double level : {52.0, 58.0, 60.0, 65.0, 71.0}) {
    const auto x = a.volume_above(Dose::gy(level)), y = b.volume_above(Dose::gy(level));
    // Both hold the truth and are 0.01 % of the volume wide.
    CHECK(near(x.value.in_cc(), y.value.in_cc(), total));
    CHECK(x.lower <= y.upper);
    CHECK(y.lower <= x.upper);
    CHECK((y.upper - y.lower) / b.total() <= 2e-4);
  }
  for (const double share : {0.02, 0.5, 0.98}) {
    const auto x = a.dose_of_hottest(share * a.total()), y = b.dose_of_hottest(share * b.total());
    CHECK(std::abs(x.value.in_gy() - y.value.in_gy()) <= 0.005);
    CHECK(x.lower <= y.upper);
    CHECK(y.lower <= x.upper);
    CHECK(y.upper - y.lower <= Dose::gy(0.0101));
  }
}

}  // namespace

TEST_CASE("A box turned with its grid has the closed form's volume, mean, extremes, V and D, and their places",
          "[frame][dvh]") {
  const Vector3d h(20, 15, 12), middle(4.3, -7.1, 3.0);
  const Structure box =
      prism("Box", {box_ring(middle.x() - h.x(), middle.y() - h.y(), middle.x() + h.x(), middle.y() + h.y())},
            planes(middle.z() - h.z(), middle.z() + h.z(), 3.0));
  const DoseGrid grid = sample({}, linear);
  const double in_middle = linear(middle), reach = kSlope.cwiseAbs().dot(h), cc = 8e-3 * h.prod();
  for (const Turn& t : turns()) {
    for (const PlaneOrder order : {PlaneOrder::kRising, PlaneOrder::kFalling}) {
      INFO(t.name);
      const auto own = turned(grid, t.rotation, 17, order);
      REQUIRE(own);
      CHECK_FALSE(own->orientation().is_patient());
      const Dvh dvh = dvh_of(turned(box, t.rotation), *own);
      CHECK(dvh.total().in_cc() == Approx(cc).epsilon(1e-12));
      CHECK(dvh.outside().in_cc() == 0.0);
      CHECK(holds(dvh.mean().lower.in_gy(), in_middle, dvh.mean().upper.in_gy()));
      CHECK(dvh.maximum().dose.in_gy() == Approx(in_middle + reach).epsilon(1e-6));
      CHECK(dvh.minimum().dose.in_gy() == Approx(in_middle - reach).epsilon(1e-6));
      const Vector3d corner = h.cwiseProduct(kSlope.cwiseSign());
      CHECK((dvh.maximum().at_mm - t.rotation * (middle + corner)).norm() < 1e-9);
      CHECK((dvh.minimum().at_mm - t.rotation * (middle - corner)).norm() < 1e-9);
      for (const double above : {-14.0, -6.0, 0.0, 3.0, 11.0}) {
        const Dose level = Dose::gy(in_middle + above);
        const double truth = part_above(above, h);
        const auto v = dvh.volume_above(level);
        CHECK(holds(v.lower / dvh.total(), truth, v.upper / dvh.total()));
        CHECK((v.upper - v.lower) / dvh.total() <= 2e-4);
        const auto d = dvh.dose_of_hottest(truth * dvh.total());
        CHECK(holds(d.lower.in_gy(), level.in_gy(), d.upper.in_gy()));
        CHECK(d.upper - d.lower <= Dose::gy(0.0101));
      }
    }
  }
}

TEST_CASE("A cylinder and a sphere turned with their grid have the numbers that they have along the patient's axes",
          "[frame][dvh]") {
  const Structure cylinder = prism("Cylinder", {polygon_ring(3, -2, 17.0, 72)}, planes(-15, 15, 2.5));
  Structure sphere = prism("Sphere", {}, {});
  for (const double z : planes(-16, 16, 2.0)) {
    sphere.contours.push_back(axial(polygon_ring(-5, 4, std::sqrt(16.0 * 16.0 - z * z), 60), z));
  }
  const DoseGrid grid = sample({}, linear);
  for (const Structure& s : {cylinder, sphere}) {
    const Dvh straight = dvh_of(s, grid);
    for (const Turn& t : turns()) {
      INFO(s.name << ", " << t.name);
      const auto own = turned(grid, t.rotation);
      REQUIRE(own);
      const Dvh dvh = dvh_of(turned(s, t.rotation), *own);
      check_equal(straight, dvh, 1e-9);
      CHECK((dvh.maximum().at_mm - t.rotation * straight.maximum().at_mm).norm() < 1e-6);
      CHECK((dvh.minimum().at_mm - t.rotation * straight.minimum().at_mm).norm() < 1e-6);
      // As files have it: contours of two decimals, cosines of ten. A point is then off by 0.0087 mm at most, so the
      // largest dose by 0.0053 Gy, and the volume by 0.0087 mm times the surface.
      const auto as_printed = turned(grid, t.rotation, 10);
      REQUIRE(as_printed);
      const Dvh from_file = dvh_of(turned(s, t.rotation, 2), *as_printed);
      CHECK(from_file.total().in_cc() == Approx(straight.total().in_cc()).epsilon(0.002));
      CHECK(std::abs(from_file.maximum().dose.in_gy() - straight.maximum().dose.in_gy()) < 0.0107);
      CHECK(std::abs(from_file.mean().value.in_gy() - straight.mean().value.in_gy()) < 0.0107);
    }
  }
}

TEST_CASE("Sagittal and coronal contours of a turned grid are evaluated along its other axes", "[frame][dvh]") {
  // The box, drawn on planes across x and across y.
  const DoseGrid grid = sample({}, linear);
  const Dvh axial_box = dvh_of(prism("Box", {box_ring(-12, -9, 12, 9)}, planes(-6, 6, 3.0)), grid);
  for (const Turn& t : turns()) {
    const auto own = turned(grid, t.rotation);
    REQUIRE(own);
    for (const bool sagittal : {true, false}) {
      INFO(t.name << (sagittal ? ", sagittal" : ", coronal"));
      Structure s = prism("Box", {}, {});
      const double half = sagittal ? 12 : 9, other = sagittal ? 9 : 12;
      for (const double at : planes(-half, half, 3.0)) {
        Contour c;
        for (const auto& q : box_ring(-other, -6, other, 6)) {
          c.points.push_back(t.rotation * (sagittal ? Vector3d(at, q.x(), q.y()) : Vector3d(q.x(), at, q.y())));
        }
        s.contours.push_back(c);
      }
      const auto stack = make_stack(s, own->orientation());
      REQUIRE(stack);
      const Vector3d across = t.rotation.col(sagittal ? 0 : 1);
      CHECK(angle_between_lines(stack->frame.direction(stack->axis), across).in_degrees() < 1e-9);
      check_equal(axial_box, dvh_of(s, *own), 1e-9);
    }
  }
}

TEST_CASE("Axial contours are evaluated on a grid that is turned about z alone, with the outlines they have",
          "[frame][dvh]") {
  const Vector3d h(20, 15, 12);
  const Structure box = prism("Box", {box_ring(-h.x(), -h.y(), h.x(), h.y())}, planes(-h.z(), h.z(), 3.0));
  for (const double degrees : {0.0802, 17.0, -40.0}) {
    const Matrix3d rotation = turn(degrees, {0, 0, 1});
    const auto own = turned(sample({}, [&](const Vector3d& q) { return linear(rotation * q); }), rotation);
    REQUIRE(own);
    const Dvh dvh = dvh_of(box, *own);
    INFO(degrees);
    CHECK(dvh.total().in_cc() == Approx(8e-3 * h.prod()).epsilon(1e-12));
    CHECK(holds(dvh.mean().lower.in_gy(), kAtOrigin, dvh.mean().upper.in_gy()));
    CHECK((dvh.maximum().at_mm - h.cwiseProduct(kSlope.cwiseSign())).norm() < 1e-9);
    for (const double above : {-6.0, 0.0, 11.0}) {
      const auto v = dvh.volume_above(Dose::gy(kAtOrigin + above));
      CHECK(holds(v.lower / dvh.total(), part_above(above, h), v.upper / dvh.total()));
    }
  }
}

TEST_CASE("A stack of another frame than the grid's is not cut", "[frame][dvh]") {
  const DoseGrid grid = sample({}, linear);
  const auto own = turned(grid, turn(10, {1, 0, 0}));
  REQUIRE(own);
  const Structure box = prism("Box", {box_ring(-20, -15, 20, 15)}, planes(-12, 12, 3.0));
  const auto axial_stack = make_stack(box, own->orientation());
  REQUIRE(axial_stack);
  CHECK(axial_stack->frame.is_patient());
  CHECK(angle_to_grid(*axial_stack, own->orientation()).in_degrees() == Approx(10.0));
  const auto dvh = Dvh::make(*axial_stack, *own, 1.0);
  REQUIRE_FALSE(dvh);
  CHECK(dvh.error().code == ErrorCode::kNotEvaluable);
}

TEST_CASE("New planes of a turned grid change what they change along its own axes", "[frame][dvh]") {
  const auto own = turned(sample({}, [](const Vector3d&) { return 10.0; }), turn(-30, {1, 1, 0}));
  REQUIRE(own);
  std::vector<float> plane(std::size_t{41} * 41, 30.0F);
  const auto changed = own->with_planes(20, 1, DoseValueType::kFloat32, plane.data(), plane.size());
  REQUIRE(changed);
  CHECK(changed->z_range(20, 1) == std::pair<std::size_t, std::size_t>(20, 21));
  const Structure box = prism("Box", {box_ring(-10, -10, 10, 10)}, planes(-3, 3, 1.0));
  const Dvh dvh = dvh_of(turned(box, turn(-30, {1, 1, 0})), *changed);
  CHECK(dvh.maximum().dose.in_gy() == Approx(30.0));
  // A hat of 20 Gy and 2.5 mm to either side, on 6 mm.
  CHECK(dvh.mean().value.in_gy() == Approx(10.0 + 20.0 * 2.5 / 6.0).epsilon(1e-6));
}
