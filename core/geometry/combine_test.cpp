#include "core/geometry/combine.h"

#include <catch2/catch.hpp>

#include "core/geometry/test_shapes.h"
#include "core/geometry/trapezoids.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

// x0..x1 by 0..10, from z0 to z1 in slabs of `step`.
SlabStack box(double x0, double x1, double z0, double z1, double step) {
  const auto stack = make_stack(prism("Box", {box_ring(x0, 0, x1, 10)}, planes(z0, z1, step)));
  REQUIRE(stack);
  return *stack;
}

double mm3(const Result<SlabStack>& stack) {
  REQUIRE(stack);
  std::int64_t budget = 1'000'000;
  const auto volume = volume_of(*stack, budget);
  REQUIRE(volume);
  return volume->in_mm3();
}

}  // namespace

TEST_CASE("Union, intersection and difference of boxes on different planes are exact on the polygons") {
  const SlabStack a = box(0, 20, 0, 12, 3), b = box(15, 30, 4, 20, 2), c = box(-5, 50, 10, 30, 2.5);
  const double in_a = 20 * 10 * 12, in_b = 15 * 10 * 16, in_both = 5 * 10 * 8;
  CHECK(mm3(combine({&a, {&b}, {}, {}})) == Approx(in_a + in_b - in_both));
  CHECK(mm3(combine({&b, {&a}, {}, {}})) == Approx(in_a + in_b - in_both));
  CHECK(mm3(combine({&a, {}, {&b}, {}})) == Approx(in_both));
  CHECK(mm3(combine({&a, {}, {}, {&b}})) == Approx(in_a - in_both));
  // (a or b) and c: a from z = 10 to 12, b from 10 to 20.
  CHECK(mm3(combine({&a, {&b}, {&c}, {}})) == Approx(20 * 10 * 2 + 15 * 10 * 10 - 5 * 10 * 2));
  // (a or b) without c.
  CHECK(mm3(combine({&a, {&b}, {}, {&c}})) == Approx(20 * 10 * 10 + 15 * 10 * 6 - 5 * 10 * 6));
}

TEST_CASE("What two structures do not share has no volume, and a structure within itself is itself") {
  const SlabStack a = box(0, 20, 0, 12, 3), far = box(40, 60, 0, 12, 3), above = box(0, 20, 20, 30, 2);
  CHECK(mm3(combine({&a, {}, {&far}, {}})) == 0.0);
  CHECK(combine({&a, {}, {&above}, {}})->slabs.empty());
  CHECK(mm3(combine({&a, {}, {&a}, {}})) == Approx(2400));
  CHECK(mm3(combine({&a, {&a}, {}, {}})) == Approx(2400));
  CHECK(mm3(subtract(a, {&a})) == 0.0);
}

TEST_CASE("A computed structure is no part of another, and planes of different directions are refused") {
  const SlabStack a = box(0, 20, 0, 12, 3), b = box(10, 30, 0, 12, 3);
  const auto both = combine({&a, {&b}, {}, {}});
  REQUIRE(both);
  const auto nested = combine({&*both, {}, {}, {&a}});
  REQUIRE_FALSE(nested);
  CHECK(nested.error().code == ErrorCode::kInvalidArgument);
  SlabStack turned = b;
  turned.axis = Axis::kX;
  const auto across = combine({&a, {}, {}, {&turned}});
  REQUIRE_FALSE(across);
  CHECK(across.error().code == ErrorCode::kNotEvaluable);
}
