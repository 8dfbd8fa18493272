// The volume of one prism that receives at least a given dose, bounded from both sides. A prism is a patch of one cell
// (cell_cross_section.h) times the cell's height. README.md in this folder has the proof of the bounds.
#pragma once

#include <cmath>

#include "core/dvh/cell_cross_section.h"
#include "core/dvh/linear_dose_prism.h"
#include "core/dvh/trilinear.h"

namespace dosegate {

// The true volume lies in [lower, upper]; `value` is the best estimate and lies there, too. In mm^3, or as a part of a
// box of volume 1: each use says which.
struct VolumeBounds {
  double lower = 0.0, value = 0.0, upper = 0.0;

  double gap() const { return upper - lower; }  // how far the bounds are apart
  VolumeBounds& operator+=(const VolumeBounds& o) {
    lower += o.lower;
    value += o.value;
    upper += o.upper;
    return *this;
  }
  VolumeBounds& operator-=(const VolumeBounds& o) { return *this += -1.0 * o; }
  friend VolumeBounds operator*(double k, VolumeBounds b) { return {k * b.lower, k * b.value, k * b.upper}; }
};

// A dose that is asked about, and how exactly the doses it is compared with are known. All in Gy as stored in the grid.
struct Level {
  double dose = 0.0;
  double within = 0.0;  // how far the dose of any point, as stored, may be from the true one
  // A plateau (a cell of one dose) that is no further than this from `dose` may lie on either side of it. Where the
  // dose rises, the same lack of precision changes a volume by less than the slack that every volume is given.
  double near = 0.0;
};

// Answers for one prism and any number of doses: the volume of {f >= dose} in patch x [0, 1], as a part of a box of
// volume
// 1. The bounds hold for every dose distribution that differs from the trilinear f by no more than Level::within.
//
// There are two pairs of bounds, and the narrower one is given. The first: f lies between its plane (trilinear.h) less
// and plus its mixed terms. The second: where f rises steadily along the axis on which the plane is steepest, the level
// surface of f stands off the plane's by minus the mixed terms over the slope; that integral is a polynomial's, and
// what it leaves open is of second order in the mixed terms.
//
// Where f is constant, all of the prism or nothing of it is above. An empty patch has the volume 0.
class VolumeAboveDose {
 public:
  // `f`: the doses at the corners of the box, Gy. `patch` must outlive this; `whole` says that it is kWholeCell.
  VolumeAboveDose(const Corners& f, Patch patch, bool whole);

  VolumeBounds at(const Level& level) const;
  // Whether the whole prism is above the level, or below it, as far as the first bounds tell.
  bool is_above(const Level& level) const { return level.dose + f_.below + off(level) <= prism_.least(); }
  bool is_below(const Level& level) const { return level.dose - f_.above - off(level) > prism_.most(); }
  // The first bounds alone, which are wider and less work.
  VolumeBounds by_plane(const Level& level) const;

 private:
  VolumeBounds at_any(const Level& level) const;
  VolumeBounds at_wide(const Level& level) const;
  // By how much the plane's own dose may be off, Gy: slopes left out, rounding and the precision of the level.
  double off(const Level& level) const { return prism_.left_out() + 1e-14 * std::abs(level.dose) + level.within; }

  Trilinear f_;
  Patch patch_;
  bool whole_;
  LinearDosePrism prism_;
  std::size_t steepest_;
  Trilinear turned_;  // f with its axes renamed so that the steepest is the one that the second bounds integrate along
};

}  // namespace dosegate
