// The region of a structure's cross-section inside one cell: trapezoids in the cell's own coordinates.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace dosegate {

// Between y0 and y1, x runs from the line (left0 at y0, left1 at y1) to (right0, right1). All in [0, 1].
struct Piece {
  double y0, y1;
  double left0, left1, right0, right1;

  double area() const { return 0.5 * (y1 - y0) * ((right0 - left0) + (right1 - left1)); }
};

// Disjoint pieces. The whole cell is the one piece kWholeCell.
using Patch = std::span<const Piece>;
inline constexpr std::array<Piece, 1> kWholeCell{Piece{0, 1, 0, 0, 1, 1}};

// A linear function of (x, y).
struct Linear {
  double at_0, x, y;
  double at(double px, double py) const { return at_0 + x * px + y * py; }
};

// The integrals over the patch of max(0, f + added[n]), N being 2, 4 or 6. The form divides by the larger of f.x, f.y:
// the caller keeps it from being tiny.
template <std::size_t N>
std::array<double, N> integrals_of_positive_part(Patch patch, const Linear& f, const std::array<double, N>& added);

// Area where f >= 0; likewise.
double area_of_positive_part(Patch patch, const Linear& f);

double area_of(Patch patch);

// The piece between the lines y = lo and y = hi, in coordinates in which they are 0 and 1.
Piece between_rows(const Piece& p, double lo, double hi);
// Adds what of the piece lies between the columns x = lo and x = hi, in coordinates in which they are 0 and 1.
void add_between_columns(const Piece& p, double lo, double hi, std::vector<Piece>& out);

}  // namespace dosegate
