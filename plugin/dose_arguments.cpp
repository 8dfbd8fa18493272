#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/plan/name_in_case.h"
#include "plugin/argument_checks.h"
#include "plugin/arguments.h"

namespace dosegate::plugin {
namespace {

// The sizes of version 1.
constexpr std::uint32_t kFirstDose = offsetof(dosegate_dose, name_in_case);
constexpr std::uint32_t kFirstDosePlanes = offsetof(dosegate_dose_planes, name_in_case);
static_assert(kFirstDose == 168 && kFirstDosePlanes == 32);

// The plans that a dose says it sums.
Result<std::vector<std::string>> read_plans(const dosegate_dose& d) {
  std::vector<std::string> out;
  const std::uint64_t count = later(d, &dosegate_dose::plan_count);
  const char* const* const plans = later(d, &dosegate_dose::plans);
  if (count > kMostHeld) {
    return too_large("dose.plan_count", "is " + std::to_string(count) + "; a dose may name 64 plans.");
  }
  if (count > 0 && plans == nullptr) return bad_argument("dose.plans", "is NULL, but plan_count is not 0.");
  if (!is_aligned(plans, alignof(const char*))) return bad_argument("dose.plans", "is not aligned.");
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string path = "dose.plans[" + std::to_string(i) + "]";
    Result<std::string> name = read_name(plans[i], path);
    if (!name) return name.error();
    if (name->empty()) return bad_data(path, "is empty. Give the plan a name in the case, or state no plan.");
    out.push_back(*std::move(name));
  }
  return out;
}

}  // namespace

Result<DoseDescription> read_dose(const dosegate_dose* d, DoseUse use) {
  const Status st = check_struct(d, kFirstDose, sizeof *d, alignof(dosegate_dose), "dose");
  if (!st) return st.error();
  struct Enum {
    std::int32_t value, last;
    const char* path;
  };
  const std::array<Enum, 4> enums = {{{d->value_type, DOSEGATE_VALUES_UINT32, "dose.value_type"},
                                      {d->units, DOSEGATE_UNITS_RELATIVE, "dose.units"},
                                      {d->dose_type, DOSEGATE_DOSE_ERROR, "dose.dose_type"},
                                      {d->summation, DOSEGATE_SUMMATION_OTHER, "dose.summation"}}};
  for (const Enum& e : enums) {
    if (!in_range(e.value, 1, e.last)) return bad_enum(e.path, e.value, e.last);
  }
  DoseDescription out;
  Result<std::string> frame = read_c_text(d->frame_of_reference_uid, kMaxName, "dose.frame_of_reference_uid");
  if (!frame) return frame.error();
  out.frame_of_reference_uid = *std::move(frame);
  Result<std::string> defect = read_c_text(d->defect, kMaxSentence, "dose.defect");
  if (!defect) return defect.error();
  out.defect = *std::move(defect);
  if (d->defect != nullptr && out.defect.empty()) {
    out.defect = "The planning system marks this dose as unusable without saying why.";
  }

  if (const Result<DoseLabel> label = read_label(*d); !label) return label.error();
  out.value_type = static_cast<DoseValueType>(d->value_type);
  out.units = static_cast<DoseUnits>(d->units);
  out.type = static_cast<DoseType>(d->dose_type);
  out.summation = static_cast<DoseSummation>(d->summation);
  // Without values a dose with a defect says only that; its geometry need not be there.
  if (d->values == nullptr && d->defect != nullptr) return out;

  const bool has_values = use != DoseUse::kExpected;
  if (has_values && d->values == nullptr) return bad_argument("dose.values", "is NULL, and no defect is stated.");
  if (d->plane_offsets_mm == nullptr) return bad_argument("dose.plane_offsets_mm", "is NULL.");
  if (!is_aligned(d->plane_offsets_mm, alignof(double))) {
    return bad_argument("dose.plane_offsets_mm", "is not aligned.");
  }
  const std::uint64_t per_plane = std::uint64_t{d->columns} * d->rows;  // two factors of 32 bits
  if (per_plane > kMaxVoxels || (d->planes > 0 && per_plane > kMaxVoxels / d->planes)) {
    return too_large("dose.planes", "The dose grid of " + std::to_string(d->columns) + " x " + std::to_string(d->rows) +
                                        " x " + std::to_string(d->planes) +
                                        " voxels has more than 268435456. Export it with a coarser spacing.");
  }
  const std::uint32_t least = use == DoseUse::kComparison ? 1 : 2;
  if (d->columns < least || d->rows < least || d->planes < 1) {
    return bad_data("dose.columns", "The dose grid of " + std::to_string(d->columns) + " x " + std::to_string(d->rows) +
                                        " x " + std::to_string(d->planes) + " voxels needs " +
                                        (least == 2 ? "2 columns, 2 rows" : "a column, a row") +
                                        " and a plane at least.");
  }
  if (has_values && d->value_count != per_plane * d->planes) {
    return bad_data("dose.value_count", "is " + std::to_string(d->value_count) + ", but columns x rows x planes = " +
                                            std::to_string(per_plane * d->planes) + ".");
  }
  out.values = has_values ? d->values : nullptr;
  out.value_count = has_values ? d->value_count : 0;
  out.scaling = d->scaling;
  out.columns = d->columns;
  out.rows = d->rows;
  out.planes = d->planes;
  out.position_mm = {d->position_mm[0], d->position_mm[1], d->position_mm[2]};
  out.row_cosines = {d->row_cosines[0], d->row_cosines[1], d->row_cosines[2]};
  out.column_cosines = {d->column_cosines[0], d->column_cosines[1], d->column_cosines[2]};
  out.row_spacing_mm = d->row_spacing_mm;
  out.column_spacing_mm = d->column_spacing_mm;
  out.plane_offsets_mm = d->plane_offsets_mm;
  return out;
}

Result<DosePoints> read_dose_points(const dosegate_dose_points* p) {
  const std::string path = "reference_points";
  if (const Status st = check_struct(p, path); !st) return st.error();
  if (p->reserved != 0) return bad_argument(path + ".reserved", "must be 0.");
  Result<std::string> frame = read_c_text(p->frame_of_reference_uid, kMaxName, path + ".frame_of_reference_uid");
  if (!frame) return frame.error();
  if (p->count == 0) return bad_data(path + ".count", "is 0: there is nothing to compare.");
  if (p->count > kMaxVoxels) return too_large(path + ".count", "is over 268435456.");
  struct Values {
    const double* at;
    const char* name;
  };
  for (const Values& v : {Values{p->points_mm, ".points_mm"}, Values{p->gy, ".gy"}}) {
    if (v.at == nullptr) return bad_argument(path + v.name, "is NULL.");
    if (!is_aligned(v.at, alignof(double))) return bad_argument(path + v.name, "is not aligned.");
  }
  for (std::uint64_t i = 0; i < p->count; ++i) {
    const auto number = [i] { return "[" + std::to_string(i) + "]"; };
    for (std::uint64_t a = 0; a < 3; ++a) {
      // Negated, so that NaN is refused.
      if (!(std::abs(p->points_mm[3 * i + a]) <= kMaxCoordinateMm)) {
        return bad_data(path + ".points_mm" + number(), "is not finite, or over 100 m away.");
      }
    }
    if (!(p->gy[i] >= 0.0 && p->gy[i] <= 1e6)) {
      return bad_data(path + ".gy" + number(), "is not a number, negative or over 1000000 Gy.");
    }
  }
  DosePoints out;
  out.frame_of_reference_uid = *std::move(frame);
  out.at_mm.reserve(p->count);
  out.gy.reserve(p->count);
  for (std::uint64_t i = 0; i < p->count; ++i) {
    const double* at = p->points_mm + 3 * i;
    out.at_mm.emplace_back(at[0], at[1], at[2]);
    out.gy.push_back(static_cast<float>(p->gy[i]));
  }
  return out;
}

Result<DoseLabel> read_label(const dosegate_dose& d) {
  Result<std::string> name = read_name(later(d, &dosegate_dose::name_in_case), "dose.name_in_case");
  if (!name) return name.error();
  Result<std::string> set = read_name(later(d, &dosegate_dose::structure_set), "dose.structure_set");
  if (!set) return set.error();
  Result<std::vector<std::string>> plans = read_plans(d);
  if (!plans) return plans.error();
  return DoseLabel{*std::move(name), *std::move(plans), *std::move(set)};
}

Result<std::string> check_dose_planes(const dosegate_dose_planes* p) {
  const Status st = check_struct(p, kFirstDosePlanes, sizeof *p, alignof(dosegate_dose_planes), "dose_planes");
  if (!st) return st.error();
  if (!in_range(p->value_type, 1, DOSEGATE_VALUES_UINT32)) {
    return bad_enum("dose_planes.value_type", p->value_type, DOSEGATE_VALUES_UINT32);
  }
  if (p->values == nullptr) return bad_argument("dose_planes.values", "is NULL.");
  return read_name(later(*p, &dosegate_dose_planes::name_in_case), "dose_planes.name_in_case");
}

}  // namespace dosegate::plugin
