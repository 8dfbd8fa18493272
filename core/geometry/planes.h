// The planes that a structure is drawn on, and its contours judged one by one.
//
// A contour is planar when its points agree along the axis to what their decimals can say: one unit of the last decimal
// that any of its coordinates uses (0.01 mm with two decimals, 0.1 mm with one), never less than 0.01 mm and never more
// than 0.1 mm, plus what binary numbers add. Its plane lies in the middle of them. Decimals are those of the patient's
// coordinates; across planes that lie turned in the patient they tell as much less as Orientation::spread() says.
//
// The planes are normal to an axis of the dose grid's frame, or else to one of the patient's. Small contours may be
// planar in both, where the two lie nearly parallel. Where over the whole structure the two have no point more than
// 0.01 mm apart, the grid's counts, and `off` says by how much; intervals are made wider by that. Where it makes a
// difference, that frame counts in which the contours lie on fewer planes; on as many, that in which they are more
// even; as even, the patient's. So what was drawn on axial slices is not taken for drawn along a grid that is turned by
// little, and the other way round.
//
// Some contours are left out, because they enclose nothing however they are joined: points; contours of any type with
// fewer than three distinct points; closed contours whose points lie on one line. An open contour of three points or
// more is refused.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/frame/orientation.h"
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
  Orientation frame;
  Axis axis = Axis::kZ;            // of the frame, that the planes are normal to
  std::vector<DrawnPlane> planes;  // ascending; one at least
  std::size_t left_out = 0;        // how many contours enclose nothing
  Length off;                      // across the planes, if it was drawn along the patient's axes after all

  std::vector<double> positions() const {
    std::vector<double> at;
    for (const DrawnPlane& plane : planes) at.push_back(plane.at);
    return at;
  }
};

// kNotEvaluable, with a sentence that names the structure, where it has a defect, no closed contour of three points, an
// open contour, a contour that is not in a plane normal to an axis of `grid` or of the patient, or planes of different
// directions; find_tilt() says how far planes are tilted, where they are parallel. `grid` is the frame of the dose grid
// that the structure is to be evaluated on. `workers` is of the present call and is asked whether to go on; throws
// Cancelled.
Result<DrawnPlanes> find_planes(const Structure& structure, const Orientation& grid, Workers* workers = nullptr);
// The same in the patient's frame.
Result<DrawnPlanes> find_planes(const Structure& structure, Workers* workers = nullptr);

// Of contours that find_planes() refuses as not lying along any axis, and that are planar and parallel all the same.
struct Tilt {
  Angle angle;    // between the planes and the nearest that are normal to an axis
  Length uneven;  // how far points of one contour then lie apart across the axis, at most
};
std::optional<Tilt> find_tilt(const Structure& structure, const Orientation& grid, Workers* workers = nullptr);

}  // namespace dosegate
