#include "core/dvh/dose_lattice.h"

namespace dosegate {

DoseLattice::DoseLattice(const DoseGrid& grid, int stack_axis)
    : patient_axis_{stack_axis == 0 ? 1 : 0, stack_axis == 2 ? 1 : 2, stack_axis}, stride_{} {
  for (std::size_t a = 0; a < 3; ++a) {
    stride_[a] = 1;
    for (int below = 0; below < patient_axis_[a]; ++below) stride_[a] *= grid.size(below);
    const auto& c = grid.axes()[static_cast<std::size_t>(patient_axis_[a])];
    auto& n = nodes_[a];
    n.reserve(c.size() + 2);
    n.push_back(c.front() - 0.5 * (c[1] - c[0]));
    n.insert(n.end(), c.begin(), c.end());
    n.push_back(c.back() + 0.5 * (c.back() - c[c.size() - 2]));
  }
}

Eigen::Vector3d DoseLattice::patient(double u, double v, double w) const {
  Eigen::Vector3d p;
  p[patient_axis_[0]] = u;
  p[patient_axis_[1]] = v;
  p[patient_axis_[2]] = w;
  return p;
}

}  // namespace dosegate
