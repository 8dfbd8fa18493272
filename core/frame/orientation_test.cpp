#include "core/frame/orientation.h"

#include <catch2/catch.hpp>
#include <limits>

#include "core/frame/test_turned.h"
#include "core/geometry/margins.h"

using namespace dosegate;
using Eigen::Vector3d;

namespace {

const Vector3d kX(1, 0, 0), kY(0, 1, 0), kZ(0, 0, 1);

Orientation along(const Eigen::Matrix3d& rotation) {
  return *Orientation::of(rotation.col(0), rotation.col(1), rotation.col(2));
}

}  // namespace

TEST_CASE("An orientation is made of three unit vectors at right angles and of nothing else", "[frame]") {
  CHECK(Orientation().is_patient());
  CHECK(Orientation::of(kX, kY, kZ)->is_patient());
  CHECK(Orientation::of(kY, kX, -kZ).has_value());
  CHECK(Orientation::of(kX, kY, -kZ).has_value());  // left-handed
  CHECK_FALSE(Orientation::of(kX, kY, kY).has_value());
  CHECK_FALSE(Orientation::of(kX, kY, 1.00001 * kZ).has_value());
  CHECK_FALSE(Orientation::of(kX, Vector3d(1e-6, 1, 0), kZ).has_value());
  CHECK_FALSE(Orientation::of(kX, kY, Vector3d(0, 0, std::numeric_limits<double>::quiet_NaN())).has_value());
}

TEST_CASE("Permuted axes turn no coordinate by a bit, and others come back to 1e-13 mm", "[frame]") {
  const Vector3d p(-123.45, 0.1, 987.654321);
  const Orientation permuted = *Orientation::of(-kY, kZ, kX);
  CHECK(permuted.to_grid(p) == Vector3d(-p.y(), p.z(), p.x()));
  CHECK(permuted.to_patient(permuted.to_grid(p)) == p);
  CHECK(Orientation().to_grid(p) == p);
  const Orientation turned = along(test::turn(37.0, {1, -2, 0.5}));
  CHECK((turned.to_patient(turned.to_grid(p)) - p).norm() < 1e-12);
  CHECK(turned.to_grid(p).norm() == Approx(p.norm()).epsilon(1e-14));
  CHECK((turned.to_patient({0, 0, 1}) - turned.direction(Axis::kZ)).norm() < 1e-15);
}

TEST_CASE("Directions of a grid along the patient's axes stay the patient's, whichever way they run", "[frame]") {
  const auto sagittal = patient_frame_of(kY, -kZ);
  REQUIRE(sagittal);
  CHECK(sagittal->orientation.is_patient());
  CHECK(sagittal->along[0].axis == Axis::kY);
  CHECK(sagittal->along[1].axis == Axis::kZ);
  CHECK(sagittal->along[1].sign == -1);
  CHECK(sagittal->along[2].axis == Axis::kX);
  CHECK(sagittal->along[2].sign == -1);
}

TEST_CASE("A grid's own axes are named as the patient's that they are nearest to", "[frame]") {
  for (const double degrees : {0.08, 10.0, 30.0, -44.0}) {
    for (const Vector3d& about : {kX, kY, kZ, Vector3d(1, 2, -3)}) {
      const Eigen::Matrix3d r = test::turn(degrees, about);
      // Coronal, feet first: columns along -x, rows along z.
      const GridFrame frame = own_frame_of(r * -kX, r * kZ);
      INFO(degrees << " degrees about " << about.transpose());
      CHECK(frame.along[0].axis == Axis::kX);
      CHECK(frame.along[0].sign == -1);
      CHECK(frame.along[1].axis == Axis::kZ);
      CHECK(frame.along[2].axis == Axis::kY);
      for (const Axis axis : kAxes) {
        CHECK((frame.orientation.direction(axis) - r.col(number_of(axis))).norm() < 1e-15);
      }
      CHECK(angle_between(frame.orientation, Orientation()).in_degrees() <= std::abs(degrees) * (1 + 1e-9));
    }
  }
}

TEST_CASE("Cosines that are not quite at right angles share the difference", "[frame]") {
  const GridFrame frame = own_frame_of({1, 5e-4, 0}, {5e-4, 1, 0});
  CHECK(frame.orientation.direction(Axis::kX).y() == Approx(0.0).margin(1e-15));
  CHECK(frame.orientation.direction(Axis::kY).x() == Approx(0.0).margin(1e-15));
}

TEST_CASE("The angle of small turns is told to their last digit", "[frame]") {
  const Orientation turned = along(test::turn(1e-6, kX));
  CHECK(angle_between(turned, Orientation()).in_degrees() == Approx(1e-6).epsilon(1e-6));
  CHECK(angle_between_lines(kZ, -turned.direction(Axis::kZ)).in_degrees() == Approx(1e-6).epsilon(1e-6));
  const Vector3d apart = most_apart(turned, Orientation(), {0, 300, 500});
  CHECK(apart.x() == Approx(0.0).margin(1e-12));
  CHECK(apart.y() == Approx(500 * 1e-6 * std::numbers::pi / 180).epsilon(1e-3));
}

TEST_CASE("A margin is the same in a turned frame where it is round about the turn's axis", "[frame][margin]") {
  const auto mm = [](double left, double right, double anterior, double posterior, double cranial, double caudal) {
    return Margins{Length::mm(left),      Length::mm(right),   Length::mm(anterior),
                   Length::mm(posterior), Length::mm(cranial), Length::mm(caudal)};
  };
  const Orientation about_z = along(test::turn(20.0, kZ)), about_x = along(test::turn(20.0, kX));
  const Margins round = mm(8, 8, 8, 8, 8, 8), higher = mm(5, 5, 5, 5, 10, 7), lopsided = mm(5, 6, 5, 5, 5, 5);
  CHECK(is_same_in(about_x, round));
  CHECK(is_same_in(about_z, higher));
  CHECK_FALSE(is_same_in(about_x, higher));
  CHECK_FALSE(is_same_in(about_z, lopsided));
  CHECK(is_same_in(Orientation(), lopsided));
  // 1.4 mrad moves the surface by 0.014 mm, which is more than a margin is verified to.
  CHECK_FALSE(is_same_in(along(test::turn(0.08, kX)), higher));
  CHECK(is_same_in(along(test::turn(0.0002, kX)), higher));
}
