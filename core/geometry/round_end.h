// Where a solid ends that gets narrower towards its last plane, and how it closes up to there.
//
// The square of the half-width (the radius of the largest disc inside a section) of a sphere, an ellipsoid, a cylinder
// on its side, a cone and a paraboloid is a quadratic function of the height. So the parabola through the squares on
// the last three planes gives the tip of all of these exactly, wherever the slices happen to lie. A solid that is not
// drawn on the next slice ends before it: where the parabola's tip lies further off than that, the solid ends
// abruptly and this says nothing of where. Of a cone on its side the sections change their shape, and the half-width
// comes to nothing too early; their length and breadth, whose squares are quadratic as well, say where the tip is, but
// closing up to there keeps too much: the end is set half-way between the two.
#pragma once

#include <Eigen/Geometry>
#include <array>
#include <cstdint>
#include <optional>

#include "core/geometry/distance.h"

namespace dosegate {

// The half-width of a section: the radius of the largest disc inside it, mm; 0 where it is empty. `box` contains the
// section. It is found to 0.2 % or 0.001 mm; for outlines so ragged that this takes more than some thousand queries, it
// is a lower bound. `budget` is that of SectionDistance::at(). Deterministic.
double half_width(const SectionDistance& section, const Eigen::AlignedBox2d& box, std::int64_t& budget);

// How a solid closes up beyond its last plane.
class RoundEnd {
 public:
  // Of the last plane, the one before it and the one before that: half-width, and the extents of the section along both
  // of its axes; mm.
  struct Measures {
    std::array<double, 3> half_width, length, breadth;
  };
  // `spacing` lies between the last plane and the one before, `spacing_before` between that and the one before it;
  // `next_slice` is how far beyond the last plane the next slice would be; mm, all positive. There is no round end
  // where the solid does not get narrower, or has no tip before that slice.
  static std::optional<RoundEnd> make(const Measures& measures, double spacing, double spacing_before,
                                      double next_slice);

  // How far beyond the last plane the solid ends, mm; at most `next_slice`.
  double reach() const { return reach_; }
  // At x mm beyond the last plane, the distance has changed since that plane by this many times its change from the
  // plane before to the last one. From 0 to most_steps().
  double steps(double x) const;
  double most_steps() const { return width_ / narrowing_; }

 private:
  double width_ = 0.0, narrowing_ = 0.0;  // half-width of the last plane, and how much less it is than the one before
  double linear_ = 0.0, bend_ = 0.0;      // the square of the half-width is width^2 + linear x + bend x^2
  double hurry_ = 1.0;                    // how far off the half-width's own tip is, of how far the end is; at most 1
  double reach_ = 0.0;                    // mm
};

}  // namespace dosegate
