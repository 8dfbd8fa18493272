#include "adapters/panel/scene.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace dosegate::panel {

std::vector<dicom::Structure> structures_of(const v1::FollowSessionsResponse::Contours& contours) {
  std::vector<dicom::Structure> all;
  for (const v1::Structure& from : contours.structures()) {
    dicom::Structure s;
    s.roi_number = from.roi_number();
    s.name = from.name();
    s.interpreted_type = from.interpreted_type();
    s.frame_of_reference_uid = from.frame_of_reference_uid();
    s.defect = from.defect();
    s.slab_thickness_mm = from.slab_thickness_mm();
    for (const v1::Contour& c : from.contours()) {
      s.contours.push_back(
          {static_cast<std::int32_t>(c.geometric_type()), {c.points_mm().begin(), c.points_mm().end()}});
    }
    all.push_back(std::move(s));
  }
  return all;
}

std::optional<dicom::Dose> dose_of(const v1::FollowSessionsResponse::KeptDose& from) {
  const v1::DoseHeader& h = from.header();
  const bool fits = h.position_mm_size() == 3 && h.row_cosines_size() == 3 && h.column_cosines_size() == 3 &&
                    h.plane_offsets_mm_size() == static_cast<int>(h.planes()) && !h.has_defect();
  if (from.values().empty() || !fits) return std::nullopt;
  dicom::Dose d;
  d.value_type = static_cast<std::int32_t>(h.values().type());
  dicom::NewBytes bytes(from.values().size());
  std::memcpy(bytes.data(), from.values().data(), bytes.size());
  d.values = std::move(bytes).share();
  d.value_count = std::uint64_t{h.columns()} * h.rows() * h.planes();
  d.scaling = h.scaling();
  d.units = static_cast<std::int32_t>(h.units());
  d.dose_type = static_cast<std::int32_t>(h.dose_type());
  d.summation = static_cast<std::int32_t>(h.summation());
  d.columns = h.columns();
  d.rows = h.rows();
  d.planes = h.planes();
  std::copy_n(h.position_mm().begin(), 3, d.position_mm.begin());
  std::copy_n(h.row_cosines().begin(), 3, d.row_cosines.begin());
  std::copy_n(h.column_cosines().begin(), 3, d.column_cosines.begin());
  d.row_spacing_mm = h.row_spacing_mm();
  d.column_spacing_mm = h.column_spacing_mm();
  d.plane_offsets_mm.assign(h.plane_offsets_mm().begin(), h.plane_offsets_mm().end());
  d.frame_of_reference_uid = h.frame_of_reference_uid();
  return d;
}

}  // namespace dosegate::panel
