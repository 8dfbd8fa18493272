// The planes of one piece of a structure, each with its lobes and holes, and which of them go on in the next plane.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/geometry/gap_field.h"
#include "core/geometry/pieces.h"
#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// One flag for each piece of a plane.
using PieceFlags = std::vector<char>;

// A cross-section of the structure. Piece 0 is what is outside of all.
struct LinkedPlane {
  enum Side { kBelow = 0, kAbove = 1 };
  static Side opposite(Side side) { return side == kBelow ? kAbove : kBelow; }

  double at = 0.0;
  Lobes pieces;
  // By side. The pieces of the plane there that continue each piece, and those that have none.
  std::array<std::vector<std::vector<std::size_t>>, 2> partners;
  std::array<PieceFlags, 2> ends;
  // By side: the outline without what ends there; made when needed.
  std::array<PlaneField, 2> field;
};

class LinkedPlanes {
 public:
  using Side = LinkedPlane::Side;

  // Precondition: the slabs of `drawn` ascend and have nothing excluded. Errors: those of find_pieces() and
  // find_links(). Throws Cancelled. `budget` is counted down by the work done.
  Status find(const SlabStack& drawn, std::int64_t& budget, Workers* workers);

  std::size_t size() const { return planes_.size(); }
  const LinkedPlane& operator[](std::size_t i) const { return planes_[i]; }
  LinkedPlane& operator[](std::size_t i) { return planes_[i]; }

  double largest_area() const { return largest_; }                        // of a plane, mm^2
  std::size_t apart() const { return apart_; }                            // pairs of neighbours that do not overlap
  std::pair<double, double> first_apart() const { return first_apart_; }  // where, if any

  bool is_end(std::size_t i, Side side) const { return side == LinkedPlane::kBelow ? i == 0 : i + 1 == planes_.size(); }
  static std::size_t next(std::size_t i, Side side) { return side == LinkedPlane::kBelow ? i - 1 : i + 1; }

  // Those of the chosen pieces of plane i that are matter, or void.
  PieceFlags of_kind(std::size_t i, PieceFlags chosen, bool matter) const;
  // The partners, other than what is outside of all, on that side of the chosen pieces of plane i, which are of one
  // kind; empty where there is no plane.
  PieceFlags continued(std::size_t i, Side side, const PieceFlags& chosen) const;
  // What lies in the chosen pieces and has no partner on that side.
  PieceFlags begun_inside(std::size_t i, Side side, const PieceFlags& chosen) const;
  // The one partner of piece k of plane i on that side of which k is the one partner; 0: there is none.
  std::size_t only_partner(std::size_t i, Side side, std::size_t k) const;
  // Piece k of plane i continues one piece of the plane on the side `back`, and that one piece of the plane beyond,
  // none of which is continued by others.
  bool is_chain(std::size_t i, Side back, std::size_t k) const;

 private:
  std::vector<LinkedPlane> planes_;
  double largest_ = 0.0;
  std::size_t apart_ = 0;
  std::pair<double, double> first_apart_;
};

}  // namespace dosegate
