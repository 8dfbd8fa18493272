#include "plugin/arguments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <optional>
#include <utility>

#include "core/json/utf8.h"
#include "core/plan/name_in_case.h"

namespace dosegate::plugin {
namespace {

// The layout of ABI version 1 on every 64-bit machine. When a struct grows, its size of version 1 gets a name here
// and takes the place of sizeof in check_struct.
static_assert(sizeof(dosegate_host) == 48 && sizeof(dosegate_contour) == 24 && sizeof(dosegate_structure) == 72 &&
              sizeof(dosegate_dose) == 200 && sizeof(dosegate_dose_planes) == 40 &&
              sizeof(dosegate_negotiate_in) == 16 && sizeof(dosegate_slices) == 32 &&
              offsetof(dosegate_api, case_set_record) == 224 && offsetof(dosegate_api, case_set_slices) == 232 &&
              sizeof(dosegate_api) == 272);
constexpr std::uint32_t kFirstStructure = offsetof(dosegate_structure, slab_thickness_mm);
constexpr std::uint32_t kFirstDose = offsetof(dosegate_dose, name_in_case);
constexpr std::uint32_t kFirstDosePlanes = offsetof(dosegate_dose_planes, name_in_case);
static_assert(kFirstStructure == 56 && kFirstDose == 168 && kFirstDosePlanes == 32);

// A field that the host's struct, by its struct_size, may end before: absent, it is zero.
template <typename T, typename M>
M later(const T& s, M T::*field) {
  const auto* at = reinterpret_cast<const char*>(&(s.*field));
  const auto end = static_cast<std::size_t>(at - reinterpret_cast<const char*>(&s)) + sizeof(M);
  return s.struct_size >= end ? s.*field : M{};
}

// A struct_size beyond this is no struct of ours but garbage.
constexpr std::uint32_t kMaxStruct = 4096;

Error bad_argument(std::string path, std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(path), std::move(message)};
}
Error bad_data(std::string path, std::string message) {
  return Error{ErrorCode::kInvalidData, std::move(path), std::move(message)};
}
Error too_large(std::string path, std::string message) {
  return Error{ErrorCode::kLimitExceeded, std::move(path), std::move(message)};
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t n = utf8_length(text.substr(at));
    if (n == 0) return at;
    at += n;
  }
  return std::nullopt;
}

Error not_utf8(std::string path, std::size_t at) {
  return bad_data(std::move(path),
                  "is not valid UTF-8 at byte " + std::to_string(at + 1) +
                      ". Convert it from its character set (Specific Character Set, 0008,0005) first.");
}

// A NUL-terminated text; NULL gives an empty one.
Result<std::string> read_c_text(const char* text, std::size_t limit, const std::string& path) {
  if (text == nullptr) return std::string();
  const std::size_t size = ::strnlen(text, limit + 1);
  if (size > limit) return too_large(path, "is longer than " + std::to_string(limit) + " bytes.");
  std::string copy(text, size);
  if (const auto at = first_invalid_utf8(copy)) return not_utf8(path, *at);
  return copy;
}

bool in_range(std::int32_t value, std::int32_t first, std::int32_t last) { return value >= first && value <= last; }

Error bad_enum(const std::string& path, std::int32_t value, std::int32_t last) {
  return bad_argument(path, "is " + std::to_string(value) + "; the values are 1 to " + std::to_string(last) + ".");
}

bool is_aligned(const void* p, std::size_t alignment) { return reinterpret_cast<std::uintptr_t>(p) % alignment == 0; }

// Sizes first, so that nothing is copied of a structure that is refused.
Status check_contours(const dosegate_structure& s) {
  if (s.contour_count > kMaxContours) {
    return too_large("structure.contour_count",
                     "is " + std::to_string(s.contour_count) + "; a structure may have 1000000 contours.");
  }
  if (s.contour_count > 0 && s.contours == nullptr) {
    return bad_argument("structure.contours", "is NULL, but contour_count is not 0.");
  }
  if (!is_aligned(s.contours, alignof(dosegate_contour))) {
    return bad_argument("structure.contours", "is not aligned.");
  }
  std::uint64_t points = 0;
  for (std::uint64_t i = 0; i < s.contour_count; ++i) {
    const dosegate_contour& c = s.contours[i];
    const std::string path = "structure.contours[" + std::to_string(i) + "].";
    if (c.point_count > kMaxPoints || (points += c.point_count) > kMaxPoints) {
      return too_large(path + "point_count", "is " + std::to_string(c.point_count) +
                                                 "; a structure may have 10000000 points in all its contours.");
    }
    if (c.point_count > 0 && c.points_mm == nullptr) {
      return bad_argument(path + "points_mm", "is NULL, but point_count is not 0.");
    }
    if (!is_aligned(c.points_mm, alignof(double))) return bad_argument(path + "points_mm", "is not aligned.");
    if (!in_range(c.geometric_type, DOSEGATE_CONTOUR_CLOSED_PLANAR, DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR)) {
      return bad_enum(path + "geometric_type", c.geometric_type, DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR);
    }
    if (c.reserved != 0) return bad_argument(path + "reserved", "must be 0.");
  }
  return ok();
}

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

Result<Contour> read_contour(const dosegate_contour& c, std::uint64_t index, const std::string& roi) {
  Contour contour;
  contour.type = static_cast<ContourType>(c.geometric_type);
  contour.points.reserve(c.point_count);
  for (std::uint64_t p = 0; p < c.point_count; ++p) {
    const double* xyz = c.points_mm + 3 * p;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (std::isfinite(xyz[axis]) && std::abs(xyz[axis]) <= kMaxCoordinateMm) continue;
      const bool finite = std::isfinite(xyz[axis]);
      return bad_data(
          "structure.contours[" + std::to_string(index) + "].points_mm[" + std::to_string(3 * p + axis) + "]",
          "ROI '" + roi + "', contour " + std::to_string(index + 1) + ", point " + std::to_string(p + 1) + ": the " +
              "xyz"[axis] + " coordinate is " + (finite ? "more than 100 m from the origin" : "not a finite number") +
              ". Export the structure again.");
    }
    contour.points.emplace_back(xyz[0], xyz[1], xyz[2]);
  }
  return contour;
}

}  // namespace

Status check_struct(const void* data, std::uint32_t first, std::uint32_t known, std::size_t alignment,
                    std::string_view path) {
  const std::string field = std::string(path) + ".struct_size";
  if (data == nullptr) return bad_argument(std::string(path), "is NULL.");
  if (!is_aligned(data, alignment)) return bad_argument(std::string(path), "is not aligned.");
  std::uint32_t size = 0;
  std::memcpy(&size, data, sizeof size);
  if (size < first || size > kMaxStruct) {
    return bad_argument(field, "is " + std::to_string(size) + "; ABI version 1 has " + std::to_string(first) +
                                   " bytes here. Set it to the sizeof of the struct.");
  }
  const auto* bytes = static_cast<const unsigned char*>(data);
  for (std::uint32_t i = known; i < size; ++i) {
    if (bytes[i] != 0) {
      return bad_argument(field, "is " + std::to_string(size) + ", and byte " + std::to_string(i) +
                                     " is set: a field that this version of Dosegate does not know. Leave it zero, "
                                     "or install a newer Dosegate.");
    }
  }
  return ok();
}

Result<std::string> read_name(const char* name, const std::string& path) {
  Result<std::string> text = read_c_text(name, kMaxName, path);
  if (!text) return text;
  if (text->size() > kMostNameBytes) return too_large(path, fault_of_name(*text));
  if (std::string fault = fault_of_name(*text); !fault.empty()) return bad_data(path, std::move(fault));
  return text;
}

Result<std::string_view> read_text(dosegate_text text, std::size_t limit, std::string_view path) {
  if (text.size > limit) {
    return too_large(std::string(path), "The document has " + std::to_string(text.size) + " bytes; " +
                                            std::to_string(limit) + " are accepted.");
  }
  if (text.data == nullptr) {
    if (text.size > 0) return bad_argument(std::string(path) + ".data", "is NULL, but size is not 0.");
    return std::string_view();
  }
  const std::string_view view(text.data, text.size);
  if (const auto at = first_invalid_utf8(view)) return not_utf8(std::string(path), *at);
  return view;
}

Result<OfSet> read_structure(const dosegate_structure* s) {
  const Status checked = check_struct(s, kFirstStructure, sizeof *s, alignof(dosegate_structure), "structure");
  if (!checked) return checked.error();
  if (s->name == nullptr) return bad_argument("structure.name", "is NULL.");
  if (const Status st = check_contours(*s); !st) return st.error();

  Result<std::string> set = read_name(later(*s, &dosegate_structure::structure_set), "structure.structure_set");
  if (!set) return set.error();
  Structure structure;
  structure.roi_number = s->roi_number;
  struct Field {
    const char* from;
    std::string* to;
    std::size_t limit;
    const char* path;
  };
  const std::array<Field, 4> fields = {
      {{s->name, &structure.name, kMaxName, "structure.name"},
       {s->interpreted_type, &structure.interpreted_type, kMaxName, "structure.interpreted_type"},
       {s->frame_of_reference_uid, &structure.frame_of_reference_uid, kMaxName, "structure.frame_of_reference_uid"},
       {s->defect, &structure.defect, kMaxSentence, "structure.defect"}}};
  for (const Field& f : fields) {
    Result<std::string> text = read_c_text(f.from, f.limit, f.path);
    if (!text) return text.error();
    *f.to = *std::move(text);
  }
  // A stated defect without words is a defect all the same.
  if (s->defect != nullptr && structure.defect.empty()) {
    structure.defect = "The planning system marks this structure as unusable without saying why.";
  }
  if (const double slab = later(*s, &dosegate_structure::slab_thickness_mm); slab != 0.0) {
    if (!(slab > 0.0) || slab > kMaxCoordinateMm) {
      return bad_data("structure.slab_thickness_mm",
                      "is no thickness. Leave it 0 where (3006,0044) does not state one.");
    }
    structure.slab_thickness = slab;
  }
  structure.contours.reserve(s->contour_count);
  for (std::uint64_t i = 0; i < s->contour_count; ++i) {
    Result<Contour> contour = read_contour(s->contours[i], i, structure.name);
    if (!contour) return contour.error();
    structure.contours.push_back(*std::move(contour));
  }
  return OfSet{*std::move(set), std::move(structure)};
}

Result<StatedSlices> read_slices(const dosegate_slices* s) {
  if (const Status st = check_struct(s, "slices"); !st) return st.error();
  StatedSlices out;
  if (!in_range(s->axis, 0, 2)) {
    return bad_argument("slices.axis", "is " + std::to_string(s->axis) + "; the values are 0 to 2.");
  }
  out.series.axis = kAxes[static_cast<std::size_t>(s->axis)];
  Result<std::string> frame = read_c_text(s->frame_of_reference_uid, kMaxName, "slices.frame_of_reference_uid");
  if (!frame) return frame.error();
  out.series.frame_of_reference_uid = *std::move(frame);
  if (s->count > kMaxSlices) {
    return too_large("slices.count", "is " + std::to_string(s->count) + "; 100000 slices may be stated.");
  }
  if (s->count > 0 && s->at_mm == nullptr) return bad_argument("slices.at_mm", "is NULL, but count is not 0.");
  if (!is_aligned(s->at_mm, alignof(double))) return bad_argument("slices.at_mm", "is not aligned.");
  for (std::uint64_t i = 0; i < s->count; ++i) {
    if (!std::isfinite(s->at_mm[i]) || std::abs(s->at_mm[i]) > kMaxCoordinateMm) {
      return bad_data("slices.at_mm[" + std::to_string(i) + "]",
                      "is not a finite number, or more than 100 m from the origin.");
    }
  }
  out.at.assign(s->at_mm, s->at_mm + s->count);
  std::sort(out.at.begin(), out.at.end());
  return out;
}

std::uint64_t point_count(const Structure& s) {
  std::uint64_t n = 0;
  for (const Contour& c : s.contours) n += c.points.size();
  return n;
}

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

  if (d->values == nullptr) return bad_argument("dose.values", "is NULL, and no defect is stated.");
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
  const std::uint32_t least = use == DoseUse::kMetrics ? 2 : 1;
  if (d->columns < least || d->rows < least || d->planes < 1) {
    return bad_data("dose.columns", "The dose grid of " + std::to_string(d->columns) + " x " + std::to_string(d->rows) +
                                        " x " + std::to_string(d->planes) + " voxels needs " +
                                        (least == 2 ? "2 columns, 2 rows" : "a column, a row") +
                                        " and a plane at least.");
  }
  if (d->value_count != per_plane * d->planes) {
    return bad_data("dose.value_count", "is " + std::to_string(d->value_count) + ", but columns x rows x planes = " +
                                            std::to_string(per_plane * d->planes) + ".");
  }
  out.values = d->values;
  out.value_count = d->value_count;
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
