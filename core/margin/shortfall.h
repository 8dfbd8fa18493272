// How far places lie from a drawn structure, and the worst of them.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "core/margin/expansion.h"

namespace dosegate {

// The distance to a stack of drawn slabs.
class DrawnDistance {
 public:
  // Precondition: one slab or more. `stack` and `sections` (of it) must outlive it.
  DrawnDistance(const SlabStack& stack, const SectionIndexes& sections, Reach reach);

  // Of a point (u, v, height), mm; 0 inside. What is known to be no more than `most` is looked for nearer than that; a
  // distance no longer than `enough` need not be exact. Never less than the true one.
  double at(const Eigen::Vector3d& p, double most, double enough, std::int64_t& budget) const;
  // The direction in which it grows: unit, or 0.
  Eigen::Vector3d away(const Eigen::Vector3d& p) const;
  // The slabs that a height lies in or touches: from the first to before the second.
  std::pair<std::size_t, std::size_t> touched(double z) const;
  // Of a slab, mm along the axis.
  std::pair<double, double> of_slab(std::size_t n) const { return reach_[n]; }
  const SectionIndex& section(std::size_t slab) const { return sections_[slab]; }

 private:
  const SlabStack& stack_;
  const SectionIndexes& sections_;
  std::vector<std::pair<double, double>> reach_;  // of each slab
  // The lowest place of this slab and those above; the highest of this and those below.
  std::vector<double> lowest_above_, highest_below_;
};

// The worst place of a kind. What is worse does not depend on the order in which places are met, but for equals: the
// first wins.
struct Found {
  bool found = false;
  double rank = 0.0;                   // mm; what is not above it is no worse
  double off = 0.0;                    // mm
  Eigen::Vector3d at{0, 0, 0};         // (u, v, height)
  Eigen::Vector3d direction{0, 0, 0};  // excess: away from the structure

  void take(const Found& other) {
    if (other.found && (!found || other.rank > rank)) *this = other;
  }
};

inline constexpr double kNothing = 1e-6;  // mm; the rounding of contours

// How far a point of a piece of a row that the drawn structure lacks can at most lie from it along the row, mm;
// infinity when the piece does not end at it. `drawn`: the row's.
double most_along_row(const Stretch& piece, RowView drawn);

// Looks along pieces of a row at height z for a place further from the drawn structure than tolerance + worst.rank.
// Its rank is what is beyond tolerance.
void search(const DrawnDistance& drawn, RowView pieces, RowView drawn_row, double v, double z, double tolerance,
            Found& worst, std::int64_t& budget);
// The same of pieces that lie beyond an expansion: how far, along an axis of the patient, from the nearest point of its
// structure.
// `certain`: the row of what the expansion covers or less.
void search_excess(const Expansion& expansion, RowView pieces, RowView certain, double v, double z, Found& worst,
                   std::int64_t& budget);

}  // namespace dosegate
