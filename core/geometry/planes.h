// The planes that a structure is drawn on, and its contours judged one by one.
//
// A contour is planar when its points agree along the axis to what their decimals can say: one unit of the last decimal
// that any of its coordinates uses (0.01 mm with two decimals, 0.1 mm with one), never less than 0.01 mm and never more
// than 0.1 mm, plus what binary numbers add. Its plane lies in the middle of them.
//
// Some contours are left out, because they enclose nothing however they are joined: points; contours of any type with
// fewer than three distinct points; closed contours whose points lie on one line. An open contour of three points or
// more is refused.
#pragma once

#include <cstddef>
#include <vector>

#include "core/geometry/structure.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// Contours nearer than this lie on one plane; no scanner has slices that thin.
inline constexpr double kSamePlane = 0.1;  // mm

struct DrawnPlane {
  double at = 0.0;                    // mm along the axis
  std::vector<std::size_t> contours;  // indices into Structure::contours
};

struct DrawnPlanes {
  int axis = 2;                    // patient axis that the planes are normal to: 0 x, 1 y, 2 z
  std::vector<DrawnPlane> planes;  // ascending; one at least
  std::size_t left_out = 0;        // how many contours enclose nothing

  std::vector<double> positions() const {
    std::vector<double> at;
    for (const DrawnPlane& plane : planes) at.push_back(plane.at);
    return at;
  }
};

// kNotEvaluable, with a sentence that names the structure, where it has a defect, no closed contour of three points, an
// open contour, a contour that is not in a plane normal to a patient axis, or planes of different directions. `workers`
// is of the present call and is asked whether to go on; throws Cancelled.
Result<DrawnPlanes> find_planes(const Structure& structure, Workers* workers = nullptr);

}  // namespace dosegate
