// For the tests: what is known in closed form, turned in the patient together with its dose grid.
#pragma once

#include <Eigen/Geometry>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/geometry/structure.h"

namespace dosegate::test {

inline Eigen::Matrix3d turn(double degrees, const Eigen::Vector3d& about) {
  return Eigen::AngleAxisd(degrees * std::numbers::pi / 180.0, about.normalized()).toRotationMatrix();
}

// As written with so many decimals.
inline Eigen::Vector3d printed(const Eigen::Vector3d& v, int decimals) {
  const double digits = std::pow(10.0, decimals);
  return (v * digits).array().round() / digits;
}

// Every point, with so many decimals; 17 or more: as it is.
inline Structure turned(Structure s, const Eigen::Matrix3d& rotation, int decimals = 17) {
  for (Contour& c : s.contours) {
    for (auto& p : c.points) p = decimals < 17 ? printed(rotation * p, decimals) : Eigen::Vector3d(rotation * p);
  }
  return s;
}

// A grid along the patient's axes, turned; of planes that fall if asked for, which makes indices left-handed.
enum class PlaneOrder { kRising, kFalling };
inline Result<DoseGrid> turned(const DoseGrid& grid, const Eigen::Matrix3d& rotation, int decimals = 17,
                               PlaneOrder order = PlaneOrder::kRising) {
  const auto& [x, y, z] = grid.axes();
  const std::size_t plane = x.size() * y.size();
  std::vector<float> gy;
  std::vector<double> offsets;
  for (std::size_t n = 0; n < z.size(); ++n) {
    const std::size_t k = order == PlaneOrder::kRising ? n : z.size() - 1 - n;
    const auto first = grid.values().begin() + static_cast<std::ptrdiff_t>(k * plane);
    gy.insert(gy.end(), first, first + static_cast<std::ptrdiff_t>(plane));
    offsets.push_back(z[k] - z.front());
  }
  DoseDescription d;
  d.values = gy.data();
  d.value_count = gy.size();
  d.columns = static_cast<std::uint32_t>(x.size());
  d.rows = static_cast<std::uint32_t>(y.size());
  d.planes = static_cast<std::uint32_t>(z.size());
  d.row_cosines = rotation.col(0);
  d.column_cosines = rotation.col(1);
  d.position_mm = rotation * Eigen::Vector3d(x.front(), y.front(), z.front());
  if (decimals < 17) {
    d.row_cosines = printed(d.row_cosines, decimals);
    d.column_cosines = printed(d.column_cosines, decimals);
  }
  d.column_spacing_mm = x[1] - x[0];
  d.row_spacing_mm = y[1] - y[0];
  d.plane_offsets_mm = offsets.data();
  d.summation = grid.summation();
  d.frame_of_reference_uid = grid.frame_of_reference_uid();
  return DoseGrid::make(d);
}

}  // namespace dosegate::test
