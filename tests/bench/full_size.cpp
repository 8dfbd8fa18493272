#include "tests/bench/full_size.h"

#include <cmath>
#include <numbers>

namespace dosegate::bench {
namespace {

constexpr double kSlice = 2.5;
constexpr int kSlices = 120;
constexpr double kFirstSlice = -150.0;
constexpr const char* kFrame = "1.2.826.0.1.3680043.10.1561.1";

double slice_z(int k) { return kFirstSlice + kSlice * k; }

// r(theta) = 1 + waves: neither round nor symmetric, and different on every slice.
double waves(double theta, double z, int seed, double rough) {
  double r = 1.0;
  for (int m = 2; m < 7; ++m) {
    r += rough * std::sin(1.7 * seed + 2.3 * m) * std::cos(m * theta + 0.9 * m * seed + z / (25.0 + 7.0 * m));
  }
  return r;
}

FullSize::Ring ring(double cx, double cy, double rx, double ry, double z, int points, int seed, double rough) {
  FullSize::Ring out;
  out.points_mm.reserve(3 * static_cast<std::size_t>(points));
  for (int n = 0; n < points; ++n) {
    const double theta = 2.0 * std::numbers::pi * n / points, r = waves(theta, z, seed, rough);
    out.points_mm.insert(out.points_mm.end(), {cx + rx * r * std::cos(theta), cy + ry * r * std::sin(theta), z});
  }
  return out;
}

struct Maker {
  FullSize& out;
  double finer;
  std::size_t limit;

  FullSize::Roi* add(const char* name, const char* type) {
    if (out.rois.size() >= limit) return nullptr;
    out.rois.push_back({static_cast<std::int32_t>(out.rois.size()) + 1, name, type, {}});
    return &out.rois.back();
  }
  int count(int points) const { return static_cast<int>(points * finer); }

  // A perturbed ellipsoid.
  void blob(FullSize::Roi* roi, double cx, double cy, double cz, double rx, double ry, double rz, int points, int seed,
            double rough, double power = 2.0) const {
    if (roi == nullptr) return;
    for (int k = 0; k < kSlices; ++k) {
      const double u = std::abs(slice_z(k) - cz) / rz;
      if (u >= 1.0) continue;
      const double f = std::pow(1.0 - std::pow(u, power), 1.0 / power);
      if (f * std::min(rx, ry) < 1.0) continue;
      roi->rings.push_back(ring(cx, cy, rx * f, ry * f, slice_z(k), count(points), seed, rough));
    }
  }
  // A tube along z with a wandering middle.
  void tube(FullSize::Roi* roi, double cx, double cy, double sway, double radius, int points, int from, int to,
            int seed) const {
    if (roi == nullptr) return;
    for (int k = from; k < to; ++k) {
      const double z = slice_z(k);
      roi->rings.push_back(ring(cx + sway * std::sin(z / 25.0 + seed), cy + 0.5 * sway * std::cos(z / 20.0), radius,
                                radius, z, count(points), seed, 0.03));
    }
  }
};

// Gy: a plateau over the target, a steep fall-off, and a low bath with beams in it.
double dose_at(double x, double y, double z) {
  const double dx = x + 75.0, dy = y + 5.0, dz = z - 20.0;
  const double r = std::sqrt(dx * dx / 729.0 + dy * dy / 676.0 + dz * dz / 729.0);
  const double core = 43.0 / (1.0 + std::exp((r - 1.22) / 0.085)) * (1.0 + 0.01 * std::cos(3.0 * r));
  const double rho = std::hypot(dx, dy);
  const double bath = 5.0 * std::exp(-rho / 75.0) * std::exp(-std::pow(dz / 52.0, 4)) *
                      (1.0 + 0.25 * std::cos(7.0 * std::atan2(dy, dx) + 0.02 * z));
  const bool body = x * x / 32400.0 + y * y / 14400.0 < 1.0;
  return (core + bath) * (body ? 1.0 : 0.02) + (body ? 0.2 * std::exp(-dz * dz / 8100.0) : 0.0);
}

}  // namespace

FullSize::FullSize(double finer, std::size_t structures, double voxel_mm) {
  Maker make{*this, finer, structures};
  make.blob(make.add("Liver", "ORGAN"), -70, -10, 15, 81, 60, 64, 300, 3, 0.03, 2.6);
  make.blob(make.add("GTV", "GTV"), -75, -5, 20, 17, 16, 15, 120, 5, 0.02);
  make.blob(make.add("CTV", "CTV"), -75, -5, 20, 22, 21, 20, 140, 5, 0.02);
  make.blob(make.add("PTV", "PTV"), -75, -5, 20, 27, 26, 27, 160, 5, 0.02);
  make.tube(make.add("SpinalCord", "ORGAN"), 0, 62, 3, 6.5, 100, 0, kSlices, 7);
  make.blob(make.add("Kidney_L", "ORGAN"), 62, 42, -45, 27, 30, 58, 160, 8, 0.03);
  make.blob(make.add("Kidney_R", "ORGAN"), -60, 45, -55, 27, 30, 58, 160, 9, 0.03);
  make.blob(make.add("Stomach", "ORGAN"), 60, -45, 30, 50, 38, 55, 220, 10, 0.03);
  make.tube(make.add("Duodenum", "ORGAN"), -10, -10, 10, 14, 120, 30, 66, 12);
  if (Roi* colon = make.add("Colon", "ORGAN")) {
    make.tube(colon, -110, 15, 4, 22, 180, 8, 40, 13);
    make.tube(colon, 118, 5, 4, 22, 180, 8, 75, 14);
    make.tube(colon, 0, -78, 10, 20, 180, 22, 40, 15);
  }
  if (Roi* both = make.add("Liver-GTV", "ORGAN")) {
    both->rings = rois[0].rings;
    both->rings.insert(both->rings.end(), rois[1].rings.begin(), rois[1].rings.end());
  }
  make.blob(make.add("External", "EXTERNAL"), 0, 0, 0, 178, 118, 700, 400, 11, 0.005);

  const double scale = spacing_mm / voxel_mm;
  for (auto& n : size) n = static_cast<std::uint32_t>(std::lround(n * scale));
  spacing_mm = voxel_mm;
  for (std::uint32_t p = 0; p < size[2]; ++p) offsets_mm.push_back(spacing_mm * p);
  const auto fill = [&](std::vector<float>& values, double dx, double dy, double dz, double factor) {
    values.reserve(std::size_t{size[0]} * size[1] * size[2]);
    for (std::uint32_t k = 0; k < size[2]; ++k) {
      for (std::uint32_t j = 0; j < size[1]; ++j) {
        for (std::uint32_t i = 0; i < size[0]; ++i) {
          values.push_back(
              static_cast<float>(factor * dose_at(first_mm[0] + spacing_mm * i - dx, first_mm[1] + spacing_mm * j - dy,
                                                  first_mm[2] + spacing_mm * k - dz)));
        }
      }
    }
  };
  fill(dose, 0.0, 0.0, 0.0, 1.0);
  fill(moved_dose, 1.0, 0.5, 0.5, 1.005);
  const std::string points = R"("finalMetersetWeight":1,"points":[{"metersetWeight":0,"gantryDegrees":0,"aperture":1},
    {"metersetWeight":0.4,"gantryDegrees":90,"aperture":2},{"metersetWeight":1,"gantryDegrees":180,"aperture":3}])";
  plan_json = R"({"label":"full size","modality":"RTPLAN","approvalStatus":"UNAPPROVED",
    "doseReferences":[{"number":1,"structureType":"VOLUME","type":"TARGET","roiNumber":4,"targetPrescriptionDoseGy":45}],
    "fractionGroups":[{"number":1,"fractionsPlanned":15,"beams":[{"beamNumber":1,"beamDoseGy":1.5,"beamMeterset":210},
      {"beamNumber":2,"beamDoseGy":1.5,"beamMeterset":205}]}],
    "beams":[{"number":1,"name":"A","type":"DYNAMIC","radiationType":"PHOTON","controlPoints":3,)" +
              points + R"(},
             {"number":2,"name":"B","type":"DYNAMIC","radiationType":"PHOTON","controlPoints":3,)" +
              points + R"(}]})";
}

std::size_t FullSize::points() const {
  std::size_t sum = 0;
  for (const auto& roi : rois) {
    for (const auto& r : roi.rings) sum += r.points_mm.size() / 3;
  }
  return sum;
}

void FullSize::set_structure(Case& c, const Roi& roi) const {
  std::vector<dosegate_contour> contours;
  contours.reserve(roi.rings.size());
  for (const auto& r : roi.rings) {
    contours.push_back({r.points_mm.data(), r.points_mm.size() / 3, DOSEGATE_CONTOUR_CLOSED_PLANAR, 0});
  }
  dosegate_structure s{};
  s.roi_number = roi.number;
  s.name = roi.name.c_str();
  s.interpreted_type = roi.type.c_str();
  s.frame_of_reference_uid = kFrame;
  s.contours = contours.data();
  s.contour_count = contours.size();
  c.set_structure(s);
}

dosegate_dose FullSize::dose_struct(const std::vector<float>& values) const {
  dosegate_dose d{};
  d.value_type = DOSEGATE_VALUES_FLOAT32;
  d.values = values.data();
  d.value_count = values.size();
  d.scaling = 1.0;
  d.units = DOSEGATE_UNITS_GY;
  d.dose_type = DOSEGATE_DOSE_PHYSICAL;
  d.summation = DOSEGATE_SUMMATION_PLAN;
  d.columns = size[0];
  d.rows = size[1];
  d.planes = size[2];
  for (std::size_t a = 0; a < 3; ++a) d.position_mm[a] = first_mm[a];
  d.row_cosines[0] = 1.0;
  d.column_cosines[1] = 1.0;
  d.row_spacing_mm = d.column_spacing_mm = spacing_mm;
  d.plane_offsets_mm = offsets_mm.data();
  d.frame_of_reference_uid = kFrame;
  return d;
}

void FullSize::set(Case& c) const {
  c.set_plan(plan_json);
  c.set_options(R"({"scope":"PLAN_ONLY"})");  // no record
  for (const auto& roi : rois) set_structure(c, roi);
  c.set_dose(dose_struct(dose));
}

}  // namespace dosegate::bench
