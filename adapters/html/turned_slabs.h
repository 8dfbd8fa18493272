// A structure drawn on parallel planes of any direction, as the slabs that its contours stand for, cut by a plane along
// the patient's axes.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/reader.h"
#include "adapters/html/slab_parts.h"

namespace dosegate::html {

// The plane on which patient coordinate `axis` is `at`, as a picture has it: (x, y) across z, (x, -z) across y, (y, -z)
// across x.
struct CutPlane {
  std::size_t axis = 2;
  double at = 0.0;
};

class TurnedSlabs {
 public:
  // None: it has no closed contour, or they do not lie in parallel planes.
  static std::optional<TurnedSlabs> make(const dicom::Structure& structure);

  // Bounds in mm: x, y, z, each lowest and highest.
  std::array<double, 6> bounds() const;
  // What lies in the plane, one slab beside the other, even-odd; in coordinates of the picture.
  std::vector<Polygon> area(const CutPlane& plane) const;
  // Its outline as an SVG path, without the lines between slabs.
  std::string outline(const CutPlane& plane) const;

 private:
  using Vector = std::array<double, 3>;
  struct Slab {
    double from = 0.0, to = 0.0;  // along the normal
    std::vector<Polygon> polygons;
  };
  class Cut;

  Vector u_{}, v_{}, normal_{};  // unit vectors at right angles; polygons are in (u, v)
  std::vector<Slab> slabs_;      // along the normal
};

}  // namespace dosegate::html
