// The part of a structure's cross-section that lies in one cell of the dose lattice, as trapezoids in the cell's own
// coordinates: x and y run from 0 to 1 across the cell, along the axes u and v of dose_lattice.h.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace dosegate {

// A trapezoid with two sides parallel to x. At y0 it reaches from left0 to right0, at y1 from left1 to right1, and
// between them its sides are straight. All numbers lie in [0, 1], and y0 <= y1.
struct Piece {
  double y0, y1;
  double left0, left1, right0, right1;

  double area() const { return 0.5 * (y1 - y0) * ((right0 - left0) + (right1 - left1)); }
};

// Pieces that do not overlap; none at all is the empty region. The pieces belong to somebody else, who must outlive the
// patch. The whole cell is the one piece kWholeCell.
using Patch = std::span<const Piece>;
inline constexpr std::array<Piece, 1> kWholeCell{Piece{0, 1, 0, 0, 1, 1}};

// The linear function at_0 + x * px + y * py of a point (px, py).
struct Linear {
  double at_0, x, y;
  double at(double px, double py) const { return at_0 + x * px + y * py; }
};

// The integrals over the patch of max(0, f + added[n]), N being 2, 4 or 6. They are divided by the larger of |f.x| and
// |f.y|, which the caller keeps from being tiny beside the values of f.
template <std::size_t N>
std::array<double, N> integrals_of_positive_part(Patch patch, const Linear& f, const std::array<double, N>& added);

// The area of the part of the patch where f >= 0. What was said of f above holds here, too; where both slopes are 0 it
// answers 0.
double area_of_positive_part(Patch patch, const Linear& f);

double area_of(Patch patch);

// What of the piece lies between the lines y = lo and y = hi, in coordinates in which these are 0 and 1. Precondition:
// the piece reaches between them.
Piece between_rows(const Piece& p, double lo, double hi);
// Adds what of the piece lies between the lines x = lo and x = hi, in coordinates in which these are 0 and 1: nothing,
// or up to five pieces, as a side that crosses one of the lines bends there.
void add_between_columns(const Piece& p, double lo, double hi, std::vector<Piece>& out);

}  // namespace dosegate
