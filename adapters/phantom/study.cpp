#include "adapters/phantom/study.h"

#include "adapters/phantom/anatomy.h"
#include "adapters/phantom/model.h"

namespace dosegate::phantom {

Study::Study(std::string_view case_name) : name(case_name) {
  const bool lung = site_of(name) == Site::kLung;
  organ = lung ? "Lung" : "Liver";
  label = lung ? "LUNG" : "LIVER";
  study_uid = uid("study");
  frame_uid = uid("frame of reference");
  ct_series_uid = uid("CT series");
  structures_uid = uid("structures");
  plan_uid = uid("plan");
  for (std::size_t i = 0; i < image_planes().size(); ++i) image_uids.push_back(uid("image " + std::to_string(i)));
}

const std::vector<Beam>& beams() {
  static const std::vector<Beam> kBeams = {
      {1, "RPO", 205, 10, 0.30}, {2, "RLAT", 265, 350, 0.20}, {3, "RAO", 320, 10, 0.25}, {4, "ANT", 5, 0, 0.25}};
  return kBeams;
}

Statement statement(std::string_view case_name) {
  if (case_name == "wrong-total") return {48.0, kFractions};
  if (case_name == "wrong-fractions") return {kPrescribedGy, 20};
  switch (site_of(case_name)) {
    case Site::kLiverSbrt:
      return {50.0, 5};
    case Site::kLung:
      return {45.0, 30};
    case Site::kLiver:
      break;
  }
  return {kPrescribedGy, kFractions};
}

DicomFile make_file(const Study& study, std::string name, const char* sop_class, const std::string& sop_instance,
                    const char* modality, const std::string& series_uid, int series_number) {
  DicomFile out{std::move(name), std::make_unique<DcmFileFormat>()};
  Item d(*out.file->getDataset());
  d.text(DCM_SpecificCharacterSet, "ISO_IR 100");
  d.text(DCM_InstanceCreationDate, kDate);
  d.text(DCM_InstanceCreationTime, kTime);
  d.text(DCM_SOPClassUID, sop_class);
  d.text(DCM_SOPInstanceUID, sop_instance);
  d.text(DCM_StudyDate, kDate);
  d.text(DCM_StudyTime, kTime);
  d.empty(DCM_AccessionNumber);
  d.text(DCM_Modality, modality);
  d.text(DCM_Manufacturer, kManufacturer);
  d.text(DCM_ManufacturerModelName, study.organ + " " + study.name);
  d.text(DCM_SoftwareVersions, "1");
  d.empty(DCM_ReferringPhysicianName);
  d.text(DCM_StudyDescription, study.organ + " phantom");
  d.text(DCM_SeriesDescription, std::string(modality) + " of the phantom");
  d.empty(DCM_OperatorsName);
  d.text(DCM_PatientName, "Phantom^" + study.organ);
  d.text(DCM_PatientID, "PHANTOM-" + study.name);
  d.empty(DCM_PatientBirthDate);
  d.text(DCM_PatientSex, "O");
  d.text(DCM_StudyInstanceUID, study.study_uid);
  d.text(DCM_SeriesInstanceUID, series_uid);
  d.text(DCM_StudyID, "1");
  d.integer(DCM_SeriesNumber, series_number);
  return out;
}

}  // namespace dosegate::phantom
