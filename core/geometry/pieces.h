// What the rings of a plane bound: pieces of matter and of void, nested in each other, and which pieces of
// two neighbouring planes continue each other.
//
// A piece is connected: an outer ring without its holes, or a hole without its islands. Lobe 0 is the void
// around everything.
#pragma once

#include <Eigen/Geometry>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

struct Lobe {
  bool matter = false;
  std::size_t parent = 0;          // the piece around it
  std::vector<std::size_t> rings;  // its outline, outer and inner, as numbers into Lobes::rings
  double area = 0.0;               // mm^2; of piece 0: infinite
  Eigen::AlignedBox2d box;         // of piece 0: empty
};

struct Lobes {
  std::vector<Ring> rings;
  std::vector<std::size_t> within;  // for each ring the piece inside it; its parent lies outside
  std::vector<Lobe> pieces;
  double area = 0.0;       // of the matter, mm^2
  double perimeter = 0.0;  // of all rings, mm
};

// Rings as drawn, even-odd. Edges drawn twice bound nothing and go first: a keyhole becomes a ring and its
// hole. Rings that enclose nothing go too. When rings cross each other, nesting has no meaning, and all of
// them together bound one piece of matter. `budget` as in decompose().
Result<Lobes> find_pieces(const std::vector<Ring>& drawn, std::int64_t& budget, Workers* workers = nullptr);

// Pairs (piece of a, piece of b), ascending, of one kind, that overlap by more than a tenth of the smaller.
// (0, 0) is always among them. Less overlap is no continuation: between two discs that hardly touch, a blend
// of distances is a neck of nearly nothing.
using Links = std::vector<std::pair<std::size_t, std::size_t>>;
Result<Links> find_links(const Lobes& a, const Lobes& b, std::int64_t& budget, Workers* workers = nullptr);

// The rings that bound the union of the pieces chosen (one flag a piece; never piece 0).
std::vector<Ring> outline(const Lobes& plane, const std::vector<char>& chosen);

}  // namespace dosegate
