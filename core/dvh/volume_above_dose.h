// What of a prism lies above a dose, bounded from both sides. README.md in this folder has the proof.
#pragma once

#include <cmath>

#include "core/dvh/cell_cross_section.h"
#include "core/dvh/linear_dose_prism.h"
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
  VolumeBounds& operator-=(const VolumeBounds& o) { return *this += -1.0 * o; }
  friend VolumeBounds operator*(double k, VolumeBounds b) { return {k * b.lower, k * b.value, k * b.upper}; }
};

// The dose that is asked about. Gy.
struct Level {
  double dose = 0.0;
  double within = 0.0;  // how far the dose of any point, as stored, may be from the true one
  // A plateau this near has the dose asked about, as far as precision can tell: it may lie on either side. (Where the
  // dose rises, precision moves less than the volumes' own.)
  double near = 0.0;
};

// What of one prism lies above any number of doses: the volume of {f >= dose} in patch x [0, 1] of the box, of a box of
// volume 1, for every f within `within` of the one given.
//
// First: f lies between its plane moved by its mixed terms. Second: where f rises steadily along the axis on which the
// plane is steepest, its level surface stands off the plane's by minus the mixed terms over the slope; the integral of
// that is a polynomial's, and what is left is of second order in it. The narrower of both.
class VolumeAboveDose {
 public:
  // `patch` outlives this. `whole`: it is kWholeCell.
  VolumeAboveDose(const Corners& f, Patch patch, bool whole);

  VolumeBounds at(const Level& level) const;
  // Whether the plane, moved by its mixed terms, is above the level all over the prism, or nowhere.
  bool is_above(const Level& level) const { return level.dose + f_.below + off(level) <= prism_.least(); }
  bool is_below(const Level& level) const { return level.dose - f_.above - off(level) > prism_.most(); }
  // The first of the two alone: less work, wider.
  VolumeBounds by_plane(const Level& level) const;

 private:
  double off(const Level& level) const { return prism_.left_out() + 1e-14 * std::abs(level.dose) + level.within; }

  Trilinear f_;
  Patch patch_;
  bool whole_;
  LinearDosePrism prism_;
  std::size_t steepest_;
  Trilinear turned_;  // with the steepest axis where the second bound wants it
};

}  // namespace dosegate
