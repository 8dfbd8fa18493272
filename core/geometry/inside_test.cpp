// One drawing inside another, told from the contours.
#include "core/geometry/inside.h"

#include <catch2/catch.hpp>

#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

Structure box(double half, double half_height, double shift = 0.0, double spacing = 3.0) {
  return prism("box", {box_ring(shift - half, -half, shift + half, half)}, planes(-half_height, half_height, spacing));
}

}  // namespace

TEST_CASE("A box lies inside a larger one and the larger one not inside it", "[inside]") {
  CHECK(lies_inside(box(10, 6), box(20, 12)) == Inside::kYes);
  CHECK(lies_inside(box(20, 12), box(10, 6)) == Inside::kNo);
  CHECK(lies_inside(box(10, 12), box(20, 6)) == Inside::kNo);        // higher
  CHECK(lies_inside(box(10, 6, 11.5), box(20, 12)) == Inside::kNo);  // 1.5 mm sideways out
}

TEST_CASE("What sticks out by less than a millimetre is inside, and alike is the same within that", "[inside]") {
  CHECK(lies_inside(box(20.6, 6), box(20, 12)) == Inside::kYes);
  CHECK(is_drawn_alike(box(20, 12), box(20.5, 12)));
  CHECK_FALSE(is_drawn_alike(box(20, 12), box(22, 12)));
  CHECK_FALSE(is_drawn_alike(box(20, 9), box(20, 12)));
}

TEST_CASE("A hole of the outer one is not inside it", "[inside]") {
  const Structure ring = prism("ring", {box_ring(-20, -20, 20, 20), box_ring(-15, -15, 15, 15)}, planes(-12, 12, 3));
  CHECK(lies_inside(box(10, 6), ring) == Inside::kNo);
}

TEST_CASE("Planes between those of the outer one are looked for on their neighbours", "[inside]") {
  CHECK(lies_inside(box(10, 6, 0.0, 2.0), box(20, 12, 0.0, 3.0)) == Inside::kYes);
  CHECK(lies_inside(box(10, 30, 0.0, 2.0), box(20, 12, 0.0, 3.0)) == Inside::kNo);
}

TEST_CASE("Without closed contours, or in another frame of reference, nothing is known", "[inside]") {
  Structure point = box(10, 6);
  for (Contour& c : point.contours) c.type = ContourType::kPoint;
  CHECK(lies_inside(point, box(20, 12)) == Inside::kUnknown);
  CHECK(lies_inside(box(10, 6), Structure{}) == Inside::kUnknown);
  Structure elsewhere = box(20, 12);
  elsewhere.frame_of_reference_uid = "1.2.840.99";
  CHECK(lies_inside(box(10, 6), elsewhere) == Inside::kUnknown);
}

TEST_CASE("Where looking would take too long, of one pair or of all together, nothing is known", "[inside][rule-16]") {
  const Structure inner = box(10, 6), outer = box(20, 12);
  Looking looking;
  CHECK(lies_inside(inner, outer, {}, looking) == Inside::kYes);
  const std::size_t taken = Looking().steps_left - looking.steps_left;
  CHECK(taken > 0);
  looking.steps_left = 2 * taken;
  CHECK(lies_inside(inner, outer, {}, looking) == Inside::kYes);
  CHECK(lies_inside(inner, outer, {}, looking) == Inside::kYes);
  CHECK(lies_inside(inner, outer, {}, looking) == Inside::kUnknown);
  CHECK_FALSE(is_drawn_alike(inner, inner, {}, looking));
  looking.steps_left = taken - 1;
  CHECK(lies_inside(inner, outer, {}, looking) == Inside::kUnknown);
}
