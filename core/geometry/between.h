// How the signed distance of one point to the outlines of consecutive planes runs between these planes and
// beyond the last: monotone cubic interpolation (Fritsch and Carlson 1980, doi 10.1137/0717021) of the
// distances, which Raya and Udupa (1990) interpolate linearly. interpolate.h says why.
//
// A step is the distance at one plane less that at the one before, over their spacing: mm per mm. A rise is
// the slope of the curve at a plane.
#pragma once

#include <vector>

namespace dosegate {

// A rise or an extrapolation is at most this many times the step beside it. Up to 3 keeps the curve monotone.
inline constexpr double kMostRise = 2.0;
// Beyond the last plane a region widens by no more than this many mm per mm: 45 degrees.
inline constexpr double kMostWidening = 1.0;

// The rise at a plane between two others: that of the parabola through the three distances, but at most kMostRise times
// the smaller step, and 0 when the steps differ in sign. The step `behind` belongs to the `spacing_behind` mm before
// the plane, the step `ahead` to the mm after it. Spacings are positive here and below.
double rise(double behind, double spacing_behind, double ahead, double spacing_ahead);

// The rise at the first or the last plane: that of the parabola through it and its two neighbours, but at most
// kMostRise times `next`, the step beside it, and 0 when the parabola's has the other sign. `beyond` is the step after
// `next`. Both steps are taken in one direction, towards the end plane or away from it.
double end_rise(double next, double spacing_next, double beyond, double spacing_beyond);

// By how much the distance changes from the end plane to `x` >= 0 mm beyond it: as the parabola through the end plane
// and its two neighbours does, limited as end_rise() is, and at least by -kMostWidening * x. Steps are taken towards
// the end plane.
double beyond_end(double x, double next, double spacing_next, double beyond, double spacing_beyond);

// The weights of the distances at two planes, and of the rises there, in the distance between the planes.
struct HermiteWeights {
  double a, b, rise_a, rise_b;
};
// Those at the part `t` (0 to 1) of the way from plane a to plane b, which are `spacing` mm apart.
HermiteWeights hermite_weights(double t, double spacing);

}  // namespace dosegate
