#include "adapters/remote/messages.h"

#include "adapters/support/openssl_sha256.h"

namespace dosegate::remote {

v1::Structure message_of(const dicom::Structure& structure) {
  v1::Structure s;
  s.set_roi_number(structure.roi_number);
  s.set_name(structure.name);
  s.set_interpreted_type(structure.interpreted_type);
  s.set_frame_of_reference_uid(structure.frame_of_reference_uid);
  if (!structure.defect.empty()) s.set_defect(structure.defect);
  s.set_slab_thickness_mm(structure.slab_thickness_mm);
  for (const dicom::Contour& contour : structure.contours) {
    v1::Contour& c = *s.add_contours();
    c.set_geometric_type(static_cast<v1::Contour::GeometricType>(contour.geometric_type));
    c.mutable_points_mm()->Assign(contour.points_mm.begin(), contour.points_mm.end());
  }
  return s;
}

v1::Slices message_of(const dicom::Slices& slices) {
  v1::Slices s;
  s.set_frame_of_reference_uid(slices.frame_of_reference_uid);
  s.set_axis(static_cast<v1::Slices::Axis>(static_cast<int>(v1::Slices::X) + slices.axis));
  s.mutable_at_mm()->Assign(slices.at_mm.begin(), slices.at_mm.end());
  return s;
}

v1::DoseHeader header_of(const dicom::Dose& dose) {
  v1::DoseHeader h;
  v1::DoseValues& values = *h.mutable_values();
  values.set_type(static_cast<v1::DoseValues::Type>(dose.value_type));
  values.set_size_bytes(dose.values.size());
  values.set_sha256(support::openssl_sha256_of(dose.values.data(), dose.values.size()));
  h.set_scaling(dose.scaling);
  h.set_units(static_cast<v1::DoseHeader::Units>(dose.units));
  h.set_dose_type(static_cast<v1::DoseHeader::DoseType>(dose.dose_type));
  h.set_summation(static_cast<v1::DoseHeader::Summation>(dose.summation));
  h.set_columns(dose.columns);
  h.set_rows(dose.rows);
  h.set_planes(dose.planes);
  h.mutable_position_mm()->Assign(dose.position_mm.begin(), dose.position_mm.end());
  h.mutable_row_cosines()->Assign(dose.row_cosines.begin(), dose.row_cosines.end());
  h.mutable_column_cosines()->Assign(dose.column_cosines.begin(), dose.column_cosines.end());
  h.set_row_spacing_mm(dose.row_spacing_mm);
  h.set_column_spacing_mm(dose.column_spacing_mm);
  h.mutable_plane_offsets_mm()->Assign(dose.plane_offsets_mm.begin(), dose.plane_offsets_mm.end());
  h.set_frame_of_reference_uid(dose.frame_of_reference_uid);
  if (!dose.defect.empty()) h.set_defect(dose.defect);
  return h;
}

}  // namespace dosegate::remote
