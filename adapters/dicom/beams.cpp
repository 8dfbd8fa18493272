// Doses of single beams, summed (dose.h).
#include <cmath>
#include <cstring>

#include "adapters/dicom/dose.h"
#include "dosegate/dosegate.h"

namespace dosegate::dicom {
namespace {

constexpr double kGridTolerance = 1e-4;  // mm: what rounding in a decimal string can do

bool same(double a, double b) { return std::abs(a - b) <= kGridTolerance; }

template <typename Range>
bool same(const Range& a, const Range& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

bool same_grid(const Dose& a, const Dose& b) {
  return a.columns == b.columns && a.rows == b.rows && a.planes == b.planes && same(a.position_mm, b.position_mm) &&
         same(a.row_cosines, b.row_cosines) && same(a.column_cosines, b.column_cosines) &&
         same(a.row_spacing_mm, b.row_spacing_mm) && same(a.column_spacing_mm, b.column_spacing_mm) &&
         same(a.plane_offsets_mm, b.plane_offsets_mm) && a.frame_of_reference_uid == b.frame_of_reference_uid;
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
    const bool as_water = sum.as_water || dose.as_water;
    if (first) {
      sum = std::move(dose);
      sum.values = {};
    }
    sum.as_water = as_water;
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
