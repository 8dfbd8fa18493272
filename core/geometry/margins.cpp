#include "core/geometry/margins.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dosegate {
namespace {

constexpr double kSame = 0.001;  // mm

}  // namespace

bool is_same_in(const Orientation& frame, const Margins& m) {
  if (frame.is_patient()) return true;
  const std::array<std::array<double, 2>, 3> along = {{{m.right.in_mm(), m.left.in_mm()},
                                                       {m.anterior.in_mm(), m.posterior.in_mm()},
                                                       {m.caudal.in_mm(), m.cranial.in_mm()}}};
  const auto [least, most] =
      std::minmax({along[0][0], along[0][1], along[1][0], along[1][1], along[2][0], along[2][1]});
  if (most - least <= 0.0) return true;
  // A turn by a moves the surface by no more than a times the longest half axis; of axes that stay in their plane,
  // where the ellipsoid is round, nothing.
  for (std::size_t n = 0; n < 3; ++n) {
    const auto &p = along[(n + 1) % 3], &q = along[(n + 2) % 3];
    if (p[0] != p[1] || q[0] != q[1] || p[0] != q[0]) continue;
    const Eigen::Vector3d own = Eigen::Vector3d::Unit(static_cast<Eigen::Index>(n));
    if ((frame.direction(kAxes[n]) - own).norm() * most <= kSame) return true;
  }
  double turn = 0.0;
  for (const Axis axis : kAxes) {
    turn = std::max(turn, (frame.direction(axis) - Eigen::Vector3d::Unit(number_of(axis))).norm());
  }
  return turn * most <= kSame;
}

}  // namespace dosegate
