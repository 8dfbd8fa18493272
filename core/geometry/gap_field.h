// The functions of the plane that are negative inside the cross-sections between two drawn planes, or beyond an end
// plane: interpolated signed distances. interpolate.h says what is interpolated and why.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/geometry/distance.h"
#include "core/geometry/level_set.h"
#include "core/geometry/round_end.h"

namespace dosegate {

// A plane and the signed distance to its outlines.
struct PlaneField {
  double at = 0.0;                                  // where the plane lies along the stack's axis, mm
  std::shared_ptr<const SectionDistance> distance;  // null: there is nothing on the plane
};

// Lobes (pieces.h) of one plane that have no counterpart on the next one, and end before it. Matter is joined to the
// cross-sections as far as the cap reaches, void is taken out of them.
struct Cap {
  // The lobes that end, those that they continue, and those that these continue. The last two may have nothing.
  PlaneField own, before, earlier;
  double reach = 0.0;             // how far from own.at the cap reaches, mm, on either side
  std::optional<RoundEnd> round;  // how it closes up; without it, as beyond_end() of between.h says
  bool matter = true;
};

// What there is in the gap between the planes a and b.
struct GapField {
  // What goes on from a to b, and from where and to where it goes on: `before` and `after` may have nothing. Where a
  // and b have nothing, there are caps alone.
  PlaneField before, a, b, after;
  std::vector<Cap> caps;  // applied in this order
};

// One function for each height (mm along the axis), which lies between a.at and b.at or in the reach of a cap. It is
// the distance interpolated between a and b, after which the caps are applied; +infinity where there is nothing at all.
// Values are exact within `exact_within` mm of a zero, as level_set.h asks for. `budget` is counted down by every call
// of the functions, which refer to all arguments: these must outlive them.
Fields fields_at(const GapField& gap, const std::vector<double>& heights, double exact_within, std::int64_t& budget);

}  // namespace dosegate
