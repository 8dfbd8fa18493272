// Random structure sets for the numbers of reports: one or two structures of one to nine planes, in one piece or more,
// evenly drawn or not, with slices missing. How far each plane reaches is known from how it was drawn, by what
// core/geometry/plane_layout.h says in words: no code is shared with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/checker.h"
#include "tests/property/dvh_cases.h"

namespace dosegate::property {

enum class Drawn {
  kEvenly,    // on two to eight slices
  kUnevenly,  // neighbouring slices up to 1.45 of the usual spacing apart
  kInPieces,  // parted by two empty slices or more, on which the other structure is drawn
  kStated,    // parted by one empty slice, as the user states
  kMissing,   // one slice is not drawn: filled, with doubt
  kOnOne,     // a single plane
};
inline constexpr std::uint32_t kWaysToDraw = 6;

struct DrawnRoi {
  std::string name;
  Drawn drawn = Drawn::kEvenly;
  std::vector<DrawnSlab> slabs;
  std::vector<DrawnSlab> otherwise;  // what is in doubt taken the other way round; empty: nothing is
  std::optional<double> slab_thickness;
};

struct ReportCase {
  std::uint32_t seed = 0;
  DoseKind dose_kind = DoseKind::kRough;
  VoxelDoses doses;
  double scale = 1.0;             // 2: the dose is that of one fraction of two
  bool outside_is_zero = true;    // the site states it of what lies beyond the grid
  double prescribed_share = 1.0;  // of the largest dose of the grid
  std::vector<DrawnRoi> rois;     // numbered from 1

  double maximum_gy() const;  // of the grid, as a course
  Case to_case() const;
};

// The same for the same seed on every machine.
ReportCase random_report_case(std::uint32_t seed);

}  // namespace dosegate::property
