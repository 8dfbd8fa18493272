// Whether one drawn structure lies inside another, plane by plane on the contours as drawn. For telling which structure
// is meant, not for measuring: no solid is made.
#pragma once

#include "core/frame/orientation.h"
#include "core/geometry/structure.h"

namespace dosegate {

enum class Inside {
  kYes,     // every point of the inner one's contours that was looked at (some 64 of each) lies in the outer one, or
            // within 1 mm of its contours
  kNo,      // one does not
  kUnknown  // one of them has no closed contour, they are not drawn on parallel planes, or looking would take too long
};

// A point is looked for on the outer one's plane of the same place; where there is none there, on the two planes next
// to it, as long as they are no further away than the outer one's planes are from one another.
// Planes are normal to an axis of the patient, or else to one of `grid`.
Inside lies_inside(const Structure& inner, const Structure& outer, const Orientation& grid = {});

// The same to 1 mm: each lies inside the other.
bool is_drawn_alike(const Structure& a, const Structure& b, const Orientation& grid = {});

}  // namespace dosegate
