// What a structure becomes when a margin is added: the Minkowski sum of its slabs (stack.h), or of its planes alone,
// with an ellipsoid that has its own semi-axis on either side of each patient axis. Exact: no voxels.
//
// A point belongs to it when some point of the structure lies no further than 1 from it in the gauge
// g(d)^2 = sum of (d_i / m_i)^2, m_i the margin on the side that d_i points to. Of a slab the part along its axis is
// known, so a section at a height is the union of the slabs' polygons, each dilated by an ellipse scaled with
// r = sqrt(1 - (dz / mz)^2); of an edge dilated so, a row sees one interval, in closed form.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/geometry/margins.h"
#include "core/geometry/stack.h"
#include "core/margin/rows.h"
#include "core/margin/section_index.h"
#include "core/parallel/parallel.h"

namespace dosegate {

// How far each slab of a stack, from lo to hi and drawn at `at`, is taken to reach along the axis. The slices say for
// certain only what is on their planes, and that what is not on the next plane ends before it.
enum class Reach {
  kSlabs,       // from lo to hi
  kPlanes,      // no further than is certain: the plane alone
  kNextPlanes,  // as far as may be: up to the next planes
};
// From where to where every slab reaches, mm along the axis. On the side of another piece of the structure (stack.h) a
// slab reaches no further than lo or hi: between the pieces lies a slice on which nothing is drawn, so slices do not
// hide what is missing there.
std::vector<std::pair<double, double>> reaches_of(const SlabStack& stack, Reach reach);

// The sections of a stack of drawn slabs, one index for each slab.
using SectionIndexes = std::vector<SectionIndex>;
SectionIndexes index_sections(const SlabStack& stack);

// A point is (u, v, height): the coordinates of a ring and that along the stack's axis, mm. Immutable; several threads
// may ask one expansion.
class Expansion {
 public:
  // Precondition: the stack has one slab or more, all as drawn (no `also`, `within` or `exclude`). `stack` and
  // `sections`, which are its own, must outlive this.
  Expansion(const SlabStack& stack, const SectionIndexes& sections, const Margins& margins, Reach reach);

  // Where it begins and ends along the axis, mm.
  double lowest() const { return lowest_; }
  double highest() const { return highest_; }
  // Whether there is no margin at all, so that it is the structure itself.
  bool none() const { return none_; }
  // How far it reaches from the structure along the axis, towards smaller and larger coordinates, mm.
  double down() const { return low_[2]; }
  double up() const { return high_[2]; }
  // The longest of all margins, and the shorter one of the two along u, mm.
  double longest() const;
  double shortest_along_u() const { return std::min(low_[0], high_[0]); }
  // Values of v between which the rows of the section at height z change smoothly; empty when there is no section.
  std::vector<double> breaks(double z) const;

  // The section at one height. One thread at a time.
  class Section {
   public:
    // Throws Cancelled, as row() does.
    Section(const Expansion& of, double z, Workers* workers = nullptr);
    // Replaces `out` by what the section covers on the row at v. `budget` is counted down by the work
    // done.
    void row(double v, Row& out, std::int64_t& budget);

   private:
    // So many places of a row in its band are told apart, to know how far other bands are.
    static constexpr std::size_t kPlaces = 4;
    // A slab that is near enough to matter. For each place of the row: how far along u the ellipse reaches at most from
    // the edges of a band that lies so many bands below the row (upwards) or above it (downwards), as a part of the
    // margin.
    struct Near {
      std::size_t slab;
      double r2, r;
      std::array<std::vector<double>, kPlaces> upwards, downwards;
    };
    void fill_parts(Near& near, std::size_t place) const;
    void take_band(const Near& near, std::size_t band, double v, double part, Row& out, std::int64_t& budget);

    const Expansion& of_;
    CancelPoint cancel_point_;
    std::vector<Near> near_;
    std::vector<double> crossings_;
    Row inner_;
  };

  struct Nearest {
    double gauge = 0.0;                // g of the head of this file; 0 inside the structure
    Eigen::Vector3d towards{0, 0, 0};  // from the structure's nearest point to the one that was asked for
  };
  // The point of the structure that is nearest in the gauge. A gauge that is no larger than `enough` need not be exact.
  Nearest nearest(const Eigen::Vector3d& p, double enough, std::int64_t& budget) const;
  // By how much a step like Nearest::towards exceeds the margin, mm, along that axis of the frame along which it does
  // so most; 0 or less where it exceeds it along none. This is never more than how far it leaves the ellipsoid.
  double beyond_axes(const Eigen::Vector3d& towards) const;

 private:
  // How far height z lies from a slab, over the margin on that side. Beyond 1 the slab contributes nothing.
  double along(std::size_t slab, double z) const;

  const SlabStack& stack_;
  const SectionIndexes& sections_;
  std::vector<std::pair<double, double>> reach_;  // that of each slab
  double lowest_ = 0.0, highest_ = 0.0;
  std::array<double, 3> low_, high_;  // the margins along u, v and the axis, towards smaller and larger coordinates, mm
  bool none_;
  // For each edge of each slab: the offset in v (row less edge, mm) at which the dilated outline leaves the edge in the
  // edge's own direction, for r = 1, on the side of larger and on that of smaller u.
  std::vector<std::vector<std::array<double, 2>>> offsets_;
};

}  // namespace dosegate
