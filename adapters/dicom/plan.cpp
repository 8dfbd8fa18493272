#include "adapters/dicom/plan.h"

#include "adapters/dicom/attributes.h"
#include "adapters/dicom/charset.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kSopInstance = 0x00080018U, kModality = 0x00080060U;
constexpr Tag kLabel = 0x300A0002U, kName = 0x300A0003U, kApproval = 0x300E0002U;
constexpr Tag kDoseReferences = 0x300A0010U, kDoseReferenceNumber = 0x300A0012U, kStructureType = 0x300A0014U;
constexpr Tag kDescription = 0x300A0016U, kReferenceType = 0x300A0020U, kReferencedRoi = 0x30060084U;
constexpr Tag kTargetPrescription = 0x300A0026U;
constexpr Tag kFractionGroups = 0x300A0070U, kFractionGroupNumber = 0x300A0071U, kFractionsPlanned = 0x300A0078U;
constexpr Tag kBrachySetups = 0x300A00A0U, kReferencedBeams = 0x300C0004U, kReferencedBeamNumber = 0x300C0006U;
constexpr Tag kBeamDose = 0x300A0084U, kBeamMeterset = 0x300A0086U;
constexpr Tag kBeams = 0x300A00B0U, kIonBeams = 0x300A03A2U, kBeamNumber = 0x300A00C0U, kBeamName = 0x300A00C2U;
constexpr Tag kBeamType = 0x300A00C4U, kRadiationType = 0x300A00C6U, kDeliveryType = 0x300A00CEU;
constexpr Tag kControlPoints = 0x300A0111U, kIonControlPoints = 0x300A03A8U, kControlPointCount = 0x300A0110U;

std::int32_t required_integer(const Item& item, Tag tag) {
  const auto value = item.integer(tag);
  if (!value) fail(item.file(), tag, "is missing", "export the plan again with this attribute");
  return *value;
}

std::string name_of(const Item& item, Tag tag, Charset& charset) {
  const auto found = item.bytes(tag);
  return found ? charset.to_utf8(*found) : "";
}

void read_beams(const Item& data, Tag sequence, Tag control_points, Charset& charset, v1::Plan& plan) {
  for (const Item& item : data.sequence(sequence)) {
    v1::Beam& beam = *plan.add_beams();
    beam.set_number(required_integer(item, kBeamNumber));
    beam.set_name(name_of(item, kBeamName, charset));
    beam.set_type(item.text(kBeamType));
    beam.set_radiation_type(item.text(kRadiationType));
    beam.set_delivery_type(item.text(kDeliveryType));
    const std::size_t count = item.sequence(control_points).size();
    beam.set_control_points(count > 0 ? static_cast<std::int32_t>(count)
                                      : item.integer(kControlPointCount).value_or(0));
  }
}

}  // namespace

v1::Plan read_plan(const Object& object, bool& guessed_charset) {
  const Item data(object);
  Charset charset(data);
  v1::Plan plan;
  plan.set_sop_instance_uid(data.text(kSopInstance));
  plan.set_label(name_of(data, kLabel, charset));
  plan.set_name(name_of(data, kName, charset));
  plan.set_approval_status(data.text(kApproval));
  plan.set_modality(data.text(kModality));

  for (const Item& item : data.sequence(kDoseReferences)) {
    v1::DoseReference& reference = *plan.add_dose_references();
    reference.set_number(required_integer(item, kDoseReferenceNumber));
    reference.set_structure_type(item.text(kStructureType));
    reference.set_type(item.text(kReferenceType));
    reference.set_description(name_of(item, kDescription, charset));
    if (const auto roi = item.integer(kReferencedRoi)) reference.set_roi_number(*roi);
    if (const auto dose = item.decimal(kTargetPrescription)) reference.set_target_prescription_dose_gy(*dose);
  }
  for (const Item& item : data.sequence(kFractionGroups)) {
    v1::FractionGroup& group = *plan.add_fraction_groups();
    group.set_number(required_integer(item, kFractionGroupNumber));
    if (const auto fractions = item.integer(kFractionsPlanned)) group.set_fractions_planned(*fractions);
    group.set_brachy_setups(item.integer(kBrachySetups).value_or(0));
    for (const Item& beam : item.sequence(kReferencedBeams)) {
      v1::ReferencedBeam& reference = *group.add_beams();
      reference.set_beam_number(required_integer(beam, kReferencedBeamNumber));
      if (const auto dose = beam.decimal(kBeamDose)) reference.set_beam_dose_gy(*dose);
      if (const auto meterset = beam.decimal(kBeamMeterset)) reference.set_beam_meterset(*meterset);
    }
  }
  read_beams(data, kBeams, kControlPoints, charset, plan);
  read_beams(data, kIonBeams, kIonControlPoints, charset, plan);
  guessed_charset = charset.guessed();
  return plan;
}

}  // namespace dosegate::dicom
