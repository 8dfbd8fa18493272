// The phantom's geometry and dose, small enough to work out every metric on paper.
//
// Frame: DICOM patient coordinates (LPS), mm. +x is the patient's left, +y posterior, +z superior.
//
// Solids are stacks of polygons in axial planes kPlaneSpacing apart. In Dosegate's model the slab of a plane
// reaches half-way to its neighbours, and half a spacing beyond the last one: a solid drawn on the planes
// first..last occupies z in [first - 2.5, last + 2.5] exactly.
//
// Dose is a sum of blocks fx(x) * fy(y) * fz(z) of piecewise linear functions whose kinks lie on voxel centres.
// The trilinear interpolant of the voxels is then the function itself, everywhere. The blocks are laid out so
// that inside each organ exactly one factor varies, along one axis, and all others are 1 or 0:
//   liver, GTV, CTV, PTV, Liver-GTV: target_x along x       colon: colon_x along x
//   stomach, duodenum, spinal cord, kidneys: their profile along z
// So V(d) is the area of each cross-section times the length on which the profile is at least d.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace dosegate::phantom {

inline constexpr double kPlaneSpacing = 5.0;  // of CT and contours
inline constexpr double kFirstPlane = -100.0, kLastPlane = 100.0;

struct Box {
  double x_min, x_max, y_min, y_max;
  double z_first, z_last;  // planes
};

// Each plane holds the regular polygon of `sides` corners inscribed in an ellipse with semi-axes s*a and s*b:
// area sides/2 * sin(2*pi/sides) * a*b * s^2, with s = 1 (cylinder) or s^2 = 1 - ((z - z_mid)/h)^2 (ovoid),
// z_mid the middle of the solid and h half its length, slabs included. The first corner is at (x + s*a, y).
struct Ovoid {
  double x, y, a, b;
  double z_first, z_last;  // planes
  int sides;
  enum class Shape { kCylinder, kOvoid } shape;
  double scale_squared(double z) const;
};

// The liver is both lobes; they share the face x = -40.
inline constexpr Box kLiverRightLobe{-115, -40, -65, 45, -75, 75};
inline constexpr Box kLiverLeftLobe{-40, 45, -70, -5, -35, 35};
inline constexpr Box kGtv{-15, 5, -49, -25, -10, 10};
inline constexpr Box kCtv{-25, 15, -59, -15, -20, 20};  // GTV + 10 mm
inline constexpr Box kPtv{-30, 20, -64, -10, -30, 30};  // CTV + 5 mm in x and y, + 10 mm in z
// Of the cases "short-ctv" and "short-ptv": 4 mm short on the patient's left; the margin there is 6 and 1 mm.
inline constexpr Box kShortCtv{-25, 11, -59, -15, -20, 20};
inline constexpr Box kShortPtv{-30, 16, -64, -10, -30, 30};
// Its right end lies between two voxel centres.
inline constexpr Box kColon{-18.75, 100, -60, -20, -95, -65};
inline constexpr Ovoid kBody{0, 0, 165, 110, kFirstPlane, kLastPlane, 72, Ovoid::Shape::kCylinder};
inline constexpr Ovoid kSpinalCord{0, 75, 6, 6, kFirstPlane, kLastPlane, 8, Ovoid::Shape::kCylinder};
inline constexpr Ovoid kStomach{85, -40, 23, 30, -30, 40, 32, Ovoid::Shape::kOvoid};
inline constexpr Ovoid kDuodenum{10, 30, 20, 14, -60, -10, 24, Ovoid::Shape::kOvoid};
inline constexpr Ovoid kKidneyLeft{60, 78, 22, 16, -65, 15, 24, Ovoid::Shape::kOvoid};
inline constexpr Ovoid kKidneyRight{-60, 78, 22, 16, -70, 10, 24, Ovoid::Shape::kOvoid};

// Of the cases for other protocols. Large kidneys: 200 cc of them have to be spared. No dose reaches heart, oesophagus
// and bowel; of the lung patient's the right lung, where the liver's right lobe is, is crossed by target_x.
enum class Site { kLiver, kLiverSbrt, kLung };
Site site_of(std::string_view case_name);
inline constexpr Ovoid kLargeKidneyLeft{60, 78, 28, 22, -75, 15, 24, Ovoid::Shape::kOvoid};
inline constexpr Ovoid kLargeKidneyRight{-60, 78, 28, 22, -80, 10, 24, Ovoid::Shape::kOvoid};
inline constexpr Box kSmallBowel{70, 110, 10, 45, -95, -70};
inline constexpr Box kHeart{-20, 60, -60, 0, 65, 95};
inline constexpr Ovoid kEsophagus{0, 40, 8, 8, 30, 95, 16, Ovoid::Shape::kCylinder};
inline constexpr Box kLungRight = kLiverRightLobe, kLungLeft{60, 125, -60, 40, -75, 75};

// Piecewise linear, constant beyond the ends. Knots ascend.
struct Knot {
  double at_mm, gy;
};
using Profile = std::vector<Knot>;
double value_at(const Profile& profile, double at_mm);

struct DoseModel {
  Profile target_x, stomach_z, duodenum_z, colon_x, cord_z, kidney_left_z, kidney_right_z;
};
// Of the whole course. A name that is no case has the doses of "pass".
DoseModel dose_model(std::string_view case_name);

struct DoseBlock {
  Profile x, y, z;
};
std::vector<DoseBlock> dose_blocks(const DoseModel& model);

// Voxel centres at first + i * spacing.
struct Axis {
  double first, spacing;
  std::size_t count;
  double at(std::size_t i) const { return first + spacing * static_cast<double>(i); }
};
struct Lattice {
  Axis x, y, z;
};
Lattice dose_lattice(std::string_view case_name);

// Gy, x fastest, then y, then z.
std::vector<double> dose_values(const DoseModel& model, const Lattice& lattice);

inline constexpr double kPrescribedGy = 45.0;
inline constexpr int kFractions = 15;

}  // namespace dosegate::phantom
