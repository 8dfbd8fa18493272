// The part of a prism, patch x [0, 1], that lies above a plane. Closed form.
#pragma once

#include <array>

#include "core/dvh/cell_cross_section.h"

namespace dosegate {

// The plane is mean + gx (x - 1/2) + gy (y - 1/2) + gz (z - 1/2), Gy over a box of edge 1. Slopes so small beside
// the others that the closed form would lose its digits are left out.
class LinearDosePrism {
 public:
  // `patch` must outlive this. `whole`: it is kWholeCell.
  LinearDosePrism(double mean, const std::array<double, 3>& slope, Patch patch, bool whole);

  // By how much the slopes left out move the plane at most, Gy.
  double left_out() const { return left_out_; }
  // The plane's least and largest value over patch x [0, 1].
  double least() const { return least_; }
  double most() const { return most_; }
  double area() const { return area_; }  // of the patch
  // Volume where the plane is at least `threshold`, of a box of volume 1.
  double above(double threshold) const { return above(std::array{threshold})[0]; }
  // The same of several, 1 to 3, at little more cost.
  template <std::size_t N>
  std::array<double, N> above(const std::array<double, N>& thresholds) const;

 private:
  double above_in_box(double threshold) const;
  template <std::size_t N>
  std::array<double, N> above_in_patch(const std::array<double, N>& thresholds) const;

  double mean_;
  std::array<double, 3> g_;  // whole: sizes, descending
  Patch patch_;
  bool whole_;
  double area_ = 1.0;
  double left_out_ = 0.0;
  double least_, most_;
};

}  // namespace dosegate
