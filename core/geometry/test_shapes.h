// Structures and dose grids for the tests: solids whose answers are known in closed form.
#pragma once

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/geometry/structure.h"

namespace dosegate::test {

using Points2 = std::vector<Eigen::Vector2d>;

inline Points2 box_ring(double x0, double y0, double x1, double y1) { return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}; }

inline Points2 polygon_ring(double cx, double cy, double radius, int n) {
  Points2 ring;
  for (int i = 0; i < n; ++i) {
    const double a = 2.0 * std::numbers::pi * i / n;
    ring.emplace_back(cx + radius * std::cos(a), cy + radius * std::sin(a));
  }
  return ring;
}
inline double polygon_area(double radius, int n) {
  return 0.5 * n * radius * radius * std::sin(2.0 * std::numbers::pi / n);
}

inline Contour axial(const Points2& ring, double z, ContourType type = ContourType::kClosedPlanar) {
  Contour c;
  c.type = type;
  for (const auto& p : ring) c.points.emplace_back(p.x(), p.y(), z);
  return c;
}

// A structure with the same rings on every one of `planes`, which are values of z.
inline Structure prism(const std::string& name, const std::vector<Points2>& rings, const std::vector<double>& planes,
                       int number = 1) {
  Structure s;
  s.roi_number = number;
  s.name = name;
  s.frame_of_reference_uid = "1.2.3";
  for (const double z : planes) {
    for (const auto& ring : rings) s.contours.push_back(axial(ring, z));
  }
  return s;
}

// The planes whose slabs of thickness `step` fill the range from lo to hi.
inline std::vector<double> planes(double lo, double hi, double step) {
  std::vector<double> z;
  for (double at = lo + 0.5 * step; at < hi; at += step) z.push_back(at);
  return z;
}

// A dose grid in mm: the first voxel centre, the distances of centres and their number along x, y and z.
struct GridSpec {
  Eigen::Vector3d first{-50, -50, -50};
  Eigen::Vector3d spacing{2.5, 2.5, 2.5};
  Eigen::Vector3i size{41, 41, 41};
};

// The grid with these values, Gy: x fastest, then y, then z.
inline DoseGrid grid_of(const GridSpec& g, const std::vector<double>& values) {
  std::vector<double> offsets;
  for (int k = 0; k < g.size[2]; ++k) offsets.push_back(k * g.spacing[2]);
  DoseDescription d;
  d.value_type = DoseValueType::kFloat64;
  d.values = values.data();
  d.value_count = values.size();
  d.columns = static_cast<std::uint32_t>(g.size[0]);
  d.rows = static_cast<std::uint32_t>(g.size[1]);
  d.planes = static_cast<std::uint32_t>(g.size[2]);
  d.position_mm = g.first;
  d.column_spacing_mm = g.spacing[0];
  d.row_spacing_mm = g.spacing[1];
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = "1.2.3";
  return *DoseGrid::make(d);
}

// The grid with the values of `dose`, Gy, at the voxel centres.
inline DoseGrid sample(const GridSpec& g, const std::function<double(const Eigen::Vector3d&)>& dose) {
  std::vector<double> values;
  for (int k = 0; k < g.size[2]; ++k) {
    for (int j = 0; j < g.size[1]; ++j) {
      for (int i = 0; i < g.size[0]; ++i) {
        values.push_back(dose(g.first + Eigen::Vector3d(i, j, k).cwiseProduct(g.spacing)));
      }
    }
  }
  return grid_of(g, values);
}

}  // namespace dosegate::test
