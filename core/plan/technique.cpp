#include "core/plan/technique.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace dosegate {
namespace {

constexpr double kWeight = 1e-9;       // of the final weight: the beam is on
constexpr double kDegrees = 0.05;      // the gantry turns
constexpr double kEvenness = 0.01;     // of the meterset per degree
constexpr double kMostlyMoving = 0.5;  // of the meterset

double turned(double from, double to) {
  const double d = std::fmod(std::abs(to - from), 360.0);
  return std::min(d, 360.0 - d);
}

}  // namespace

std::string_view name_of(Technique technique) {
  switch (technique) {
    case Technique::kUnknown:
      return "unknown";
    case Technique::kStatic:
      return "static";
    case Technique::kStepAndShoot:
      return "step-and-shoot";
    case Technique::kSlidingWindow:
      return "sliding window";
    case Technique::kArc:
      return "arc of one aperture";
    case Technique::kConformalArc:
      return "conformal arc";
    case Technique::kModulatedArc:
      return "modulated arc";
  }
  return "unknown";
}

bool treats(const Beam& beam) {
  const std::string& type = beam.delivery_type;
  return type != "SETUP" && type != "OPEN_PORTFILM" && type != "TRMT_PORTFILM";
}

Technique technique_of(const Beam& beam) { return delivery_of(beam).technique; }

bool Delivery::is_nearly_one_aperture() const {
  if (technique == Technique::kUnknown || technique == Technique::kStatic || technique == Technique::kArc) return false;
  return one_aperture >= kNearlyAll || (moving_leaves && *moving_leaves <= kFewLeaves);
}

Delivery delivery_of(const Beam& beam) {
  const auto& points = beam.points;
  if (points.size() < 2) return {};
  double last = 0.0;
  for (const ControlPoint& p : points) {
    if (!p.meterset_weight || !p.gantry_degrees || p.aperture == 0) return {};
    last = std::max(last, *p.meterset_weight);
  }
  if (last <= 0.0) return {};
  std::map<std::int32_t, double> standing;  // meterset by the aperture that it is given through
  double moving = 0.0;
  bool turns = false, stops = false;
  double least = 0.0, most = 0.0;  // meterset per degree
  for (std::size_t i = 1; i < points.size(); ++i) {
    const ControlPoint &a = points[i - 1], &b = points[i];
    const double weight = *b.meterset_weight - *a.meterset_weight;
    if (weight < 0.0) return {};
    if (weight <= kWeight * last) {
      stops = stops || a.aperture != b.aperture;
      continue;
    }
    if (a.aperture != b.aperture) {
      moving += weight;
    } else {
      standing[a.aperture] += weight;
    }
    const double angle = turned(*a.gantry_degrees, *b.gantry_degrees);
    if (angle <= kDegrees) continue;
    const double rate = weight / angle;
    least = turns ? std::min(least, rate) : rate;
    most = turns ? std::max(most, rate) : rate;
    turns = true;
  }
  Delivery out;
  if (beam.moving_leaves_percent) out.moving_leaves = *beam.moving_leaves_percent / 100.0;
  double all = moving, largest = 0.0;
  for (const auto& [aperture, weight] : standing) {
    all += weight;
    largest = std::max(largest, weight);
  }
  if (all <= 0.0) return {};
  out.one_aperture = largest / all;
  out.moving = moving / all;
  const bool one = moving == 0.0 && standing.size() == 1;
  if (!turns) {
    const bool slides = out.moving >= kMostlyMoving || standing.size() < 2;
    out.technique = one ? Technique::kStatic : slides ? Technique::kSlidingWindow : Technique::kStepAndShoot;
    return out;
  }
  const bool even = !stops && most - least <= kEvenness * most;
  out.technique = one ? Technique::kArc : even ? Technique::kConformalArc : Technique::kModulatedArc;
  return out;
}

}  // namespace dosegate
