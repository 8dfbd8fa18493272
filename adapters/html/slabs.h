// A drawn structure as the slabs that its contours stand for, cut by the planes of a picture.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/reader.h"
#include "adapters/html/slab_parts.h"
#include "adapters/html/turned_slabs.h"

namespace dosegate::html {

class Slabs {
 public:
  // Contours on axial planes, or all on parallel planes of another direction. Of others nothing is shown.
  explicit Slabs(const dicom::Structure& structure);

  bool empty() const { return slabs_.empty() && !turned_; }
  // Bounds in mm: x, y, z, each lowest and highest. Precondition: not empty.
  std::array<double, 6> bounds() const;

  // The polygons (x, y) of the slab that holds z, or those that slabs of another direction have there; empty: none.
  // Even-odd.
  std::vector<Polygon> at(double z) const;

  // Outline of the cut by the axial plane at z, as an SVG path in (x, y).
  std::string axial(double z) const;
  // Outline of the cut by the plane on which coordinate `axis` (0: x, 1: y) is `place`, as an SVG path in (y or x, -z).
  std::string cut(std::size_t axis, double place) const;

 private:
  struct Slab {
    double from = 0.0, to = 0.0;  // z
    std::vector<Polygon> polygons;
  };
  static std::vector<Interval> intervals(const Slab& slab, std::size_t axis, double place);
  std::vector<Slab> slabs_;  // by z
  std::optional<TurnedSlabs> turned_;
};

// Whether a point lies within the polygons; even-odd.
bool holds(const std::vector<Polygon>& polygons, double x, double y);

// "M..z" of each polygon.
std::string path_of(const std::vector<Polygon>& polygons);

}  // namespace dosegate::html
