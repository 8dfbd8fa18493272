// Techniques by their definition: when aperture and gantry change, with the beam on or off.
#include "core/plan/technique.h"

#include <catch2/catch.hpp>

namespace dosegate {
namespace {

struct Point {
  double weight, gantry;
  int aperture;
};
Technique of(const std::vector<Point>& points) {
  Beam beam;
  for (const Point& p : points) beam.points.push_back({p.weight, p.gantry, p.aperture});
  return technique_of(beam);
}

}  // namespace

TEST_CASE("A technique follows from what moves while the beam is on", "[PL-1]") {
  CHECK(of({{0, 90, 1}, {1, 90, 1}}) == Technique::kStatic);
  CHECK(of({{0, 90, 1}, {0.5, 90, 1}, {0.5, 90, 2}, {1, 90, 2}}) == Technique::kStepAndShoot);
  CHECK(of({{0, 90, 1}, {0.5, 90, 2}, {1, 90, 3}}) == Technique::kSlidingWindow);
  CHECK(of({{0, 350, 1}, {1, 10, 1}}) == Technique::kArc);
  CHECK(of({{0, 350, 1}, {0.5, 0, 2}, {1, 10, 3}}) == Technique::kConformalArc);
  CHECK(of({{0, 350, 1}, {0.2, 0, 2}, {1, 10, 3}}) == Technique::kModulatedArc);
  // Stops between apertures on the way round.
  CHECK(of({{0, 0, 1}, {0.5, 10, 1}, {0.5, 10, 2}, {1, 20, 2}}) == Technique::kModulatedArc);
  // An aperture that is only seen with the beam off is none, and the gantry may turn meanwhile.
  CHECK(of({{0, 90, 1}, {1, 90, 1}, {1, 90, 2}}) == Technique::kStatic);
  CHECK(of({{0, 90, 1}, {1, 90, 1}, {1, 180, 1}}) == Technique::kStatic);
}

TEST_CASE("What control points do not state leaves the technique unknown", "[PL-1]") {
  CHECK(of({}) == Technique::kUnknown);
  CHECK(of({{0, 90, 1}}) == Technique::kUnknown);
  CHECK(of({{0, 90, 1}, {1, 90, 0}}) == Technique::kUnknown);
  CHECK(of({{0, 90, 1}, {0, 90, 2}}) == Technique::kUnknown);                // no meterset at all
  CHECK(of({{0, 90, 1}, {1, 90, 2}, {0.5, 90, 3}}) == Technique::kUnknown);  // falls
  Beam beam;
  beam.points = {{0.0, 90.0, 1}, {std::nullopt, 90.0, 2}};
  CHECK(technique_of(beam) == Technique::kUnknown);
  beam.points = {{0.0, std::nullopt, 1}, {1.0, 90.0, 2}};
  CHECK(technique_of(beam) == Technique::kUnknown);
}

TEST_CASE("Only beams for set-up and port films are no treatment", "[PL-1]") {
  const auto does = [](const char* type) {
    Beam beam;
    beam.delivery_type = type;
    return treats(beam);
  };
  for (const char* type : {"", "TREATMENT", "CONTINUATION", "SOMETHING ELSE"}) CHECK(does(type));
  for (const char* type : {"SETUP", "OPEN_PORTFILM", "TRMT_PORTFILM"}) CHECK_FALSE(does(type));
}

}  // namespace dosegate
