#include <catch2/catch.hpp>

#include "core/record/record.h"

using namespace dosegate;

namespace {

std::string path_of_error(const std::string& json) {
  const auto record = load_record(json);
  REQUIRE_FALSE(record);
  return record.error().path;
}

}  // namespace

TEST_CASE("What a clinical record does not state is absent") {
  const auto record = load_record("{}");
  REQUIRE(record);
  CHECK_FALSE(record->eligibility);
  CHECK(record->delivered_fractions.empty());
  CHECK_FALSE(latest_event(*record));
  const auto fraction = load_record(R"({"deliveredFractions": [{"number": 1}]})");
  REQUIRE(fraction);
  CHECK(fraction->delivered_fractions[0].number == 1);
  CHECK_FALSE(fraction->delivered_fractions[0].cbct_before);
  CHECK_FALSE(fraction->delivered_fractions[0].dose);
  CHECK_FALSE(fraction->delivered_fractions[0].fasting_hours);
}

TEST_CASE("False and zero are statements, not absence") {
  const auto record =
      load_record(R"({"deliveredFractions": [{"cbctBefore": false, "fastingHours": 0, "doseGy": 0, "gated": false}],
                      "surgery": {"performed": false, "viableTumourPercent": 0}})");
  REQUIRE(record);
  const DeliveredFraction& f = record->delivered_fractions[0];
  CHECK(f.cbct_before == false);
  CHECK(f.fasting_hours == 0.0);
  CHECK(f.dose == Dose::gy(0));
  CHECK(f.gated == false);
  CHECK(record->surgery->performed == false);
  CHECK(record->surgery->viable_tumour_percent == 0.0);
}

TEST_CASE("Every field of a clinical record is read") {
  const auto record = load_record(R"({
    "eligibility": {"date": "2026-11-16", "ageYears": 55, "hepatocellular": true, "treatmentNaive": true,
      "measurableByRecist": true, "ecog": 1, "resectability": {"extrahepaticMetastasis": false,
      "remnantLiverEnough": true, "childPugh": "A", "r0Way": "VASCULAR_RESECTION"}},
    "simulation": {"date": "2026-11-17", "time": "09:30", "fastingHours": 4.5, "gated": true},
    "plannedFractions": [{"number": 1, "date": "2026-11-24", "time": "08:05", "doseGy": 3}],
    "deliveredFractions": [{"number": 1, "date": "2026-11-24", "time": "08:10", "doseGy": 3, "monitorUnits": 512.5,
      "cbctBefore": true, "fastingHours": 5, "gated": true}],
    "gammaResults": [{"date": "2026-11-20", "passRatePercent": 98.2, "doseDifferencePercent": 3, "distanceMm": 3,
      "lowDoseCutPercent": 10, "normalisation": "GLOBAL"}],
    "infusions": [{"date": "2026-11-23", "drug": "tislelizumab", "doseMg": 200, "given": true}],
    "systemicStop": {"date": "2027-05-01", "reason": "TOXICITY"},
    "labs": [{"date": "2026-11-15", "analyte": "TOTAL_BILIRUBIN", "value": 17, "unit": "umol/L",
      "upperLimitNormal": 21}],
    "imaging": [{"date": "2026-11-14", "modality": "MR", "purpose": "BASELINE"}],
    "staging": [{"date": "2026-11-14", "vp": "VP3", "vv": "VV0", "mviGrade": 3}],
    "surgery": {"performed": true, "date": "2027-02-10", "margin": "R0", "viableTumourPercent": 5,
      "complications": [{"date": "2027-02-12", "term": "bile leak", "grade": "GRADE_IIIA"}]},
    "responses": [{"date": "2027-01-25", "recist": "PR"}],
    "adverseEvents": [{"date": "2026-12-05", "term": "Nausea", "grade": 2}]})");
  INFO((record ? "" : record.error().path + " " + record.error().message));
  REQUIRE(record);
  CHECK(record->eligibility->resectability->r0_way == R0Way::kVascularResection);
  CHECK(record->eligibility->resectability->child_pugh == ChildPugh::kA);
  CHECK(text_of(*record->simulation->time) == "09:30");
  CHECK(text_of(*record->planned_fractions[0].date) == "2026-11-24");
  CHECK(record->delivered_fractions[0].monitor_units == 512.5);
  CHECK(record->gamma_results[0].normalisation == GammaNormalisation::kGlobal);
  CHECK(record->infusions[0].drug == "tislelizumab");
  CHECK(record->systemic_stop->reason == StopReason::kToxicity);
  CHECK(record->labs[0].analyte == Analyte::kTotalBilirubin);
  CHECK(record->imaging[0].purpose == ImagingPurpose::kBaseline);
  CHECK(record->staging[0].vp == PortalVein::kVp3);
  CHECK(record->staging[0].vv == HepaticVein::kVv0);
  CHECK(record->surgery->complications[0].grade == ClavienDindo::kIIIa);
  CHECK(record->responses[0].recist == Recist::kPr);
  CHECK(record->adverse_events[0].grade == 2);
  CHECK(text_of(*latest_event(*record)) == "2027-05-01");
}

TEST_CASE("An error in a clinical record names the path") {
  CHECK(path_of_error(R"({"labs": [{"date": "2026-11-15"}, {"date": "2026-02-30"}]})") == "$.labs[1].date");
  CHECK(path_of_error(R"({"deliveredFractions": [{"doseGy": -3}]})") == "$.deliveredFractions[0].doseGy");
  CHECK(path_of_error(R"({"deliveredFractions": [{"number": 0}]})") == "$.deliveredFractions[0].number");
  CHECK(path_of_error(R"({"deliveredFractions": [{"time": "25:00"}]})") == "$.deliveredFractions[0].time");
  CHECK(path_of_error(R"({"adverseEvents": [{"grade": 6}]})") == "$.adverseEvents[0].grade");
  CHECK(path_of_error(R"({"staging": [{"vp": "VP5"}]})") == "$.staging[0].vp");
  CHECK(path_of_error(R"({"eligibility": {"age": 50}})") == "$.eligibility.age");
  CHECK(path_of_error(R"({"labs": [{"value": "NaN"}]})") == "$.labs[0].value");
}

TEST_CASE("A list of more than ten thousand entries is refused") {
  std::string json = R"({"labs": [{})";
  for (int i = 0; i < 10'000; ++i) json += ",{}";
  const auto record = load_record(json + "]}");
  REQUIRE_FALSE(record);
  CHECK(record.error().code == ErrorCode::kLimitExceeded);
  CHECK(record.error().path == "$.labs");
}

TEST_CASE("What is scheduled is not taken for something that took place") {
  const auto record = load_record(R"({"infusions": [{"date": "2026-11-23"}, {"date": "2026-12-14", "given": false}],
                                      "plannedFractions": [{"date": "2026-12-14"}]})");
  REQUIRE(record);
  CHECK(text_of(*latest_event(*record)) == "2026-11-23");
}
