#include "core/geometry/between.h"

#include <algorithm>
#include <cmath>

namespace dosegate {
namespace {

// Between 0 and `most`, whatever the sign of the latter.
double limited(double value, double most) {
  return most < 0.0 ? std::clamp(value, most, 0.0) : std::clamp(value, 0.0, most);
}

// How much the step changes per mm.
double bend(double next, double spacing_next, double beyond, double spacing_beyond) {
  return 2.0 * (next - beyond) / (spacing_next + spacing_beyond);
}

}  // namespace

double rise(double behind, double spacing_behind, double ahead, double spacing_ahead) {
  if ((behind < 0.0) != (ahead < 0.0)) return 0.0;
  const double parabola = (behind * spacing_ahead + ahead * spacing_behind) / (spacing_behind + spacing_ahead);
  return limited(parabola, kMostRise * (std::abs(behind) < std::abs(ahead) ? behind : ahead));
}

double end_rise(double next, double spacing_next, double beyond, double spacing_beyond) {
  const double parabola = next + 0.5 * spacing_next * bend(next, spacing_next, beyond, spacing_beyond);
  return limited(parabola, kMostRise * next);
}

double beyond_end(double x, double next, double spacing_next, double beyond, double spacing_beyond) {
  const double b = bend(next, spacing_next, beyond, spacing_beyond);
  const double parabola = x * (next + 0.5 * (spacing_next + x) * b);
  return std::max(limited(parabola, kMostRise * x * next), -kMostWidening * x);
}

HermiteWeights hermite_weights(double t, double spacing) {
  const double s = 1.0 - t;
  return {s * s * (1.0 + 2.0 * t), t * t * (3.0 - 2.0 * t), spacing * t * s * s, -spacing * t * t * s};
}

}  // namespace dosegate
