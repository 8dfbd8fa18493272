#include "core/dvh/dose_lattice.h"

namespace dosegate {

DoseLattice::DoseLattice(const DoseGrid& grid, Axis stack_axis)
    : frame_(grid.orientation()),
      axis_{number_of(across(stack_axis)[0]), number_of(across(stack_axis)[1]), number_of(stack_axis)},
      stride_{} {
  for (std::size_t a = 0; a < 3; ++a) {
    stride_[a] = 1;
    for (int below = 0; below < axis_[a]; ++below) stride_[a] *= grid.size(kAxes[static_cast<std::size_t>(below)]);
    const auto& c = grid.axes()[static_cast<std::size_t>(axis_[a])];
    auto& n = nodes_[a];
    n.reserve(c.size() + 2);
    n.push_back(c.front() - 0.5 * (c[1] - c[0]));
    n.insert(n.end(), c.begin(), c.end());
    n.push_back(c.back() + 0.5 * (c.back() - c[c.size() - 2]));
  }
}

Eigen::Vector3d DoseLattice::patient(double u, double v, double w) const {
  Eigen::Vector3d p;
  p[axis_[0]] = u;
  p[axis_[1]] = v;
  p[axis_[2]] = w;
  return frame_.to_patient(p);
}

}  // namespace dosegate
