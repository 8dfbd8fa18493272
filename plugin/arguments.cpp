#include "plugin/arguments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "plugin/argument_checks.h"

namespace dosegate::plugin {
namespace {

// The layout of ABI version 1 on every 64-bit machine. When a struct grows, its size of version 1 gets a name here
// and takes the place of sizeof in check_struct.
static_assert(sizeof(dosegate_host) == 48 && sizeof(dosegate_contour) == 24 && sizeof(dosegate_structure) == 72 &&
              sizeof(dosegate_dose) == 200 && sizeof(dosegate_dose_planes) == 40 &&
              sizeof(dosegate_negotiate_in) == 16 && sizeof(dosegate_slices) == 32 &&
              offsetof(dosegate_api, case_set_record) == 224 && offsetof(dosegate_api, case_set_slices) == 232 &&
              sizeof(dosegate_api) == 280);
constexpr std::uint32_t kFirstStructure = offsetof(dosegate_structure, slab_thickness_mm);
static_assert(kFirstStructure == 56);

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

}  // namespace dosegate::plugin
