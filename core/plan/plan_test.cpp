#include "core/plan/plan.h"

#include <catch2/catch.hpp>
#include <string>

namespace dosegate {
namespace {

constexpr char kPlan[] = R"({
  "sopInstanceUid": "1.2.3", "label": "Leber", "approvalStatus": "APPROVED", "modality": "RTPLAN",
  "doseReferences": [{"number": 1, "structureType": "SITE", "type": "TARGET", "targetPrescriptionDoseGy": 45}],
  "fractionGroups": [{"number": 1, "fractionsPlanned": 15,
                      "beams": [{"beamNumber": 2, "beamDoseGy": 3.0, "beamMeterset": 123.5}]}],
  "beams": [{"number": 2, "name": "AP", "type": "STATIC", "radiationType": "PHOTON", "controlPoints": 2}]
})";

Error unreadable(const std::string& json) {
  INFO(json);
  const auto plan = load_plan(json);
  REQUIRE_FALSE(plan);
  return plan.error();
}

TEST_CASE("A plan is read with what it states and without what it does not", "[plan]") {
  const auto plan = load_plan(kPlan);
  REQUIRE(plan);
  CHECK(plan->sop_instance_uid == "1.2.3");
  CHECK(plan->label == "Leber");
  CHECK(plan->name.empty());
  REQUIRE(plan->dose_references.size() == 1);
  CHECK(plan->dose_references[0].target_prescription_dose->in_gy() == 45.0);
  CHECK_FALSE(plan->dose_references[0].roi_number);
  REQUIRE(plan->fraction_groups.size() == 1);
  CHECK(plan->fraction_groups[0].fractions_planned == 15);
  REQUIRE(plan->fraction_groups[0].beams.size() == 1);
  CHECK(plan->fraction_groups[0].beams[0].beam_dose->in_gy() == 3.0);
  CHECK(plan->fraction_groups[0].beams[0].beam_meterset == 123.5);
  CHECK(plan->beams.at(0).delivery_type.empty());
  CHECK(plan->beams.at(0).control_points == 2);
}

TEST_CASE("Coded words of a plan mean the same in small letters", "[plan]") {
  const auto plan = load_plan(R"({"approvalStatus": "Rejected", "intent": "verification",
    "doseReferences": [{"number": 1, "structureType": "site", "type": "Target"}],
    "beams": [{"number": 1, "name": "a.p.", "type": "static", "radiationType": "photon", "deliveryType": "setup"}]})");
  REQUIRE(plan);
  CHECK(plan->approval_status == "REJECTED");
  CHECK(plan->intent == "VERIFICATION");
  CHECK(plan->dose_references.at(0).structure_type == "SITE");
  CHECK(plan->dose_references.at(0).type == "TARGET");
  const Beam& beam = plan->beams.at(0);
  CHECK(beam.name == "a.p.");
  CHECK(beam.type == "STATIC");
  CHECK(beam.radiation_type == "PHOTON");
  CHECK(beam.delivery_type == "SETUP");
}

TEST_CASE("A plan may use the original field names and null for absent", "[plan]") {
  const auto plan = load_plan(
      R"({"sop_instance_uid":"1.2","name":null,"fraction_groups":[{"number":"1","fractions_planned":1.5e1}]})");
  REQUIRE(plan);
  CHECK(plan->sop_instance_uid == "1.2");
  CHECK(plan->fraction_groups.at(0).number == 1);
  CHECK(plan->fraction_groups.at(0).fractions_planned == 15);
}

TEST_CASE("A fraction count of zero is kept apart from an absent one", "[plan]") {
  CHECK(load_plan(R"({"fractionGroups":[{"fractionsPlanned":0}]})")->fraction_groups[0].fractions_planned == 0);
  CHECK_FALSE(load_plan(R"({"fractionGroups":[{}]})")->fraction_groups[0].fractions_planned);
}

TEST_CASE("What is wrong with a plan is said with its path", "[plan]") {
  CHECK(unreadable(R"({"labl": "x"})").path == "$.labl");
  CHECK_THAT(unreadable(R"({"labl": "x"})").message, Catch::Contains("did you mean \"label\""));
  CHECK(unreadable(R"({"beams": [{}, {"controlPoints": -1}]})").path == "$.beams[1].controlPoints");
  CHECK(unreadable(R"({"doseReferences":[{"targetPrescriptionDoseGy":"NaN"}]})").path ==
        "$.doseReferences[0].targetPrescriptionDoseGy");
  CHECK(unreadable(R"({"doseReferences":[{"targetPrescriptionDoseGy":-45}]})").path ==
        "$.doseReferences[0].targetPrescriptionDoseGy");
  CHECK(unreadable(R"({"fractionGroups":[{"fractionsPlanned":14.5}]})").path == "$.fractionGroups[0].fractionsPlanned");
  CHECK(unreadable(R"({"fractionGroups":{}})").path == "$.fractionGroups");
  CHECK(unreadable(R"({"label":"a","label":"b"})").path == "$.label");
  CHECK(unreadable("[]").path == "$");
}

TEST_CASE("Control points of a beam are read, and refused by their path", "[plan][PL-1]") {
  const auto plan = load_plan(
      R"({"patientPositions": ["HFS"], "beams": [{"machine": "M", "finalMetersetWeight": 1, "energiesMv": [6, 10],
          "isocentres": [{"xMm": 1, "zMm": -3}], "points": [{"metersetWeight": 0, "gantryDegrees": 90, "aperture": 2}, {}]}]})");
  REQUIRE(plan);
  const Beam& b = plan->beams.at(0);
  CHECK(b.machine == "M");
  CHECK(b.energies == std::vector<double>{6.0, 10.0});
  CHECK(b.isocentres_mm.at(0) == std::array<double, 3>{1.0, 0.0, -3.0});
  CHECK(b.points.at(0).aperture == 2);
  CHECK(b.points.at(0).gantry_degrees == 90.0);
  CHECK_FALSE(b.points.at(1).meterset_weight);
  CHECK(plan->patient_positions == std::vector<std::string>{"HFS"});
  CHECK(unreadable(R"({"beams": [{"points": [{"metersetWeight": "NaN"}]}]})").path ==
        "$.beams[0].points[0].metersetWeight");
  CHECK(unreadable(R"({"beams": [{"points": [{"gantryDegrees": 1e9}]}]})").path ==
        "$.beams[0].points[0].gantryDegrees");
  CHECK(unreadable(R"({"beams": [{"energiesMv": [6, "x"]}]})").path == "$.beams[0].energiesMv[1]");
  std::string many = R"({"beams": [{"points": [{})";
  for (int n = 0; n < 10'000; ++n) many += ",{}";
  CHECK(unreadable((many + "]}]}").c_str()).path == "$.beams[0].points");
}

TEST_CASE("A plan with more beams, groups, references or isocentres than rules can look through is refused",
          "[plan][rule-16]") {
  const auto list = [](std::size_t count, const std::string& element) {
    std::string all = element;
    for (std::size_t n = 1; n < count; ++n) all += "," + element;
    return "[" + all + "]";
  };
  const auto path = [&](const std::string& json) { return unreadable(json.c_str()).path; };
  CHECK(load_plan(R"({"beams": )" + list(2'000, "{}") + "}"));
  CHECK(path(R"({"beams": )" + list(2'001, "{}") + "}") == "$.beams");
  CHECK(path(R"({"fractionGroups": )" + list(2'001, "{}") + "}") == "$.fractionGroups");
  CHECK(path(R"({"doseReferences": )" + list(10'001, "{}") + "}") == "$.doseReferences");
  const std::string half = R"({"beams": )" + list(5'001, "{}") + "}";
  CHECK(load_plan(R"({"fractionGroups": [)" + half + "]}"));
  CHECK(path(R"({"fractionGroups": [)" + half + "," + half + "]}") == "$.fractionGroups");
  const std::string isocentres = R"({"isocentres": )" + list(5'001, "{}") + "}";
  CHECK(load_plan(R"({"beams": [)" + isocentres + "]}"));
  CHECK(path(R"({"beams": [)" + isocentres + "," + isocentres + "]}") == "$.beams");
}

TEST_CASE("A plan over 16 MiB is refused by its size alone", "[plan]") {
  const Error error = unreadable(std::string((std::size_t{16} << 20) + 1, ' '));
  CHECK(error.code == ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace dosegate
