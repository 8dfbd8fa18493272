// RT Dose Storage: 32-bit grids, of the plan or one for each beam.
#include <cmath>

#include "adapters/phantom/model.h"
#include "adapters/phantom/study.h"

namespace dosegate::phantom {
namespace {

// Stored values are multiples of 1e-7 Gy: rounding is far below what any metric shows, and 60 Gy fit in 32 bits.
constexpr double kScaling = 1e-7;
constexpr const char* kScalingText = "0.0000001";

struct Kind {
  const char* units = "GY";
  const char* type = "PHYSICAL";
  const char* summation = "PLAN";
  double factor = 1.0;  // stored dose over dose of the course
};

Kind kind_of(const std::string& case_name) {
  if (case_name == "one-fraction") return {"GY", "PHYSICAL", "FRACTION", 1.0 / kFractions};
  if (case_name == "relative") return {"RELATIVE", "PHYSICAL", "PLAN", 1.0 / kPrescribedGy};
  if (case_name == "effective") return {"GY", "EFFECTIVE", "PLAN", 1.0};
  return {};
}

// `beam` is null for the dose of the whole plan.
DicomFile make_dose(const Study& study, const Kind& kind, const Beam* beam) {
  const std::string of = beam != nullptr ? std::to_string(beam->number) : "";
  DicomFile out = make_file(study, beam != nullptr ? "RD.beam" + of + ".dcm" : "RD.dcm", UID_RTDoseStorage,
                            study.uid("dose" + of), "RTDOSE", study.uid("dose series"), 4);
  const Lattice lattice = dose_lattice(study.name);
  Item d(*out.file->getDataset());
  d.text(DCM_ContentDate, kDate);
  d.text(DCM_ContentTime, kTime);
  d.empty(DCM_SliceThickness);
  d.integer(DCM_InstanceNumber, beam != nullptr ? beam->number : 1);
  d.numbers(DCM_ImagePositionPatient, {lattice.x.first, lattice.y.first, lattice.z.first});
  d.numbers(DCM_ImageOrientationPatient, {1, 0, 0, 0, 1, 0});
  d.text(DCM_FrameOfReferenceUID,
         study.name == "other-frame" ? study.uid("another frame of reference") : study.frame_uid);
  d.empty(DCM_PositionReferenceIndicator);
  d.us(DCM_SamplesPerPixel, 1);
  d.text(DCM_PhotometricInterpretation, "MONOCHROME2");
  d.integer(DCM_NumberOfFrames, static_cast<int>(lattice.z.count));
  d.attribute_tag(DCM_FrameIncrementPointer, DCM_GridFrameOffsetVector);
  d.us(DCM_Rows, static_cast<std::uint16_t>(lattice.y.count));
  d.us(DCM_Columns, static_cast<std::uint16_t>(lattice.x.count));
  d.numbers(DCM_PixelSpacing, {lattice.y.spacing, lattice.x.spacing});
  d.us(DCM_BitsAllocated, 32);
  d.us(DCM_BitsStored, 32);
  d.us(DCM_HighBit, 31);
  d.us(DCM_PixelRepresentation, 0);
  d.text(DCM_DoseUnits, kind.units);
  d.text(DCM_DoseType, kind.type);
  d.text(DCM_DoseComment, "Phantom case " + study.name);
  d.text(DCM_DoseSummationType, beam != nullptr ? "BEAM" : kind.summation);
  std::vector<double> offsets;
  for (std::size_t k = 0; k < lattice.z.count; ++k) offsets.push_back(lattice.z.at(k) - lattice.z.first);
  d.numbers(DCM_GridFrameOffsetVector, offsets);
  d.text(DCM_DoseGridScaling, kScalingText);
  Item plan = d.reference(DCM_ReferencedRTPlanSequence, UID_RTPlanStorage, study.plan_uid);
  if (beam != nullptr || std::string_view(kind.summation) == "FRACTION") {
    Item group = plan.append(DCM_ReferencedFractionGroupSequence);
    group.integer(DCM_ReferencedFractionGroupNumber, 1);
    if (beam != nullptr) {
      group.append(DCM_ReferencedBeamSequence).integer(DCM_ReferencedBeamNumber, beam->number);
    }
  }
  const double factor = kind.factor * (beam != nullptr ? beam->weight : 1.0);
  std::vector<Uint16> words;  // each 32-bit value as two words, the lower first
  for (const double gy : dose_values(dose_model(study.name), lattice)) {
    const auto stored = static_cast<std::uint32_t>(std::llround(gy * factor / kScaling));
    words.push_back(static_cast<Uint16>(stored & 0xFFFFU));
    words.push_back(static_cast<Uint16>(stored >> 16U));
  }
  d.words(DCM_PixelData, words.data(), words.size());
  return out;
}

}  // namespace

std::vector<DicomFile> make_doses(const Study& study) {
  std::vector<DicomFile> out;
  if (study.name != "beam-doses" && study.name != "beam-missing") {
    out.push_back(make_dose(study, kind_of(study.name), nullptr));
    return out;
  }
  for (const Beam& beam : beams()) {
    if (study.name == "beam-missing" && &beam == &beams().back()) continue;
    out.push_back(make_dose(study, Kind{}, &beam));
  }
  return out;
}

}  // namespace dosegate::phantom
