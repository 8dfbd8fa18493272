// Dose grids whose direction cosines are nearly, but not quite, those of the patient's axes: read as parallel when it
// makes no difference, with intervals that hold what difference it makes; along their own axes otherwise, and axial
// contours are then refused where that makes a difference.
#include <Eigen/Geometry>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/dvh/dvh.h"
#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

using Eigen::Vector3d;

// 500 mm x 500 mm x 90 mm, its middle at the patient's origin; `row`, `column`: cosines as a file gives them.
struct Turned {
  static constexpr int kAcross = 51, kPlanes = 19;
  static constexpr double kSpacing = 10.0, kBetweenPlanes = 5.0;
  Vector3d row, column;
  double first_offset = 0.0;  // of the planes: position_mm lies so far before them

  Vector3d position() const {
    return -0.5 * kSpacing * (kAcross - 1) * (row + column) -
           (0.5 * kBetweenPlanes * (kPlanes - 1) + first_offset) * row.cross(column);
  }
  Result<DoseGrid> make(const Vector3d& slope, double at_origin) const {
    std::vector<double> gy, offsets;
    for (int p = 0; p < kPlanes; ++p) {
      offsets.push_back(first_offset + kBetweenPlanes * p);
      for (int r = 0; r < kAcross; ++r) {
        for (int c = 0; c < kAcross; ++c) {
          const Vector3d at = position() + kSpacing * (c * row + r * column) + offsets.back() * row.cross(column);
          gy.push_back(std::max(0.0, at_origin + slope.dot(at)));
        }
      }
    }
    DoseDescription d;
    d.value_type = DoseValueType::kFloat64;
    d.values = gy.data();
    d.value_count = gy.size();
    d.columns = d.rows = kAcross;
    d.planes = kPlanes;
    d.position_mm = position();
    d.row_cosines = row;
    d.column_cosines = column;
    d.row_spacing_mm = d.column_spacing_mm = kSpacing;
    d.plane_offsets_mm = offsets.data();
    d.frame_of_reference_uid = "1.2.3";
    return DoseGrid::make(d);
  }
};

Turned turned(const Vector3d& axis, double angle, int decimals = 15) {
  const Eigen::Matrix3d m = Eigen::AngleAxisd(angle, axis.normalized()).toRotationMatrix();
  const double digits = std::pow(10.0, decimals);
  const auto printed = [&](const Vector3d& v) { return Vector3d((v * digits).array().round() / digits); };
  return {printed(m.col(0)), printed(m.col(1))};
}

const Vector3d far_lo(200, 205, -12), far_hi(230, 225, 12);
Structure far_box() {
  return prism("Far", {box_ring(far_lo.x(), far_lo.y(), far_hi.x(), far_hi.y())}, planes(-12, 12, 3));
}

// A box far out in a dose linear in the patient's coordinates, which trilinear doses are in any grid, turned or not.
void check_far_box(const DoseGrid& grid, const Vector3d& slope, double at_origin) {
  const Vector3d middle = 0.5 * (far_lo + far_hi);
  const auto stack = make_stack(far_box(), grid.orientation());
  REQUIRE(stack);
  const auto dvh = Dvh::make(*stack, grid, 1.0);
  REQUIRE(dvh);
  const double mean = at_origin + slope.dot(middle), reach = 0.5 * slope.cwiseAbs().dot(far_hi - far_lo);
  // The truth is of doses that are not rounded: along axes of its own, rows of voxels no longer have one dose, each
  // rounded to 8e-6 Gy, which is 2e-6 of the box.
  const double rounding = grid.orientation().is_patient() ? 1e-12 : 5e-6;
  const auto holds = [&](const auto& i, double truth, const auto& per) {
    return i.lower / per <= truth * (1 + rounding) && truth * (1 - rounding) <= i.upper / per;
  };
  CHECK(holds(dvh->mean(), mean, Dose::gy(1)));
  CHECK(holds(dvh->widened(dvh->minimum().dose), mean - reach, Dose::gy(1)));
  CHECK(holds(dvh->widened(dvh->maximum().dose), mean + reach, Dose::gy(1)));
  // Symmetric about its middle: half of it gets the mean or more.
  CHECK(holds(dvh->volume_above(Dose::gy(mean)), 0.5, dvh->total()));
  CHECK(holds(dvh->volume_above(Dose::gy(mean), Plateau::kCounts, 0.5 * dvh->total()), 0.5, dvh->total()));
  CHECK(holds(dvh->dose_of_hottest(0.5 * dvh->total()), mean, Dose::gy(1)));
}

}  // namespace

TEST_CASE("Axial contours on a grid turned by any angle are refused, or their intervals hold the truth", "[dose]") {
  int parallel = 0, turned_grids = 0, refused = 0;
  for (const Vector3d& axis : {Vector3d(0, 0, 1), Vector3d(1, 0, 0), Vector3d(0, 1, 0), Vector3d(1, -2, 1)}) {
    for (const double angle : {1e-9, 3e-7, 2e-6, -1e-5, 3e-5, 1e-4, -5e-4, 1e-3, 1.41e-3}) {
      for (const Vector3d& slope : {Vector3d(-0.1, 0, 0.5), Vector3d(0, 0.2, 0)}) {
        if (DOSEGATE_SANITIZED && slope.x() == 0.0) continue;
        const auto grid = turned(axis, angle).make(slope, 90.0);
        REQUIRE(grid);
        INFO("axis " << axis.transpose() << ", angle " << angle << ", slope " << slope.transpose());
        REQUIRE(grid->problem().empty());
        // 2e-6 moves no voxel by more than 0.002 mm; 5e-5 moves some by more than 0.02 mm.
        if (std::abs(angle) < 3e-6) REQUIRE(grid->orientation().is_patient());
        if (std::abs(angle) > 5e-5) REQUIRE_FALSE(grid->orientation().is_patient());
        const auto stack = make_stack(far_box(), grid->orientation());
        REQUIRE(stack);
        if (!(stack->frame == grid->orientation())) {
          // Over the 30 mm of the box it makes more than 0.01 mm.
          CHECK(std::abs(angle) > 3e-4);
          CHECK_FALSE(Dvh::make(*stack, *grid, 1.0));
          ++refused;
          continue;
        }
        check_far_box(*grid, slope, 90.0);
        ++(grid->orientation().is_patient() ? parallel : turned_grids);
      }
    }
  }
  constexpr int kShare = DOSEGATE_SANITIZED ? 2 : 1;
  CHECK(parallel >= 24 / kShare);
  CHECK(turned_grids >= 20 / kShare);
  CHECK(refused >= 8 / kShare);
}

TEST_CASE("Cosines rounded to six decimals are read, and their intervals are hardly wider", "[dose]") {
  const Vector3d slope(0, 0.2, 0);
  for (const Vector3d& axis : {Vector3d(0, 0, 1), Vector3d(1, 1, 0)}) {
    const auto grid = turned(axis, 8e-7, 6).make(slope, 90.0);
    REQUIRE(grid);
    REQUIRE(grid->problem().empty());
    CHECK(grid->misplaced().in_gy() > 0.0);
    CHECK(grid->misplaced().in_gy() < 5e-4);
  }
  // What a rotation matrix leaves at right angles.
  for (const double noise : {0.0, 6e-17, -1e-11}) {
    const auto grid = Turned{{1, noise, 0}, {-noise, 1, noise}}.make(slope, 90.0);
    REQUIRE(grid);
    REQUIRE(grid->problem().empty());
    CHECK(grid->misplaced().in_gy() == 0.0);
    check_far_box(*grid, slope, 90.0);
  }
}

TEST_CASE("Cosines that are no unit vectors, or not at right angles, are judged by the displacement too", "[dose]") {
  // 0.05 % of 500 mm is 0.25 mm.
  for (const auto& [row, column] :
       {std::pair(Vector3d(1.0005, 0, 0), Vector3d(0, 1, 0)), std::pair(Vector3d(1, 0, 0), Vector3d(0, 0.9995, 0)),
        std::pair(Vector3d(1, 0, 0), Vector3d(5e-4, 1, 0))}) {
    const auto grid = Turned{row, column}.make({0, 0.2, 0}, 90.0);
    REQUIRE(grid);
    CHECK(english(grid->problem()).find("right angles") != std::string::npos);
    CHECK(english(grid->problem()).find("0.01 mm") != std::string::npos);
    // Turned cosines are held to the same.
    const Eigen::Matrix3d m = Eigen::AngleAxisd(0.4, Vector3d(1, 2, 3).normalized()).toRotationMatrix();
    CHECK_FALSE(Turned{m * row, m * column}.make({0, 0.2, 0}, 90.0)->problem().empty());
  }
}

TEST_CASE("Turned cosines rounded to six decimals are read along their own axes, and their intervals hold the truth",
          "[dose]") {
  const Vector3d slope(0.05, 0.1, -0.2);
  for (const double angle : {0.2, -0.5}) {
    for (const Vector3d& axis : {Vector3d(0, 0, 1), Vector3d(1, -2, 1)}) {
      const auto grid = turned(axis, angle, 6).make(slope, 120.0);
      REQUIRE(grid);
      REQUIRE(grid->problem().empty());
      CHECK_FALSE(grid->orientation().is_patient());
      CHECK(grid->misplaced().in_gy() < 5e-4);
      // A box in its middle, drawn along the unrounded axes.
      const Eigen::Matrix3d m = Eigen::AngleAxisd(angle, axis.normalized()).toRotationMatrix();
      Structure box = prism("Box", {box_ring(-20, -10, 20, 10)}, planes(-12, 12, 3));
      for (Contour& c : box.contours) {
        for (auto& p : c.points) p = m * p;
      }
      const auto stack = make_stack(box, grid->orientation());
      REQUIRE(stack);
      CHECK(stack->frame == grid->orientation());
      const auto dvh = Dvh::make(*stack, *grid, 1.0);
      REQUIRE(dvh);
      const double reach = (m.transpose() * slope).cwiseAbs().dot(Vector3d(20, 10, 12));
      const auto most = dvh->widened(dvh->maximum().dose), least = dvh->widened(dvh->minimum().dose);
      CHECK(most.lower.in_gy() <= 120.0 + reach);
      CHECK(most.upper.in_gy() >= 120.0 + reach);
      CHECK(least.lower.in_gy() <= 120.0 - reach);
      CHECK(least.upper.in_gy() >= 120.0 - reach);
      CHECK(dvh->mean().lower.in_gy() <= 120.0);
      CHECK(dvh->mean().upper.in_gy() >= 120.0);
    }
  }
}

TEST_CASE("The displacement counts from the position that the cosines start at, however far its planes are", "[dose]") {
  // The planes begin 20 m from the position: 2e-6 moves them by 0.04 mm, which is no longer parallel.
  Turned near = turned({0, 1, 0}, 2e-6), far = near;
  far.first_offset = 20'000.0;
  CHECK(near.make({0, 0.2, 0}, 90.0)->orientation().is_patient());
  CHECK_FALSE(far.make({0, 0.2, 0}, 90.0)->orientation().is_patient());
}

TEST_CASE("New planes of a dose take part in how far its intervals reach", "[dose]") {
  const auto grid = turned({0, 0, 1}, 2e-6).make({0, 0, 0}, 10.0);
  REQUIRE(grid);
  REQUIRE(grid->misplaced().in_gy() == 0.0);  // the same dose everywhere
  std::vector<float> plane(std::size_t{Turned::kAcross} * Turned::kAcross, 10.0F);
  plane[100] = 60.0F;
  const auto changed = grid->with_planes(3, 1, DoseValueType::kFloat32, plane.data(), plane.size());
  REQUIRE(changed);
  // 50 Gy over 10 mm, displaced by some 1e-3 mm across the planes.
  CHECK(changed->misplaced().in_gy() > 1e-3);
  CHECK(changed->misplaced().in_gy() < 2e-2);
}
