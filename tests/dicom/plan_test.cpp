#include <catch2/catch.hpp>

#include "tests/dicom/builder.h"

using namespace dicom_test;

TEST_CASE("A plan is read with prescription, fractions and beams", "[dicom]") {
  const auto plan = *read_good({encode(*make_plan())}).plan;
  CHECK(plan.label() == "Liver45");
  CHECK(plan.approval_status() == "APPROVED");
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
