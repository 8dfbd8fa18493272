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

namespace dosegate {

// A slab from lo to hi that was drawn at `at`. Of the solid that was drawn, the slices say for certain what is on their
// planes; and what is not on the next plane ends before it.
enum class Reach {
  kSlabs,       // as they are
  kPlanes,      // no more than is certain: the planes
  kNextPlanes,  // no less than may be: each plane's section up to the next planes
};
// mm, along the axis, of every slab. On the side of another piece of the structure (stack.h) a slab goes no further
// than itself: between the pieces lies a slice on which nothing is drawn, and what is missing there slices do not hide.
std::vector<std::pair<double, double>> reaches_of(const SlabStack& stack, Reach reach);

// The sections of a stack of drawn slabs, indexed.
using SectionIndexes = std::vector<SectionIndex>;
SectionIndexes index_sections(const SlabStack& stack);

class Expansion {
 public:
  // Precondition: slabs as drawn (nothing also, within or excluded), one or more. `stack` and `sections` (of it) must
  // outlive it.
  Expansion(const SlabStack& stack, const SectionIndexes& sections, const Margins& margins, Reach reach);

  // Where it begins and ends along the axis.
  double lowest() const { return lowest_; }
  double highest() const { return highest_; }
  // No margin at all: it is the structure itself.
  bool none() const { return none_; }
  // How far it reaches from the structure along the axis, towards smaller and larger coordinates, mm.
  double down() const { return low_[2]; }
  double up() const { return high_[2]; }
  // The longest margin, mm; the shortest on either side of u.
  double longest() const;
  double shortest_along_u() const { return std::min(low_[0], high_[0]); }
  // Values of v between which the rows of a section change smoothly; empty when there is no section.
  std::vector<double> breaks(double z) const;

  // The section at one height.
  class Section {
   public:
    Section(const Expansion& of, double z);
    // Of a row; `out` is replaced. `budget` is counted down by the work done.
    void row(double v, Row& out, std::int64_t& budget);

   private:
    // Places of a row in its band that are told apart, to know how far other bands are.
    static constexpr std::size_t kPlaces = 4;
    // A slab near enough, and how far along u its ellipse reaches at most from the edges of a band so many bands below
    // the row (upwards) or above it, as a part of the margin; for each place of the row.
    struct Near {
      std::size_t slab;
      double r2, r;
      std::array<std::vector<double>, kPlaces> upwards, downwards;
    };
    void fill_parts(Near& near, std::size_t place) const;
    void take_band(const Near& near, std::size_t band, double v, double part, Row& out, std::int64_t& budget) const;

    const Expansion& of_;
    std::vector<Near> near_;
    std::vector<double> crossings_;
    Row inner_;
  };

  struct Nearest {
    double gauge = 0.0;                // 0 inside
    Eigen::Vector3d towards{0, 0, 0};  // (u, v, height), from the structure's nearest point to the one asked for, mm
  };
  // Of a point (u, v, height). A gauge no larger than `enough` need not be exact.
  Nearest nearest(const Eigen::Vector3d& p, double enough, std::int64_t& budget) const;
  // By how much a step as Nearest::towards exceeds the margin along that axis of the frame along which it does most,
  // mm; 0 or less: along none. Never more than by how much it leaves the ellipsoid.
  double beyond_axes(const Eigen::Vector3d& towards) const;

 private:
  // (dz / mz) of a height against a slab; beyond 1 it contributes nothing.
  double along(std::size_t slab, double z) const;

  const SlabStack& stack_;
  const SectionIndexes& sections_;
  std::vector<std::pair<double, double>> reach_;  // of each slab
  double lowest_ = 0.0, highest_ = 0.0;
  std::array<double, 3> low_, high_;  // mm, along u, v, axis; towards smaller and larger coordinates
  bool none_;
  // Of each edge the offset (row less edge, mm) at which the outline leaves it in its own direction, for r = 1, on the
  // side of larger and of smaller u.
  std::vector<std::vector<std::array<double, 2>>> offsets_;
};

}  // namespace dosegate
