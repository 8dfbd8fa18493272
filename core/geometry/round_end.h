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

// The radius of the largest disc inside a section, mm; 0 where it is empty. `box` contains the section. Within 0.2 % or
// 0.001 mm; of outlines so ragged that this takes more than some thousand queries, a lower bound. Deterministic.
double half_width(const SectionDistance& section, const Eigen::AlignedBox2d& box, std::int64_t& budget);

class RoundEnd {
 public:
  // What the last plane, the one before and the one before that measure, mm: half-width, and extents along both axes.
  struct Measures {
    std::array<double, 3> half_width, length, breadth;
  };
  // The planes' distances, last to before and before to earlier, and how far beyond the last one the next slice would
  // be, mm. None: it does not get narrower, or has no tip before that slice.
  static std::optional<RoundEnd> make(const Measures& measures, double spacing, double spacing_before,
                                      double next_slice);

  // mm beyond the last plane, at most `next_slice`.
  double reach() const { return reach_; }
  // How often the change from the plane before to the last one has come again at x mm beyond it; not less than 0.
  double steps(double x) const;
  // The most that it is.
  double most_steps() const { return width_ / narrowing_; }

 private:
  double width_ = 0.0, narrowing_ = 0.0;  // mm
  double linear_ = 0.0, bend_ = 0.0;      // square of the half-width: width^2 + linear x + bend x^2
  double hurry_ = 1.0;                    // so much earlier the half-width comes to nothing than the solid ends
  double reach_ = 0.0;                    // mm
};

}  // namespace dosegate
