#include "tests/platforms/recorder/writing.h"

namespace recorder {
namespace {

std::uint64_t size_of_values(std::int32_t type) {
  switch (type) {
    case DOSEGATE_VALUES_FLOAT64:
      return 8;
    case DOSEGATE_VALUES_UINT16:
      return 2;
    default:
      return 4;
  }
}

}  // namespace

void Writing::structure(const dosegate_structure& given) {
  const dosegate_structure s = whole(given);
  number(s.roi_number);
  text(s.name), text(s.interpreted_type), text(s.frame_of_reference_uid);
  number(s.contour_count);
  for (std::uint64_t i = 0; i < s.contour_count; ++i) {
    const dosegate_contour& c = s.contours[i];
    blob(c.points_mm, c.point_count * 3 * sizeof(double));
    number(c.geometric_type), number(c.reserved);
  }
  text(s.defect);
  number(s.slab_thickness_mm);
  text(s.structure_set);
}

void Writing::slices(const dosegate_slices& given) {
  const dosegate_slices s = whole(given);
  number(s.axis);
  text(s.frame_of_reference_uid);
  blob(s.at_mm, s.count * sizeof(double));
}

void Writing::dose(const dosegate_dose& given) {
  const dosegate_dose d = whole(given);
  number(d.value_type);
  blob(d.values, d.value_count * size_of_values(d.value_type));
  number(d.value_count), number(d.scaling);
  number(d.units), number(d.dose_type), number(d.summation);
  number(d.columns), number(d.rows), number(d.planes);
  for (const double* v : {d.position_mm, d.row_cosines, d.column_cosines}) {
    for (int i = 0; i < 3; ++i) number(v[i]);
  }
  number(d.row_spacing_mm), number(d.column_spacing_mm);
  blob(d.plane_offsets_mm, d.planes * sizeof(double));
  text(d.frame_of_reference_uid), text(d.defect), text(d.name_in_case);
  number(d.plan_count);
  for (std::uint64_t i = 0; i < d.plan_count; ++i) text(d.plans[i]);
  text(d.structure_set);
}

void Writing::points(const dosegate_dose_points& given) {
  blob(given.points_mm, given.count * 3 * sizeof(double));
  blob(given.gy, given.count * sizeof(double));
  number(given.count);
  text(given.frame_of_reference_uid);
}

}  // namespace recorder
