// What a structure plus a margin covers on rows (rows.h), kept once it is computed. It does not depend on the structure
// that it is compared with, and mostly that is the one that changes while targets are drawn. No answer depends on
// whether a row was computed before.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <vector>

#include "core/margin/expansion.h"

namespace dosegate {

// A structure as drawn. Neither stack is ever null.
struct MarginStructure {
  std::shared_ptr<const SlabStack> solid;   // with what the model takes to lie between its planes
  std::shared_ptr<const SlabStack> planes;  // as slabs (make_stack); the very same stack where slabs are the model

  friend auto operator<=>(const MarginStructure&, const MarginStructure&) = default;
};

// The sections of both, each its stack's. `planes` is the very same as `solid` where the stacks are.
struct MarginSections {
  std::shared_ptr<const SectionIndexes> solid, planes;
};

class ExpandedRows {
 public:
  static constexpr double kPlanePitch = 4.0, kRowPitch = 4.0;  // the longest intervals, mm; each has two nodes

  ExpandedRows(MarginStructure structure, MarginSections sections, const Margins& margins);
  ExpandedRows(const ExpandedRows&) = delete;
  ExpandedRows& operator=(const ExpandedRows&) = delete;

  // What it covers at one height: the ends of intervals of v, mm, and the rows at their base nodes (nodes.h). On some
  // planes the same in intervals that are twice as long, too, from which an error is estimated. All are empty where it
  // covers nothing.
  struct Plane {
    std::vector<double> ends, coarse_ends;
    Rows rows, coarse_rows;
  };
  // For integration over the solid: the ends of the intervals along the axis, mm. Empty when it is too complex.
  const std::vector<double>& ends() const { return ends_; }
  // What the expanded solid covers at base node `n` of ends(), whose height is z, or, with kNoBase for n, at any height
  // z. Several threads may ask for different n. `coarse` has to be the same whenever one n is asked for.
  std::shared_ptr<const Plane> plane(std::size_t n, double z, bool coarse, std::int64_t& budget, Workers* workers);
  const Expansion& of_solid() const { return of_solid_; }

  // What the expansion of the planes alone covers, which is certain, on rows that are near enough for a search.
  // want_certain() states all heights that will be asked for; then several threads may ask for different ones of them.
  void want_certain(const std::vector<double>& heights);
  std::shared_ptr<const Plane> certain(double z, std::int64_t& budget, Workers* workers);
  const Expansion& of_planes() const { return of_planes_; }
  // That of the planes' sections up to the next planes: as far as the solid that was drawn may reach.
  const Expansion& of_next_planes() const { return of_next_planes_; }

 private:
  Plane made_plane(double z, bool coarse, std::int64_t& budget, Workers* workers) const;

  const MarginStructure structure_;
  const MarginSections sections_;
  const Expansion of_solid_, of_planes_, of_next_planes_;
  std::vector<double> ends_;
  std::vector<std::shared_ptr<const Plane>> solid_;
  std::map<double, std::shared_ptr<const Plane>> certain_;
  std::atomic<std::size_t> kept_rows_{0};
};

}  // namespace dosegate
