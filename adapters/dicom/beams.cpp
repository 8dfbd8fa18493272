// Doses of single beams, summed (dose.h).
#include <algorithm>
#include <cmath>
#include <cstring>

#include "adapters/dicom/dose.h"
#include "dosegate/dosegate.h"

namespace dosegate::dicom {
namespace {

// How far a voxel of one beam's grid may lie from the same voxel of another's: what rounding in decimal strings can do.
constexpr double kGridTolerance = 1e-3;  // mm

// Judged over the whole grid: two cosines or spacings that differ by 1e-4 are 0.05 mm apart at 500 mm.
bool same_grid(const Dose& a, const Dose& b) {
  if (a.columns != b.columns || a.rows != b.rows || a.planes != b.planes ||
      a.plane_offsets_mm.size() != b.plane_offsets_mm.size() || a.frame_of_reference_uid != b.frame_of_reference_uid) {
    return false;
  }
  const auto normal = [](const Dose& d, std::size_t i) {
    const std::size_t j = (i + 1) % 3, k = (i + 2) % 3;
    return d.row_cosines[j] * d.column_cosines[k] - d.row_cosines[k] * d.column_cosines[j];
  };
  double square = 0.0;
  for (std::size_t i = 0; i < 3; ++i) {
    double planes = 0.0;
    for (std::size_t p = 0; p < a.plane_offsets_mm.size(); ++p) {
      planes = std::max(planes, std::abs(a.plane_offsets_mm[p] * normal(a, i) - b.plane_offsets_mm[p] * normal(b, i)));
    }
    const double columns = a.column_spacing_mm * a.row_cosines[i] - b.column_spacing_mm * b.row_cosines[i],
                 rows = a.row_spacing_mm * a.column_cosines[i] - b.row_spacing_mm * b.column_cosines[i];
    const double off = std::abs(a.position_mm[i] - b.position_mm[i]) + (a.columns - 1.0) * std::abs(columns) +
                       (a.rows - 1.0) * std::abs(rows) + planes;
    square += off * off;
  }
  return std::sqrt(square) <= kGridTolerance;
}

double value_at(const Dose& dose, std::uint64_t i) {
  if (dose.value_type == DOSEGATE_VALUES_UINT16) {
    std::uint16_t value = 0;
    std::memcpy(&value, dose.values.data() + i * sizeof value, sizeof value);
    return dose.scaling * value;
  }
  std::uint32_t value = 0;
  std::memcpy(&value, dose.values.data() + i * sizeof value, sizeof value);
  return dose.scaling * value;
}

}  // namespace

Dose sum_beams(const std::vector<BeamDose>& doses, const std::optional<v1::Plan>& plan, const ReadOptions& options) {
  Dose sum;
  std::vector<double> total;
  for (const BeamDose& part : doses) {
    const bool first = &part == &doses.front();
    if (!part.object->is_loaded()) part.object->reload(options);
    Dose dose = read_dose(*part.object, options.limits);
    if (options.inputs == Inputs::kListed) part.object->sha256(options);  // while its bytes are here
    if (doses.size() > 1) part.object->release_bytes();

    const std::string files = " (" + doses.front().object->name() + ", " + part.object->name() + ")";
    std::string defect = dose.defect;
    if (!first && defect.empty() && !same_grid(sum, dose)) {
      defect = "The doses of single beams are on different grids" + files + ", so they cannot be summed.";
    }
    if (!first && defect.empty() && (sum.units != dose.units || sum.dose_type != dose.dose_type)) {
      defect = "The doses of single beams differ in Dose Units or Dose Type" + files + ", so they cannot be summed.";
    }
    if (defect.empty()) {
      total.resize(dose.value_count);
      for (std::uint64_t i = 0; i < dose.value_count; ++i) total[i] += value_at(dose, i);
    }
    const bool as_water = sum.as_water || dose.as_water, is_moved = sum.is_moved || dose.is_moved;
    if (first) {
      sum = std::move(dose);
      sum.values = {};
    }
    sum.as_water = as_water;
    sum.is_moved = is_moved;
    sum.defect = defect;
    if (!defect.empty()) break;
  }
  sum.scaling = 1.0;
  sum.value_type = DOSEGATE_VALUES_FLOAT64;
  sum.summation = DOSEGATE_SUMMATION_BEAMS;
  if (!sum.defect.empty()) return sum;
  const auto kept = std::make_shared<const std::vector<double>>(std::move(total));
  sum.values = SharedBytes({kept, reinterpret_cast<const std::byte*>(kept->data())}, kept->size() * sizeof(double));
  std::vector<BeamsOfDose> covered;
  for (const BeamDose& part : doses) covered.push_back({part.object->name(), part.beams});
  sum.defect = coverage_defect(covered, plan);
  return sum;
}

}  // namespace dosegate::dicom
