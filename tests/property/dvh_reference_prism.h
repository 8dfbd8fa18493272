// One piece of the DVH reference (dvh_reference.h): a trapezoid extruded inside one cell of a trilinear dose.
//
// At one height z the dose on it is a + b x + c y + d x y. Of the volume at or above T,
//   along x  the part is an interval, known exactly;
//   along y  its end is a quotient of linear functions, whose integral has a closed form;
//   along z  the rest is a smooth function between the heights where the shape of the part changes, which are roots of
//            linear and quadratic equations: adaptive Gauss-Kronrod quadrature between them.
#pragma once

#include <array>

namespace dosegate::property {

// Coordinates are those of the cell, 0 to 1 along each axis. y runs from y0 to y1, z from z0 to z1, x between two
// lines: from left0 and right0 at y0 to left1 and right1 at y1.
struct Prism {
  double y0, y1, left0, left1, right0, right1, z0, z1;
  // Dose in Gy: the sum of c[n], times x where n & 1, times y where n & 2, times z where n & 4.
  std::array<double, 8> c;
  double cell_mm3;

  double dose(double x, double y, double z) const;
  double volume_mm3() const;
  double dose_integral() const;  // Gy mm^3
};

struct Extremes {
  double least, most;  // Gy
};
Extremes extremes(const Prism& p);

struct Estimate {
  double value = 0.0, error = 0.0;
};
// Volume, mm^3, where the dose is `level` or more. Quadrature goes on until its error estimate for each smooth stretch
// is at most `tolerance` mm^3, or 12 halvings.
Estimate volume_above(const Prism& p, double level, double tolerance);

}  // namespace dosegate::property
