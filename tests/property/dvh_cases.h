// Random structures in random doses for the DVH's laws: few slabs and few cells each, so that thousands can be tried
// against the slow reference, and every kind of trouble among them.
#pragma once

#include <cstdint>
#include <string>

#include "core/dose/dose_grid.h"
#include "core/geometry/structure.h"
#include "tests/property/dvh_reference.h"
#include "tests/property/random.h"

namespace dosegate::property {

// What the dose is like.
enum class DoseKind {
  kRough,    // every voxel its own dose
  kSmooth,   // a few broad peaks and a slope
  kPlateau,  // smooth, cut off at one dose, so that whole cells have exactly that dose
  kStep,     // one dose on this side of a lattice plane, another beyond
};

VoxelDoses random_doses(Random& random, DoseKind kind);

// Where the rings of a plane are drawn.
struct DrawingArea {
  Eigen::Vector2d centre, radius;  // mm
  Eigen::Vector2d origin, step;    // half the voxel spacing, from a voxel's centre: voxel centres and edges
};
// The same for all planes of a structure, and what of z the grid has, its outer half voxels included; now and then
// more.
struct Stage {
  DrawingArea area;
  double middle_z = 0.0, half_z = 0.0;
};
Stage set_stage(Random& random, const VoxelDoses& doses);
// A plane at each of these, with holes, keyholes, crossings, needles, ...; now and then the same as the one before.
std::vector<DrawnPlane> draw_on(Random& random, const Stage& stage, const std::vector<double>& at);
// Whether all rings mean what the reference takes them for: three different points each, no ring twice.
bool are_plain(const std::vector<DrawnPlane>& planes);

// ROI 1, "Random".
Structure structure_of(const std::vector<DrawnPlane>& planes);
DoseGrid grid_of(const VoxelDoses& doses);

struct DvhCase {
  std::uint32_t seed = 0;
  std::vector<DrawnPlane> planes;  // 2 or 3, unevenly spaced; each with holes, keyholes, crossings, needles, ...
  VoxelDoses doses;                // 3 to 5 voxels along each axis, spacing different along each, uneven along z
  double scale = 1.0;              // a power of two: a dose times it is exact

  Structure structure() const { return structure_of(planes); }
  DoseGrid grid() const { return grid_of(doses); }
  DvhReference reference() const { return DvhReference(planes, doses, scale); }
};

// The same case for the same arguments on every machine. Its structure encloses a volume of 1 mm^3 or more; now and
// then some of it lies beyond the dose grid.
DvhCase random_case(std::uint32_t seed, DoseKind kind);

}  // namespace dosegate::property
