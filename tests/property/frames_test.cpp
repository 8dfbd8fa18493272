// The frame that structure and dose lie in changes nothing: random cases, turned by random rotations.
#include <catch2/catch.hpp>
#include <cmath>

#include "core/dvh/dvh.h"
#include "core/frame/test_turned.h"
#include "tests/property/dvh_cases.h"

namespace dosegate::property {
namespace {

constexpr std::uint32_t kCases = DOSEGATE_RANDOM_CASES / 20;

// Any, by a random quaternion; one in four about an axis of the patient, one in eight by some mrad.
Eigen::Matrix3d random_turn(Random& random) {
  Eigen::Vector3d about(random.between(-1, 1), random.between(-1, 1), random.between(-1, 1));
  if (random.one_in(4)) about = Eigen::Vector3d::Unit(static_cast<Eigen::Index>(random.below(3)));
  const double degrees = random.one_in(8) ? random.between(0.05, 0.3) : random.between(1.0, 180.0);
  return test::turn(degrees, about.norm() > 0.01 ? about : Eigen::Vector3d(1, 0, 0));
}

template <typename Q>
bool has(const Interval<Q>& i, Q truth, Q error) {
  return i.lower <= truth + error && i.upper >= truth - error;
}

}  // namespace

TEST_CASE("No DVH of a structure turned at random together with its dose has a value outside its interval", "[frame]") {
  std::uint32_t evaluated = 0;
  for (std::uint32_t seed = 0; seed < kCases; ++seed) {
    const DvhCase c = random_case(seed, static_cast<DoseKind>(seed % 4));
    const DvhReference truth = c.reference();
    Random random(seed);
    const Eigen::Matrix3d rotation = random_turn(random);
    INFO("seed " << seed);
    const auto grid = test::turned(c.grid(), rotation);
    REQUIRE(grid);
    REQUIRE(grid->problem().empty());
    const auto stack = make_stack(test::turned(c.structure(), rotation), grid->orientation());
    REQUIRE(stack);
    if (!(stack->frame == grid->orientation())) continue;  // small, and as even along the patient's axes
    const auto dvh = Dvh::make(*stack, *grid, c.scale);
    REQUIRE(dvh);
    ++evaluated;
    // Coordinates differ by 1e-13 mm: what that changes is 1e-9 of the whole at most.
    const Volume total = truth.total().value, rounding = 1e-9 * total;
    CHECK(std::abs(dvh->total() / total - 1.0) <= 1e-9);
    CHECK(std::abs(dvh->outside() / total - truth.outside().value / total) <= 1e-9);
    const Dose most = dvh->maximum().dose;
    CHECK(has(dvh->mean(), truth.mean().value, truth.mean().error + 1e-9 * most));
    for (const double part : {0.2, 0.5, 0.8, 0.95}) {
      const Dose level = (part + random.between(0.0, 0.04)) * most;
      const auto above = truth.volume_above(level);
      CHECK(has(dvh->volume_above(level), above.value, above.error + rounding));
      CHECK(has(dvh->volume_above(level, Plateau::kCounts, above.value), above.value, above.error + rounding));
    }
    // Where it is said to be, it is.
    const Eigen::Vector3d own = grid->orientation().to_grid(dvh->maximum().at_mm);
    for (const Axis axis : kAxes) {
      const auto& at = grid->axes()[static_cast<std::size_t>(number_of(axis))];
      CHECK(own[number_of(axis)] >= at.front() - 0.5 * (at[1] - at[0]) - 1e-6);
      CHECK(own[number_of(axis)] <= at.back() + 0.5 * (at.back() - at[at.size() - 2]) + 1e-6);
    }
  }
  CHECK(evaluated >= kCases - kCases / 10);
}

}  // namespace dosegate::property
