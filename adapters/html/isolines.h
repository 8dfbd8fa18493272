// Lines of equal value on a lattice.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace dosegate::html {

// Values at u0 + i * step, v0 + j * step for i < nu, j < nv, row by row (j outer). Below any level where there is none.
struct Lattice {
  double u0 = 0.0, v0 = 0.0, step = 1.0;
  std::size_t nu = 0, nv = 0;
  std::vector<double> values;

  static constexpr double kNone = -1.0;
  // Samples `value` at every place.
  static Lattice sample(double u0, double v0, double u1, double v1, double step,
                        const std::function<double(double u, double v)>& value);
};

// Where the values cross `level`, linear along the edges, as an SVG path in (u, v); lines end at the lattice's edge.
// Cells with a value that is none are left out. "" where nothing crosses.
std::string isoline(const Lattice& lattice, double level);

// The same closed along the lattice's edge, so that it bounds where the values are at least `level`: for filling,
// even-odd.
std::string region_above(const Lattice& lattice, double level);

}  // namespace dosegate::html
