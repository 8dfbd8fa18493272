// How far places of an expected expansion lie from the structure as drawn, and the worst of them.
#pragma once

#include <Eigen/Core>
#include <array>
#include <vector>

#include "core/geometry/distance.h"
#include "core/margin/expansion.h"
#include "core/margin/margin_fit.h"

namespace dosegate {

// The worst places of several kinds. What is worse does not depend on the order in which places are met, but for
// equals: the first wins.
struct Worst {
  // kShort: anywhere, by distance. kBeyond: by how much it exceeds its tolerance. kUnexplained: the same, of what
  // nothing explains. kExcess: of the drawn structure beyond the expansion.
  enum Kind : std::size_t { kShort, kBeyond, kUnexplained, kExcess, kKinds };
  // The search may miss the worst place by as much.
  static constexpr double kResolution = kShortfallResolution;
  struct Found {
    bool found = false;
    double rank = 0.0;                                // mm; of kBeyond, kUnexplained more than -kResolution
    double off = 0.0;                                 // mm
    Eigen::Vector3d at{0, 0, 0}, direction{0, 0, 0};  // (u, v, height)
  };
  std::array<Found, kKinds> of;

  Worst() { of[kBeyond].rank = of[kUnexplained].rank = -kResolution; }
  void take(const Worst& other);
};

class Shortfall {
 public:
  static Result<Shortfall> make(const SlabStack& to, Length tolerance, Length spacing_tolerance);

  void search(const Expansion& from, const Row& missing, const Row& unexplained, double v, double z, Worst& worst,
              std::int64_t& budget) const;
  void search_excess(const Expansion& from, const Row& excess, double v, double z, Worst& worst,
                     std::int64_t& budget) const;
  Place place(const Worst::Found& found) const;

 private:
  Shortfall(const SlabStack& to, double tolerance, double spacing)
      : to_(&to), tolerance_(tolerance), spacing_(spacing) {}

  // mm, to the drawn structure; 0 inside. `enough`: a distance no longer than this need not be exact.
  double distance(const Eigen::Vector3d& p, double enough, std::int64_t& budget) const;
  Eigen::Vector3d away(const Eigen::Vector3d& p) const;  // unit, or 0
  void look(const Expansion& from, const Eigen::Vector3d& p, bool explained, Worst& worst, std::int64_t& budget) const;

  const SlabStack* to_;
  double tolerance_, spacing_;             // mm
  std::vector<SectionDistance> sections_;  // of each slab
};

}  // namespace dosegate
