// How far places lie from a drawn structure, and the worst of them.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "core/margin/expansion.h"
#include "core/parallel/parallel.h"

namespace dosegate {

// The distance to a stack of drawn slabs. Points are (u, v, height), mm, as in expansion.h. Immutable.
class DrawnDistance {
 public:
  // Precondition: one slab or more. `stack` and `sections`, which are its own, must outlive this.
  DrawnDistance(const SlabStack& stack, const SectionIndexes& sections, Reach reach);

  // The distance of a point, 0 inside. The caller knows that it is no more than `most`, which may be infinite. A
  // distance that is no longer than `enough` need not be exact, but is never less than the true one. `budget` is
  // counted down by the work done.
  double at(const Eigen::Vector3d& p, double most, double enough, std::int64_t& budget) const;
  // The direction in which the distance grows: a unit vector, or 0 where it does not.
  Eigen::Vector3d away(const Eigen::Vector3d& p) const;
  // The slabs that height z lies in or touches: from the first number to before the second.
  std::pair<std::size_t, std::size_t> touched(double z) const;
  // From where to where slab `n` reaches along the axis.
  std::pair<double, double> of_slab(std::size_t n) const { return reach_[n]; }
  const SectionIndex& section(std::size_t slab) const { return sections_[slab]; }

 private:
  const SlabStack& stack_;
  const SectionIndexes& sections_;
  std::vector<std::pair<double, double>> reach_;  // that of each slab
  // For each slab the lowest place of it and of those above it, and the highest of it and of those below it.
  std::vector<double> lowest_above_, highest_below_;
};

// The worst place that was found. Which one is worse does not depend on the order in which places are met, except that
// of equals the first wins.
struct Found {
  bool found = false;
  double rank = 0.0;                   // how bad it is, mm; only more is worse, even if nothing is found yet
  double off = 0.0;                    // how far the place is off, mm
  Eigen::Vector3d at{0, 0, 0};         // (u, v, height)
  Eigen::Vector3d direction{0, 0, 0};  // of an excess: away from the structure; 0 for a shortfall

  void take(const Found& other) {
    if (other.found && (!found || other.rank > rank)) *this = other;
  }
};

inline constexpr double kNothing = 1e-6;  // mm; what is shorter is the rounding of contours

// How far any point of `piece`, which the drawn structure lacks on a row, can at most lie from it along the row, mm;
// infinity when neither end of the piece is one of what is drawn. `drawn` is what the structure covers on that row.
double most_along_row(const Stretch& piece, RowView drawn);

// Looks along pieces of the row at v and height z for a place that is further from the drawn structure than tolerance +
// worst.rank, and replaces `worst` by it; its rank is how far it is beyond tolerance.
void search(const DrawnDistance& drawn, RowView pieces, RowView drawn_row, double v, double z, double tolerance,
            Found& worst, std::int64_t& budget, CancelPoint& cancel_point);
// Looks along pieces of the row that lie beyond an expansion for a place whose step from the nearest point of the
// structure exceeds the margin along an axis of the patient (Expansion::beyond_axes) by more than worst.rank. `certain`
// is what the expansion covers on the row, or less.
void search_excess(const Expansion& expansion, RowView pieces, RowView certain, double v, double z, Found& worst,
                   std::int64_t& budget, CancelPoint& cancel_point);

}  // namespace dosegate
