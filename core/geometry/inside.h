// Whether one drawn structure lies inside another, plane by plane on the contours as they are drawn. This is for
// telling which structure is meant, not for measuring: no solid is made.
#pragma once

#include "core/frame/orientation.h"
#include "core/geometry/structure.h"
#include "core/parallel/parallel.h"

namespace dosegate {

enum class Inside {
  // Every point of the inner one's contours that was looked at (64 or more of each, or all) lies in the outer one, or
  // within 1 mm of its contours.
  kYes,
  // One of these points does not.
  kNo,
  // One of them has no closed contour, they have different frames of reference, they are not drawn on parallel planes
  // that are normal to a patient axis, or looking would take too long.
  kUnknown
};

// What looking may take: all pairs that share this, none of them more than a quarter. Points times edges, some 3 ns
// each.
struct Looking {
  std::size_t steps_left = 200'000'000;
  Workers* workers = nullptr;
};

// A point is looked for on the outer one's plane of the same place; where there is none there, on the two planes next
// to it, as long as they are no further away than the outer one's planes are from one another.
// Planes are normal to an axis of the patient, or else to one of `grid`. Throws Cancelled, here and below.
Inside lies_inside(const Structure& inner, const Structure& outer, const Orientation& grid, Looking& looking);
Inside lies_inside(const Structure& inner, const Structure& outer, const Orientation& grid = {});

// Whether both are the same drawing to 1 mm: each lies inside the other.
bool is_drawn_alike(const Structure& a, const Structure& b, const Orientation& grid, Looking& looking);
bool is_drawn_alike(const Structure& a, const Structure& b, const Orientation& grid = {});

}  // namespace dosegate
