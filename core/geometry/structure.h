// A drawn structure (ROI) as it came: contours in patient space, not yet judged (planes.h does that).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dosegate {

// How contours make a solid: slabs (stack.h), or shape-interpolated between planes (interpolate.h).
enum class BetweenSlices { kSlab = 1, kInterpolate = 2 };

// (3006,0042) Contour Geometric Type
enum class ContourType { kClosedPlanar = 1, kPoint = 2, kOpenPlanar = 3, kOpenNonplanar = 4, kClosedPlanarXor = 5 };

struct Contour {
  ContourType type = ContourType::kClosedPlanar;
  std::vector<Eigen::Vector3d> points;  // mm, LPS; finite
};

struct Structure {
  std::int32_t roi_number = 0;
  std::string name;                    // UTF-8
  std::string interpreted_type;        // may be empty
  std::string frame_of_reference_uid;  // empty where it is not stated
  std::vector<Contour> contours;
  std::optional<double> slab_thickness;  // (3006,0044), mm
  std::string defect;                    // why the structure cannot be relied on; empty where it can
};

// It is drawn nowhere. Of one that cannot be relied on that is not known.
inline bool is_empty(const Structure& s) { return s.contours.empty() && s.defect.empty(); }

}  // namespace dosegate
