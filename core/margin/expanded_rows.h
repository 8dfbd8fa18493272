// What a structure plus a margin covers on rows, once computed: it does not depend on the structure that it is
// compared with, which is what mostly changes while targets are drawn. Whether a row was computed before is not to be
// seen in any answer.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <vector>

#include "core/margin/expansion.h"

namespace dosegate {

// A structure as drawn. Never null.
struct MarginStructure {
  std::shared_ptr<const SlabStack> solid;   // with what is taken to lie between its planes
  std::shared_ptr<const SlabStack> planes;  // as slabs (make_stack); the same where slabs are what is taken

  friend auto operator<=>(const MarginStructure&, const MarginStructure&) = default;
};

class ExpandedRows {
 public:
  static constexpr double kPlanePitch = 4.0, kRowPitch = 4.0;  // mm, of an interval of two nodes

  ExpandedRows(MarginStructure structure, const Margins& margins);
  ExpandedRows(const ExpandedRows&) = delete;
  ExpandedRows& operator=(const ExpandedRows&) = delete;

  // One plane: ends of intervals of v, and the rows at their nodes (nodes.h), the base. On some planes the same in
  // intervals twice as long.
  struct Plane {
    std::vector<double> ends, coarse_ends;
    Rows rows, coarse_rows;
  };
  // Of the solid, for integration. The intervals along the axis; empty: too complex.
  const std::vector<double>& ends() const { return ends_; }
  // Base node `n` of ends() at height z, or (kNoBase) any height. Several threads may ask for different n. `coarse` is
  // always the same for one n.
  std::shared_ptr<const Plane> plane(std::size_t n, double z, bool coarse, std::int64_t& budget);
  const Expansion& of_solid() const { return of_solid_; }

  // What is certain, from the planes alone, on rows for searching. First all heights that will be asked for; then
  // several threads may ask for different ones.
  void want_certain(const std::vector<double>& heights);
  std::shared_ptr<const Plane> certain(double z, std::int64_t& budget);
  const Expansion& of_planes() const { return of_planes_; }
  // As far as the solid that was drawn may reach.
  const Expansion& of_next_planes() const { return of_next_planes_; }

 private:
  Plane made_plane(double z, bool coarse, std::int64_t& budget) const;

  const MarginStructure structure_;
  const SectionIndexes sections_, drawn_sections_;
  const Expansion of_solid_, of_planes_, of_next_planes_;
  std::vector<double> ends_;
  std::vector<std::shared_ptr<const Plane>> solid_;
  std::map<double, std::shared_ptr<const Plane>> certain_;
  std::atomic<std::size_t> kept_rows_{0};
};

}  // namespace dosegate
