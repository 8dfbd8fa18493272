#include <catch2/catch.hpp>
#include <optional>

#include "tests/dicom/builder.h"

using namespace dicom_test;

TEST_CASE("A plan is read with prescription, fractions and beams", "[dicom]") {
  const auto plan = *read_good({encode(*make_plan())}).plan;
  CHECK(plan.label() == "Liver45");
  CHECK(plan.approval_status() == "APPROVED");
  CHECK(plan.intent().empty());
  CHECK(plan.modality() == "RTPLAN");
  REQUIRE(plan.dose_references_size() == 1);
  CHECK(plan.dose_references(0).type() == "TARGET");
  CHECK(plan.dose_references(0).roi_number() == 1);
  CHECK(plan.dose_references(0).target_prescription_dose_gy() == 45.0);
  REQUIRE(plan.fraction_groups_size() == 1);
  CHECK(plan.fraction_groups(0).fractions_planned() == 15);
  REQUIRE(plan.fraction_groups(0).beams_size() == 3);
  CHECK(plan.fraction_groups(0).beams(0).beam_meterset() == 100.5);
  CHECK_FALSE(plan.fraction_groups(0).beams(0).has_beam_dose_gy());
  REQUIRE(plan.beams_size() == 3);
  CHECK(plan.beams(0).name() == "AP");
  CHECK(plan.beams(0).control_points() == 2);
  CHECK(plan.beams(1).delivery_type().empty());
  CHECK(plan.beams(2).delivery_type() == "SETUP");
}

TEST_CASE("What a plan is for is handed over", "[dicom][plan]") {
  const Data data = make_plan();
  put(*data, DCM_PlanIntent, "VERIFICATION");
  put(*data, DCM_ApprovalStatus, "REJECTED");
  const auto plan = *read_good({encode(*data)}).plan;
  CHECK(plan.intent() == "VERIFICATION");
  CHECK(plan.approval_status() == "REJECTED");
}

TEST_CASE("A beam's dose is the physical one, wherever it stands, and an effective one alone is none", "[dicom]") {
  struct {
    const char *type, *alternate, *alternate_type;
    std::optional<double> read;
  } const stated[] = {{"", "", "", 3.0},
                      {"PHYSICAL", "", "", 3.0},
                      {"PHYSICAL", "3.3", "EFFECTIVE", 3.0},
                      {"EFFECTIVE", "2.7", "PHYSICAL", 2.7},
                      {"effective", "", "", {}},
                      {"EFFECTIVE", "2.7", "EFFECTIVE", {}},
                      {"EFFECTIVE", "2.7", "", {}}};
  for (const auto& s : stated) {
    INFO(s.type << ", " << s.alternate << ", " << s.alternate_type);
    const Data data = make_plan();
    DcmItem& beam = item(item(*data, DCM_FractionGroupSequence), DCM_ReferencedBeamSequence);
    put(beam, DCM_BeamDose, "3.0");
    if (*s.type != '\0') put(beam, DCM_BeamDoseType, s.type);
    if (*s.alternate != '\0') put(beam, DCM_AlternateBeamDose, s.alternate);
    if (*s.alternate_type != '\0') put(beam, DCM_AlternateBeamDoseType, s.alternate_type);
    const auto plan = *read_good({encode(*data)}).plan;
    CHECK(plan.fraction_groups(0).beams(0).has_beam_dose_gy() == s.read.has_value());
    CHECK(plan.fraction_groups(0).beams(0).beam_dose_gy() == s.read.value_or(0.0));
  }
}

TEST_CASE("Ion beams are read as beams", "[dicom]") {
  const Data data = make_plan();
  data->findAndDeleteElement(DCM_BeamSequence);
  DcmItem& beam = add_item(*data, DCM_IonBeamSequence);
  put(beam, DCM_BeamNumber, "1");
  put(beam, DCM_RadiationType, "PROTON");
  add_item(beam, DCM_IonControlPointSequence);
  if (GENERATE(true, false)) put(*data, DCM_SOPClassUID, UID_RTIonPlanStorage);
  const auto plan = *read_good({encode(*data)}).plan;
  REQUIRE(plan.beams_size() == 1);
  CHECK(plan.beams(0).radiation_type() == "PROTON");
  CHECK(plan.beams(0).control_points() == 1);
}

TEST_CASE("What a plan does not state is absent, and what cannot be read is an error", "[dicom]") {
  const Data data = make_plan();
  SECTION("absent") {
    item(*data, DCM_DoseReferenceSequence).findAndDeleteElement(DCM_TargetPrescriptionDose);
    item(*data, DCM_FractionGroupSequence).findAndDeleteElement(DCM_NumberOfFractionsPlanned);
    const auto plan = *read_good({encode(*data)}).plan;
    CHECK_FALSE(plan.dose_references(0).has_target_prescription_dose_gy());
    CHECK_FALSE(plan.fraction_groups(0).has_fractions_planned());
  }
  SECTION("no number") {
    put(item(*data, DCM_DoseReferenceSequence), DCM_TargetPrescriptionDose, "45Gy");
    CHECK_THAT(read_error({encode(*data)}),
               Catch::Contains("(300A,0026) Target Prescription Dose") && Catch::Contains("'45Gy'"));
  }
  SECTION("no whole number") {
    put(item(*data, DCM_FractionGroupSequence), DCM_NumberOfFractionsPlanned, "15.5");
    CHECK_THAT(read_error({encode(*data)}), Catch::Contains("(300A,0078)"));
  }
  SECTION("beam without a number") {
    item(*data, DCM_BeamSequence).findAndDeleteElement(DCM_BeamNumber);
    CHECK_THAT(read_error({encode(*data)}), Catch::Contains("(300A,00C0) Beam Number: is missing"));
  }
}

// What the first control point states holds until another states it anew; equal positions of all devices are one
// aperture.
TEST_CASE("Control points carry on what they do not state, and equal positions are one aperture", "[dicom][PL-1]") {
  const Data data = make_plan();
  DcmItem& beam = item(*data, DCM_BeamSequence);
  beam.findAndDeleteElement(DCM_ControlPointSequence);
  put(beam, DCM_TreatmentMachineName, "LINAC1");
  put(beam, DCM_FinalCumulativeMetersetWeight, "1");
  const auto device = [](DcmItem& point, const char* type, const char* positions) {
    DcmItem& d = add_item(point, DCM_BeamLimitingDevicePositionSequence);
    put(d, DCM_RTBeamLimitingDeviceType, type);
    put(d, DCM_LeafJawPositions, positions);
  };
  const auto point = [&](const char* weight) -> DcmItem& {
    DcmItem& p = add_item(beam, DCM_ControlPointSequence);
    if (weight != nullptr) put(p, DCM_CumulativeMetersetWeight, weight);
    return p;
  };
  DcmItem& first = point("0");
  put(first, DCM_GantryAngle, "30");
  put(first, DCM_NominalBeamEnergy, "6");
  put(first, DCM_IsocenterPosition, "1\\2\\-3.5");
  device(first, "ASYMX", "-50\\50");
  device(first, "MLCX", "-10\\-10\\10\\10");
  device(point("0.5"), "MLCX", "-5\\-5\\5\\5");
  device(point("0.5"), "MLCX", "-10\\-10\\10\\10");
  point("1");
  DcmItem& last = point(nullptr);
  put(last, DCM_GantryAngle, "40");

  SECTION("read") {
    const auto plan = *read_good({encode(*data)}).plan;
    const auto& b = plan.beams(0);
    CHECK(b.machine() == "LINAC1");
    CHECK(b.final_meterset_weight() == 1.0);
    REQUIRE(b.energies_mv_size() == 1);
    CHECK(b.energies_mv(0) == 6.0);
    REQUIRE(b.isocentres_size() == 1);
    CHECK(b.isocentres(0).z_mm() == -3.5);
    REQUIRE(b.points_size() == 5);
    const int apertures[] = {1, 2, 1, 1, 1};
    for (int i = 0; i < 5; ++i) {
      CHECK(b.points(i).aperture() == apertures[i]);
      CHECK(b.points(i).gantry_degrees() == (i < 4 ? 30.0 : 40.0));
      CHECK(b.points(i).has_meterset_weight() == (i < 4));
    }
  }
  SECTION("a weight that is no number") {
    put(first, DCM_CumulativeMetersetWeight, "NaN");
    CHECK_THAT(read_error({encode(*data)}), Catch::Contains("(300A,0134)"));
  }
  SECTION("a leaf position that is no number") {
    device(last, "MLCX", "1\\x");
    CHECK_THAT(read_error({encode(*data)}), Catch::Contains("(300A,011C)"));
  }
  SECTION("more control points than can be") {
    for (int i = 0; i < 10'000; ++i) point("1");
    CHECK(read_good({encode(*data)}).plan->beams(0).points_size() == 0);
  }
}
