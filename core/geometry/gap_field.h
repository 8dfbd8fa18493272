// The signed distance functions of the cross-sections between two planes, or beyond an end plane.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/geometry/distance.h"
#include "core/geometry/level_set.h"
#include "core/geometry/round_end.h"

namespace dosegate {

struct PlaneField {
  double at = 0.0;                                  // mm, where the plane lies
  std::shared_ptr<const SectionDistance> distance;  // null: there is nothing on the plane
};

// Lobes that end: matter joined to the cross-sections, or void taken out of them, from their plane on.
struct Cap {
  PlaneField own, before, earlier;  // what ends, what it continues, what that continues; the last two may be null
  double reach = 0.0;               // mm from own.at, on either side
  std::optional<RoundEnd> round;    // how it closes; none: as between.h says
  bool matter = true;
};

struct GapField {
  PlaneField before, a, b, after;  // a and b null: nothing goes on from plane to plane
  std::vector<Cap> caps;           // applied in this order
};

// One function for each height (mm, between a.at and b.at, or beside the caps' planes): between.h for a and b,
// with before and after where there are any, then the caps. Values are exact within `exact_within` mm of a zero
// (level_set.h). `budget` is counted down by what is asked of the functions, which refer to all arguments.
Fields fields_at(const GapField& gap, const std::vector<double>& heights, double exact_within, std::int64_t& budget);

}  // namespace dosegate
