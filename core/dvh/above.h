// What of a prism lies above a dose, bounded from both sides. README.md in this folder has the proof.
#pragma once

#include "core/dvh/patch.h"
#include "core/dvh/trilinear.h"

namespace dosegate {

// The true volume lies in [lower, upper]. Of a box of volume 1, or in mm^3.
struct VolumeBounds {
  double lower = 0.0, value = 0.0, upper = 0.0;

  double gap() const { return upper - lower; }
  VolumeBounds& operator+=(const VolumeBounds& o) {
    lower += o.lower;
    value += o.value;
    upper += o.upper;
    return *this;
  }
  friend VolumeBounds operator*(double k, VolumeBounds b) { return {k * b.lower, k * b.value, k * b.upper}; }
};

// Volume of {f >= threshold} in patch x [0, 1] of the box, of a box of volume 1. `whole`: the patch is kWholeCell.
//
// First: f lies between its plane moved by its mixed terms. Second: where f rises steadily along the axis on which the
// plane is steepest, its level surface stands off the plane's by minus the mixed terms over the slope; the integral of
// that is a polynomial's, and what is left is of second order in it. The narrower of both.
VolumeBounds volume_above(const Corners& f, Patch patch, bool whole, double threshold);

// The first of the two alone: less work, wider.
VolumeBounds volume_above_by_plane(const Corners& f, Patch patch, bool whole, double threshold);

}  // namespace dosegate
