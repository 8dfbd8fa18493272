// A second, slow computation of dose-volume metrics, against which the engine's intervals are tested. It shares no code
// with core/dvh and core/geometry.
//
// Model (core/dvh/README.md): the rings of a plane, even-odd, reach half-way to the neighbouring planes and beyond an
// end plane by half the adjacent spacing. Dose is trilinear between voxel centres, constant over the outer half voxel,
// and 0 beyond.
//
// Method: the solid is cut into prisms, each inside one cell of the dose (dvh_reference_prism.h). Volume, mean, minimum
// and maximum are exact on them but for rounding, V(T) is a quadrature that states its error.
#pragma once

#include <Eigen/Core>
#include <array>
#include <span>
#include <vector>

#include "core/quantity/units.h"
#include "tests/property/dvh_reference_prism.h"

namespace dosegate::property {

// A number and how far it may be from the truth: the quadrature's own estimate, and rounding.
template <typename Q>
struct Measured {
  Q value, error;
};

// The rings of one axial plane, combined by even-odd; x and y in mm. No ring repeats another.
struct DrawnPlane {
  double z = 0.0;
  std::vector<std::vector<Eigen::Vector2d>> rings;
};

// A plane and how far it reaches along z, mm.
struct DrawnSlab {
  DrawnPlane plane;
  double lo = 0.0, hi = 0.0;
};
// Half-way to the neighbours, half the adjacent spacing at the ends. Planes ascending in z, two or more.
std::vector<DrawnSlab> half_way(const std::vector<DrawnPlane>& planes);

// Voxel centres along x, y, z, ascending, two or more; doses in Gy, x fastest, then y.
struct VoxelDoses {
  std::array<std::vector<double>, 3> centre;
  std::vector<float> gy;
};

enum class AtTheLevel { kCounts, kDoesNotCount };

class DvhReference {
 public:
  // Slabs that do not overlap. Every dose is multiplied by `scale`.
  DvhReference(std::span<const DrawnSlab> slabs, const VoxelDoses& doses, double scale);
  // Of planes that reach half-way.
  DvhReference(const std::vector<DrawnPlane>& planes, const VoxelDoses& doses, double scale)
      : DvhReference(half_way(planes), doses, scale) {}

  Measured<Volume> total() const { return rounded(total_mm3_); }
  Measured<Volume> outside() const { return rounded(outside_mm3_); }  // beyond the outer half voxel
  Measured<Dose> mean() const;
  Measured<Dose> minimum() const { return rounded_dose(least_); }
  Measured<Dose> maximum() const { return rounded_dose(most_); }
  // Volume with a dose of `level` or more; without the volume that has exactly this dose, where that does not count.
  Measured<Volume> volume_above(Dose level, AtTheLevel at_level = AtTheLevel::kCounts) const;
  // sup{T : volume_above(T) >= volume}, for 0 < volume < total.
  Measured<Dose> dose_of_hottest(Volume volume) const;
  // Of the trilinear dose, 0 outside the grid; x, y, z in mm.
  Dose dose_at(const Eigen::Vector3d& point) const;

 private:
  struct Piece {
    Prism prism;
    Extremes dose;
    double mm3;
  };
  struct Interval {
    double lo, hi;
  };

  void add_slab(const DrawnPlane& plane, Interval z);
  void add_prisms(Prism trapezoid, Interval z);
  std::array<double, 8> dose_of_cell(const std::array<std::size_t, 3>& cell) const;
  Measured<Volume> rounded(double mm3) const;
  Measured<Dose> rounded_dose(double gy) const;

  std::array<std::vector<double>, 3> node_;  // ends of the cells along each axis
  VoxelDoses doses_;
  double scale_;
  std::vector<Piece> pieces_;
  double total_mm3_ = 0.0, outside_mm3_ = 0.0, least_ = 0.0, most_ = 0.0;
};

}  // namespace dosegate::property
