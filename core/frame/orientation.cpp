#include "core/frame/orientation.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "core/elementary/angle_of.h"

namespace dosegate {
namespace {

using Eigen::Vector3d;

GridFrame::Along nearest_axis(const Vector3d& v) {
  int axis = 0;
  v.cwiseAbs().maxCoeff(&axis);
  return {kAxes[static_cast<std::size_t>(axis)], v[axis] > 0 ? 1 : -1};
}

}  // namespace

std::optional<Orientation> Orientation::of(const Vector3d& x, const Vector3d& y, const Vector3d& z) {
  Orientation o;
  o.axes_.row(0) = x.transpose();
  o.axes_.row(1) = y.transpose();
  o.axes_.row(2) = z.transpose();
  const Eigen::Matrix3d off = o.axes_ * o.axes_.transpose() - Eigen::Matrix3d::Identity();
  if (!off.allFinite() || off.cwiseAbs().maxCoeff() > kOrthonormal) return std::nullopt;
  o.turned_ = o.axes_ != Eigen::Matrix3d::Identity();
  return o;
}

bool operator<(const Orientation& a, const Orientation& b) {
  return std::lexicographical_compare(a.axes_.data(), a.axes_.data() + 9, b.axes_.data(), b.axes_.data() + 9);
}

Vector3d most_apart(const Orientation& a, const Orientation& b, const Vector3d& reach) {
  Vector3d apart = Vector3d::Zero();
  if (a == b) return apart;
  for (const Axis axis : kAxes) {
    const Vector3d unit = Vector3d::Unit(number_of(axis));
    apart += reach[number_of(axis)] * (b.to_grid(a.to_patient(unit)) - unit).cwiseAbs();
  }
  return apart;
}

Angle angle_between_lines(const Vector3d& a, const Vector3d& b) {
  return Angle::radians(angle_of(a.cross(b).norm(), std::abs(a.dot(b))));
}

Angle angle_between(const Orientation& a, const Orientation& b) {
  Angle most;
  for (const Axis axis : kAxes) {
    const Vector3d p = a.direction(axis), q = b.direction(axis);
    most = std::max(most, Angle::radians(angle_of(p.cross(q).norm(), p.dot(q))));
  }
  return most;
}

std::optional<GridFrame> patient_frame_of(const Vector3d& row, const Vector3d& column) {
  GridFrame frame{{}, {nearest_axis(row), nearest_axis(column), nearest_axis(row.cross(column))}};
  std::array<bool, 3> taken{};
  for (const auto& along : frame.along) taken[static_cast<std::size_t>(number_of(along.axis))] = true;
  if (std::find(taken.begin(), taken.end(), false) != taken.end()) return std::nullopt;
  return frame;
}

GridFrame own_frame_of(const Vector3d& row, const Vector3d& column) {
  // Each takes half of what is missing to a right angle; then once more, for what the halves leave.
  Vector3d r = row.normalized(), c = column.normalized();
  for (int round = 0; round < 2; ++round) {
    const double half = 0.5 * r.dot(c);
    const Vector3d r_before = r;
    r = (r - half * c).normalized();
    c = (c - half * r_before).normalized();
  }
  c = (c - r.dot(c) * r).normalized();
  const std::array<Vector3d, 3> grid = {r, c, r.cross(c).normalized()};

  std::array<std::size_t, 3> to = {0, 1, 2}, best = to;  // the axis of each direction
  double most = -1.0;
  do {
    double sum = 0.0;
    for (std::size_t n = 0; n < 3; ++n) sum += std::abs(grid[n][static_cast<Eigen::Index>(to[n])]);
    if (sum > most) most = sum, best = to;
  } while (std::next_permutation(to.begin(), to.end()));

  GridFrame frame;
  std::array<Vector3d, 3> axes;
  for (std::size_t n = 0; n < 3; ++n) {
    const int sign = grid[n][static_cast<Eigen::Index>(best[n])] < 0.0 ? -1 : 1;
    frame.along[n] = {kAxes[best[n]], sign};
    axes[best[n]] = sign * grid[n];
  }
  frame.orientation = Orientation::of(axes[0], axes[1], axes[2]).value();
  return frame;
}

}  // namespace dosegate
