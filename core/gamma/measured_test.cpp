#include "core/gamma/measured.h"

#include <catch2/catch.hpp>

#include "core/gamma/test_doses.h"

using namespace dosegate;
using namespace dosegate::gamma_test;
using Catch::Detail::Approx;

namespace {

constexpr Shape kCube{{21, 21, 21}, {-50.0, -50.0, -50.0}, {5.0, 5.0, 5.0}};
DoseGrid planned_of(const Fill& fill) { return grid(kCube, fill); }
// 40 Gy everywhere: the distance helps nowhere, gamma is the difference over 1.2 Gy.
DoseGrid uniform() {
  return planned_of([](double, double, double) { return 40.0; });
}

DosePoints plane(const std::function<double(double x, double y)>& fill) {
  DosePoints out;
  for (int j = -4; j <= 4; ++j) {
    for (int i = -4; i <= 4; ++i) {
      out.at_mm.emplace_back(10.0 * i, 10.0 * j, 12.5);
      out.gy.push_back(static_cast<float>(fill(10.0 * i, 10.0 * j)));
    }
  }
  return out;
}

GammaCriteria three_percent(GammaNormalise normalise = GammaNormalise::kMaximum) {
  GammaCriteria c;
  c.normalise = normalise;
  return c;
}

MeasuredAnswer against(const DosePoints& points, const DoseGrid& planned,
                       const GammaCriteria& criteria = three_percent()) {
  return *compare_measured({nullptr, &points}, planned, criteria);
}

}  // namespace

TEST_CASE("Percentages of a measurement are of the largest planned dose whatever one reading says", "[gamma][QA-1]") {
  DosePoints low = plane([](double, double) { return 38.2; });
  CHECK(against(low, uniform()).passing.value == 0);
  CHECK(against(low, uniform()).maximum == Approx(1.5).margin(0.002));
  low.gy[7] = 74.0F;
  const MeasuredAnswer wild = against(low, uniform());
  CHECK(wild.compared == 81);
  CHECK(wild.passing.upper == 0);
  CHECK(wild.maximum == Approx(34.0 / 1.2).margin(0.002));
  // The cut, too, where the dose difference is local: 4 Gy of 40.
  DosePoints tail = plane([](double x, double) { return x < 0.0 ? 5.0 : 40.0; });
  const DoseGrid planned = planned_of([](double x, double, double) { return x < -4.0 ? 5.0 : 40.0; });
  const auto before = against(tail, planned, three_percent(GammaNormalise::kLocal));
  tail.gy.back() = 900.0F;
  const auto after = against(tail, planned, three_percent(GammaNormalise::kLocal));
  CHECK(before.compared == 81);
  CHECK(after.compared == 81);
  CHECK(after.passing.value == before.passing.value - 1);
}

TEST_CASE("The scale of a measurement is that of the same points and is evidence only where they are alike",
          "[gamma][QA-1]") {
  // A ramp along z to 50 Gy: 35 Gy on the plane.
  const DoseGrid planned = planned_of([](double, double, double z) { return 10.0 + 0.4 * (z + 50.0); });
  const auto there = [](double factor) { return plane([=](double, double) { return factor * 35.0; }); };
  const DoseScale same = against(there(1.0), planned).scale, fraction = against(there(1.0 / 15.0), planned).scale;
  CHECK(same.points == 81);
  CHECK(same.median == Approx(1.0).margin(1e-6));
  CHECK(fraction.median == Approx(1.0 / 15.0).margin(1e-6));
  CHECK(fraction.are_alike);
  const DoseScale other = against(plane([](double x, double) { return 20.0 + x / 2.1; }), planned).scale;
  CHECK_FALSE(other.are_alike);
  // Where the plan gives less than the cut there is no evidence.
  CHECK(against(plane([](double, double) { return 1.0; }),
                planned_of([](double, double, double z) { return z > 40.0 ? 50.0 : 1.0; }))
            .scale.points == 0);
}

TEST_CASE("A detector that reads nothing where the plan gives dose is compared and not left out as low",
          "[gamma][QA-1]") {
  const DosePoints half = plane([](double x, double) { return x < 0.0 ? 0.0 : 40.0; });
  for (const GammaNormalise normalise : {GammaNormalise::kMaximum, GammaNormalise::kLocal}) {
    const MeasuredAnswer answer = against(half, uniform(), three_percent(normalise));
    CHECK(answer.problem.empty());
    CHECK(answer.compared == 81);
    CHECK(answer.below_cutoff == 0);
    CHECK(answer.passing.value == 45);
    CHECK(answer.passing.upper == 45);
  }
  const MeasuredAnswer dead = against(plane([](double, double) { return 0.0; }), uniform());
  CHECK(dead.problem.empty());
  CHECK(dead.compared == 81);
  CHECK(dead.passing.upper == 0);
  CHECK(dead.maximum == Approx(40.0 / 1.2).margin(0.002));
  // Both low: left out.
  const DoseGrid lower_half = planned_of([](double x, double, double) { return x < 2.0 ? 1.0 : 40.0; });
  const MeasuredAnswer left_out = against(plane([](double x, double) { return x < 2.0 ? 1.0 : 40.0; }), lower_half);
  CHECK(left_out.compared == 36);
  CHECK(left_out.below_cutoff == 45);
}

TEST_CASE("Of several readings of one place the one farthest from the plan counts once", "[gamma][QA-1]") {
  DosePoints points = plane([](double, double) { return 40.0; });
  points.gy[3] = 30.0F;
  const Eigen::Vector3d bad = points.at_mm[3], good = points.at_mm[5];
  for (int n = 0; n < 500; ++n) {
    points.at_mm.push_back(n % 2 == 0 ? bad : good);
    points.gy.push_back(40.0F);
  }
  const MeasuredAnswer answer = against(points, uniform());
  CHECK(answer.compared == 81);
  CHECK(answer.repeated == 500);
  CHECK(answer.passing.value == 80);
}

TEST_CASE("A plan without dose has nothing that percentages of a measurement could be of", "[gamma][QA-1]") {
  const DoseGrid none = planned_of([](double, double, double) { return 0.0; });
  const MeasuredAnswer answer = against(plane([](double, double) { return 40.0; }), none);
  CHECK(answer.problem.find("The largest dose of the plan is 0") != std::string::npos);
  CHECK(answer.compared == 0);
}
