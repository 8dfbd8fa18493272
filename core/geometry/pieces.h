// What the rings of a plane bound: lobes of matter and of void, nested in each other, and which lobes of two
// neighbouring planes continue each other.
//
// A lobe is connected: the inside of an outer ring without its holes, or a hole without its islands. Lobe 0 is the void
// around everything. Names here that say piece mean a lobe, not the pieces of a stack (stack.h).
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
  std::size_t parent = 0;          // the number of the lobe around it; lobe 0 is its own
  std::vector<std::size_t> rings;  // its outline, outer and inner, as numbers into Lobes::rings
  double area = 0.0;               // mm^2, without the lobes inside it; infinite for lobe 0
  Eigen::AlignedBox2d box;         // round its outer ring, mm; empty for lobe 0
};

// All lobes of one plane.
struct Lobes {
  std::vector<Ring> rings;
  std::vector<std::size_t> within;  // for each ring the lobe inside it, whose parent lies outside the ring
  std::vector<Lobe> pieces;         // by number
  double area = 0.0;                // of the matter, mm^2
  double perimeter = 0.0;           // of all rings, mm
};

// The lobes that the rings of a plane bound by the even-odd rule. Edges that are drawn twice bound nothing and are left
// out first, so that a keyhole becomes a ring and its hole. Rings that enclose nothing are left out, too; without any
// ring there is lobe 0 alone. When rings cross each other, nesting has no meaning, and all of them together bound one
// lobe of matter. `budget` is that of decompose() (trapezoids.h); kLimitExceeded when it runs out. Throws Cancelled,
// here and below.
Result<Lobes> find_pieces(const std::vector<Ring>& drawn, std::int64_t& budget, Workers* workers = nullptr);

// The pairs (lobe of a, lobe of b), ascending, of one kind, that overlap by more than a tenth of the smaller. (0, 0) is
// always among them. Less overlap is no continuation: between two discs that hardly touch, a blend of distances is a
// neck of nearly nothing.
using Links = std::vector<std::pair<std::size_t, std::size_t>>;
Result<Links> find_links(const Lobes& a, const Lobes& b, std::int64_t& budget, Workers* workers = nullptr);

// The rings that bound the union of the chosen lobes. `chosen` has one flag for each lobe; that of lobe 0 is never set.
std::vector<Ring> outline(const Lobes& plane, const std::vector<char>& chosen, Workers* workers = nullptr);

}  // namespace dosegate
