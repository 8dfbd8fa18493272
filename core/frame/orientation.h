// Which way the axes of a frame point: the patient's own, or those of a dose grid that lies turned in the patient. What
// is computed along a grid (grids, stacks of slabs, cuts, margins) carries its Orientation; what leaves the engine
// (places, directions) is in the patient's frame.
//
// Patient coordinates are DICOM's, LPS: x to the left, y to the back, z to the head; mm. A frame has the patient's
// origin, so it turns (or mirrors) coordinates and moves none.
//
// Rounding: a turned coordinate is a sum of three products, off by at most 4 * 2^-53 of the point's distance from the
// origin: 5e-11 mm at 100 m, where no contour is farther (plugin/ABI.md, rule 11). The axes are at right angles and of
// length 1 to kOrthonormal, so a distance changes by no more than that part of itself. Both are far below the 1e-6 of
// the largest dose, and of the volume, by which every interval is wider for the decimals of its input (dvh/README.md).
// In the patient's frame, and for cosines 0, 1 and -1, nothing is rounded.
#pragma once

#include <Eigen/Core>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>

#include "core/quantity/units.h"

namespace dosegate {

// An axis of a frame. Of the patient's: x, y, z. Of a turned one: that which lies nearest to the patient's of its name.
enum class Axis : std::uint8_t { kX = 0, kY = 1, kZ = 2 };
inline constexpr std::array<Axis, 3> kAxes = {Axis::kX, Axis::kY, Axis::kZ};
constexpr int number_of(Axis axis) { return static_cast<int>(axis); }
// The two others: those of the coordinates u and v on planes normal to it.
constexpr std::array<Axis, 2> across(Axis axis) {
  return {axis == Axis::kX ? Axis::kY : Axis::kX, axis == Axis::kZ ? Axis::kY : Axis::kZ};
}

// How far axes may be from length 1 and from right angles.
inline constexpr double kOrthonormal = 1e-14;

// Three axes at right angles, of length 1; right- or left-handed.
class Orientation {
 public:
  // The patient's own.
  Orientation() = default;
  // None unless the three, in the patient's frame, are orthonormal to kOrthonormal; NaN is not.
  static std::optional<Orientation> of(const Eigen::Vector3d& x, const Eigen::Vector3d& y, const Eigen::Vector3d& z);

  bool is_patient() const { return !turned_; }
  Eigen::Vector3d direction(Axis axis) const { return axes_.row(number_of(axis)).transpose(); }
  // Points, or directions.
  Eigen::Vector3d to_grid(const Eigen::Vector3d& of_patient) const {
    return turned_ ? Eigen::Vector3d(axes_ * of_patient) : of_patient;
  }
  Eigen::Vector3d to_patient(const Eigen::Vector3d& of_grid) const {
    return turned_ ? Eigen::Vector3d(axes_.transpose() * of_grid) : of_grid;
  }
  // By how much one unit of every patient coordinate, rounded, can move a point along the axis: 1 to 1.73. A coordinate
  // of two decimals is known to 0.01 mm, a turned one to that times this.
  double spread(Axis axis) const { return axes_.row(number_of(axis)).cwiseAbs().sum(); }

  friend bool operator==(const Orientation& a, const Orientation& b) { return a.axes_ == b.axes_; }
  // Any order, for keys.
  friend bool operator<(const Orientation& a, const Orientation& b);

 private:
  Eigen::Matrix3d axes_ = Eigen::Matrix3d::Identity();  // by row
  bool turned_ = false;
};

// How far the coordinates of a point in `a` are at most from those that it has in `b`, along each axis of `b`. `reach`:
// how far it lies from the origin along each axis of `a`, at most.
Eigen::Vector3d most_apart(const Orientation& a, const Orientation& b, const Eigen::Vector3d& reach);

// The largest angle between axes of one name.
Angle angle_between(const Orientation& a, const Orientation& b);
// Between two lines, 0 to 90 degrees. Precondition: neither is 0.
Angle angle_between_lines(const Eigen::Vector3d& a, const Eigen::Vector3d& b);

// The directions of a grid's columns, rows and planes as axes of a frame, which each runs along or against.
struct GridFrame {
  struct Along {
    Axis axis = Axis::kX;
    int sign = 1;
  };
  Orientation orientation;
  std::array<Along, 3> along;  // columns, rows, planes

  // The unit vector that the columns (0), rows (1) or planes (2) follow, in this frame.
  Eigen::Vector3d unit(std::size_t n) const {
    return along[n].sign * Eigen::Vector3d::Unit(number_of(along[n].axis)).eval();
  }
};

// The two ways to take a grid with these cosines; how far off its voxels then are is the caller's to judge. Normal is
// row x column. Precondition: both are unit vectors at right angles to 1e-3.
// In the patient's frame, each direction along the axis it is nearest to; none where two are nearest to one.
std::optional<GridFrame> patient_frame_of(const Eigen::Vector3d& row_cosines, const Eigen::Vector3d& column_cosines);
// In the frame of the grid itself: the orthonormal directions nearest to the cosines, named and turned round so that
// they lie nearest to the patient's.
GridFrame own_frame_of(const Eigen::Vector3d& row_cosines, const Eigen::Vector3d& column_cosines);

}  // namespace dosegate
