#include "adapters/dicom/to_case.h"

#include <google/protobuf/util/json_util.h>

namespace dosegate::dicom {
namespace {

void set_structure(const Structure& from, dosegate::Case& to) {
  std::vector<dosegate_contour> contours;
  contours.reserve(from.contours.size());
  for (const Contour& contour : from.contours) {
    contours.push_back({contour.points_mm.data(), contour.points_mm.size() / 3, contour.geometric_type, 0});
  }
  dosegate_structure structure{};
  structure.roi_number = from.roi_number;
  const char* const name = c_text(from.name, "structure.name");
  structure.name = name == nullptr ? "" : name;
  structure.interpreted_type = c_text(from.interpreted_type, "structure.interpreted_type");
  structure.frame_of_reference_uid = c_text(from.frame_of_reference_uid, "structure.frame_of_reference_uid");
  structure.contours = contours.empty() ? nullptr : contours.data();
  structure.contour_count = contours.size();
  structure.defect = c_text(from.defect, "structure.defect");
  structure.slab_thickness_mm = from.slab_thickness_mm;
  to.set_structure(structure);
}

void set_slices(const Slices& from, dosegate::Case& to) {
  dosegate_slices slices{};
  slices.axis = from.axis;
  slices.frame_of_reference_uid = c_text(from.frame_of_reference_uid, "slices.frame_of_reference_uid");
  slices.at_mm = from.at_mm.data();
  slices.count = from.at_mm.size();
  to.set_slices(slices);
}

}  // namespace

dosegate_dose view_of(const Dose& from) {
  dosegate_dose dose{};
  dose.struct_size = sizeof dose;
  dose.value_type = from.value_type;
  dose.values = from.values.empty() ? nullptr : from.values.data();
  dose.value_count = from.value_count;
  dose.scaling = from.scaling;
  dose.units = from.units;
  dose.dose_type = from.dose_type;
  dose.summation = from.summation;
  dose.columns = from.columns;
  dose.rows = from.rows;
  dose.planes = from.planes;
  for (std::size_t i = 0; i < 3; ++i) {
    dose.position_mm[i] = from.position_mm[i];
    dose.row_cosines[i] = from.row_cosines[i];
    dose.column_cosines[i] = from.column_cosines[i];
  }
  dose.row_spacing_mm = from.row_spacing_mm;
  dose.column_spacing_mm = from.column_spacing_mm;
  dose.plane_offsets_mm = from.plane_offsets_mm.data();
  dose.frame_of_reference_uid = c_text(from.frame_of_reference_uid, "dose.frame_of_reference_uid");
  dose.defect = c_text(from.defect, "dose.defect");
  return dose;
}

void hand_over(RtCase& from, dosegate::Case& to) {
  if (from.plan) {
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(*from.plan, &json).ok()) {
      throw PluginError(DOSEGATE_INTERNAL, "", "the plan cannot be written as JSON");
    }
    to.set_plan(json);
  }
  for (Structure& structure : from.structures) {
    set_structure(structure, to);
    structure.contours = {};
  }
  for (const Slices& slices : from.slices) set_slices(slices, to);
  if (from.dose) {
    to.set_dose(view_of(*from.dose));
    from.dose->values = {};
  }
}

void add_to_options(const RtCase& from, v1::CaseOptions& to) {
  for (const v1::Input& input : from.inputs) *to.add_inputs() = input;
  for (const v1::Sentences& note : from.notes) *to.add_note_sentences() = note;
}

}  // namespace dosegate::dicom
