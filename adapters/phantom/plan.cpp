// RT Plan Storage: four sliding-window IMRT fields, one fraction group.
#include <algorithm>
#include <cmath>

#include "adapters/phantom/anatomy.h"
#include "adapters/phantom/model.h"
#include "adapters/phantom/study.h"

namespace dosegate::phantom {
namespace {

constexpr int kLeafPairs = 40;
constexpr double kLeafWidth = 5.0, kFirstLeafEdge = -100.0;
constexpr int kControlPoints = 6;
// The fields' opening about the isocentre, which is the middle of the PTV.
constexpr double kHalfWidth = 30.0, kHalfLength = 37.5;

std::vector<double> isocentre() {
  return {0.5 * (kPtv.x_min + kPtv.x_max), 0.5 * (kPtv.y_min + kPtv.y_max), 0.5 * (kPtv.z_first + kPtv.z_last)};
}

// The beams of a case. Two beams carry what four would.
std::vector<Beam> fields(const std::string& name) {
  std::vector<Beam> out(beams().begin(), beams().end());
  if (name == "two-fields") {
    out.resize(2);
    for (Beam& beam : out) beam.weight = 0.5;
  }
  return out;
}

// Both banks of leaves: a gap of two fifths of the field travels from one side to the other; of an open field they
// stay.
std::vector<double> leaf_positions(int control_point, bool open_field) {
  const double swept = open_field ? 0.5 : static_cast<double>(control_point) / (kControlPoints - 1);
  std::vector<double> left(kLeafPairs), right(kLeafPairs);
  for (int i = 0; i < kLeafPairs; ++i) {
    const double edge = kFirstLeafEdge + kLeafWidth * i;
    const bool open = edge + kLeafWidth > -kHalfLength && edge < kHalfLength;
    const double from = std::clamp(1.4 * swept - 0.4, 0.0, 1.0), to = std::clamp(1.4 * swept, 0.0, 1.0);
    const auto at = static_cast<std::size_t>(i);
    left[at] = open ? kHalfWidth * (2.0 * from - 1.0) : 0.0;
    right[at] = open ? kHalfWidth * (2.0 * to - 1.0) : 0.0;
  }
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

void put_dose_reference(const Study& study, const Statement& stated, Item plan) {
  Item r = plan.append(DCM_DoseReferenceSequence);
  r.integer(DCM_DoseReferenceNumber, 1);
  r.text(DCM_DoseReferenceUID, study.uid("dose reference"));
  r.text(DCM_DoseReferenceStructureType, "VOLUME");
  r.text(DCM_DoseReferenceDescription, "PTV");
  r.text(DCM_DoseReferenceType, "TARGET");
  r.number(DCM_TargetPrescriptionDose, stated.total_gy);
  r.integer(DCM_ReferencedROINumber, kPtvNumber);
}

void put_fraction_group(const Study& study, const Statement& stated, Item plan) {
  Item g = plan.append(DCM_FractionGroupSequence);
  g.integer(DCM_FractionGroupNumber, 1);
  g.integer(DCM_NumberOfFractionsPlanned, stated.fractions);
  g.integer(DCM_NumberOfBeams, static_cast<int>(fields(study.name).size()));
  g.integer(DCM_NumberOfBrachyApplicationSetups, 0);
  for (const Beam& beam : fields(study.name)) {
    const double gy = beam.weight * stated.total_gy / stated.fractions;
    Item b = g.append(DCM_ReferencedBeamSequence);
    b.number(DCM_BeamDose, gy);
    const bool zero = study.name == "zero-meterset" && beam.number == 4;
    b.number(DCM_BeamMeterset, zero ? 0.0 : kMonitorUnitsPerGy * gy);
    b.integer(DCM_ReferencedBeamNumber, beam.number);
  }
}

void put_jaw(Item control_point, const char* type, const std::vector<double>& positions) {
  Item device = control_point.append(DCM_BeamLimitingDevicePositionSequence);
  device.text(DCM_RTBeamLimitingDeviceType, type);
  device.numbers(DCM_LeafJawPositions, positions);
}

// The first control point states everything, the others what changes.
void put_control_point(const Beam& beam, int index, bool open_field, Item owner) {
  Item c = owner.append(DCM_ControlPointSequence);
  c.integer(DCM_ControlPointIndex, index);
  if (index == 0) {
    c.number(DCM_NominalBeamEnergy, 6);
    c.number(DCM_DoseRateSet, 400);
    put_jaw(c, "ASYMX", {-kHalfWidth, kHalfWidth});
    put_jaw(c, "ASYMY", {-kHalfLength, kHalfLength});
  }
  put_jaw(c, "MLCX", leaf_positions(index, open_field));
  if (index == 0) {
    c.number(DCM_GantryAngle, beam.gantry_degrees);
    c.text(DCM_GantryRotationDirection, "NONE");
    c.number(DCM_BeamLimitingDeviceAngle, beam.collimator_degrees);
    c.text(DCM_BeamLimitingDeviceRotationDirection, "NONE");
    c.number(DCM_PatientSupportAngle, 0);
    c.text(DCM_PatientSupportRotationDirection, "NONE");
    c.number(DCM_TableTopEccentricAngle, 0);
    c.text(DCM_TableTopEccentricRotationDirection, "NONE");
    c.empty(DCM_TableTopVerticalPosition);
    c.empty(DCM_TableTopLongitudinalPosition);
    c.empty(DCM_TableTopLateralPosition);
    c.numbers(DCM_IsocenterPosition, isocentre());
    c.number(DCM_TableTopPitchAngle, 0);
    c.text(DCM_TableTopPitchRotationDirection, "NONE");
    c.number(DCM_TableTopRollAngle, 0);
    c.text(DCM_TableTopRollRotationDirection, "NONE");
  }
  c.number(DCM_CumulativeMetersetWeight, static_cast<double>(index) / (kControlPoints - 1));
}

Item put_limiting_device(Item beam, const char* type, int pairs) {
  Item device = beam.append(DCM_BeamLimitingDeviceSequence);
  device.text(DCM_RTBeamLimitingDeviceType, type);
  device.integer(DCM_NumberOfLeafJawPairs, pairs);
  return device;
}

Item put_beam(const Study& study, const Beam& beam, Item plan, const char* delivery = "TREATMENT") {
  Item b = plan.append(DCM_BeamSequence);
  b.integer(DCM_BeamNumber, beam.number);
  b.text(DCM_BeamName, beam.name);
  b.text(DCM_BeamType, "DYNAMIC");
  b.text(DCM_RadiationType, "PHOTON");
  b.text(DCM_TreatmentMachineName, "PHANTOM6X");
  b.text(DCM_PrimaryDosimeterUnit, "MU");
  b.number(DCM_SourceAxisDistance, 1000);
  put_limiting_device(b, "ASYMX", 1);
  put_limiting_device(b, "ASYMY", 1);
  Item mlc = put_limiting_device(b, "MLCX", kLeafPairs);
  std::vector<double> edges;
  for (int i = 0; i <= kLeafPairs; ++i) edges.push_back(kFirstLeafEdge + kLeafWidth * i);
  mlc.numbers(DCM_LeafPositionBoundaries, edges);
  b.text(DCM_TreatmentDeliveryType, delivery);
  b.integer(DCM_NumberOfWedges, 0);
  b.integer(DCM_NumberOfCompensators, 0);
  b.integer(DCM_NumberOfBoli, 0);
  b.integer(DCM_NumberOfBlocks, 0);
  b.number(DCM_FinalCumulativeMetersetWeight, 1);
  b.integer(DCM_NumberOfControlPoints, kControlPoints);
  for (int i = 0; i < kControlPoints; ++i) put_control_point(beam, i, study.name == "open-fields", b);
  b.integer(DCM_ReferencedPatientSetupNumber, 1);
  return b;
}

// An image from the front, in no fraction group.
void put_setup_beam(const Study& study, Item plan) {
  Beam beam = beams().front();
  beam.number = 9;
  beam.name = "Set-up AP";
  put_beam(study, beam, plan, "SETUP");
}

}  // namespace

DicomFile make_plan(const Study& study) {
  DicomFile out = make_file(study, "RP.dcm", UID_RTPlanStorage, study.plan_uid, "RTPLAN", study.uid("plan series"), 3);
  Item d(*out.file->getDataset());
  const Statement stated = statement(study.name);
  d.text(DCM_FrameOfReferenceUID, study.frame_uid);
  d.empty(DCM_PositionReferenceIndicator);
  d.text(DCM_RTPlanLabel, study.label);
  d.text(DCM_RTPlanName, study.organ + " phantom");
  d.text(DCM_RTPlanDescription, "Case " + study.name);
  d.text(DCM_RTPlanDate, kDate);
  d.text(DCM_RTPlanTime, kTime);
  d.text(DCM_PlanIntent, "RESEARCH");
  d.text(DCM_RTPlanGeometry, "PATIENT");
  put_dose_reference(study, stated, d);
  put_fraction_group(study, stated, d);
  for (const Beam& beam : fields(study.name)) put_beam(study, beam, d);
  if (study.name == "setup-beam") put_setup_beam(study, d);
  Item setup = d.append(DCM_PatientSetupSequence);
  setup.text(DCM_PatientPosition, "HFS");
  setup.integer(DCM_PatientSetupNumber, 1);
  setup.text(DCM_SetupTechnique, "ISOCENTRIC");
  d.reference(DCM_ReferencedStructureSetSequence, UID_RTStructureSetStorage, study.structures_uid);
  d.text(DCM_ApprovalStatus, "UNAPPROVED");
  return out;
}

}  // namespace dosegate::phantom
