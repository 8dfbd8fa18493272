// A prism in which the dose is linear, and the volume of it that receives at least a given dose, in closed form.
//
// The prism is a patch of a cell (cell_cross_section.h) times [0, 1] along z, in a box of edge 1. For a whole cell the
// volume is the distribution of a sum of uniform variables (Feller, An Introduction to Probability Theory II, I.9), for
// a patch the integral of a positive part by Green's theorem.
#pragma once

#include <array>

#include "core/dvh/cell_cross_section.h"

namespace dosegate {

// The dose is mean + gx (x - 1/2) + gy (y - 1/2) + gz (z - 1/2), in Gy: `mean` is the dose at the box's centre. Slopes
// that are so small beside the others that the closed form would lose its digits are left out. Without any slope, all
// of the prism is above a threshold that is no more than the mean, and nothing of it above a larger one.
class LinearDosePrism {
 public:
  // `slope`: gx, gy, gz. `patch` must outlive this; `whole` says that it is kWholeCell.
  LinearDosePrism(double mean, const std::array<double, 3>& slope, Patch patch, bool whole);

  // By how much the slopes that were left out change the dose anywhere in the prism, at most; Gy.
  double left_out() const { return left_out_; }
  // The least and the largest dose in the prism.
  double least() const { return least_; }
  double most() const { return most_; }
  double area() const { return area_; }  // of the patch, as a part of the cell's
  // The volume that receives at least `threshold` Gy, as a part of a box of volume 1.
  double above(double threshold) const { return above(std::array{threshold})[0]; }
  // The same of 1 to 3 thresholds, at little more cost than of one.
  template <std::size_t N>
  std::array<double, N> above(const std::array<double, N>& thresholds) const;

 private:
  double above_in_box(double threshold) const;
  template <std::size_t N>
  std::array<double, N> above_in_patch(const std::array<double, N>& thresholds) const;

  double mean_;
  std::array<double, 3> g_;  // gx, gy, gz; of a whole cell only their sizes, in descending order
  Patch patch_;
  bool whole_;
  double area_ = 1.0;
  double left_out_ = 0.0;
  double least_, most_;
};

}  // namespace dosegate
