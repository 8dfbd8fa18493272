// A clinical record with every field broken in turn: what cannot be is refused where it is read, by its JSON path; what
// is well-formed but contradicts the rest is a finding that names it.
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"
#include "tests/clauses/sound_record.h"

namespace dosegate::clause_test {
namespace {

using std::chrono::days;

struct Field {
  const char* object;  // JSON of the record around %, the value
  const char* path;
  std::vector<const char*> broken;
};

const std::vector<const char*> kDay = {"\"2026-02-30\"", "\"2027-02-29\"", "\"26-11-2026\"",      "\"\"x",
                                       "20261123",       "\"1026-11-23\"", "\"2026-11-23T08:00\""};
const std::vector<const char*> kTime = {"\"24:00\"", "\"8:05\"", "\"08:60\"", "805"};
const std::vector<const char*> kTruth = {"\"yes\"", "1", "[]"};
const std::vector<const char*> kAmount = {"-1", "\"three\"", "1e300", "\"NaN\"", "true"};
const std::vector<const char*> kNumber = {"-1", "0", "1.5", "\"one\"", "99999"};
const std::vector<const char*> kChoice = {"\"NONE_OF_THEM\"", "99", "-1", "{}"};
const std::vector<const char*> kText = {"5", "{}", "[\"a\"]"};

const std::vector<Field>& fields() {
  static const std::vector<Field> kFields = {
      {R"({"eligibility": {"date": %}})", "$.eligibility.date", kDay},
      {R"({"eligibility": {"ageYears": %}})", "$.eligibility.ageYears", {"-1", "131", "58.5", "\"old\""}},
      {R"({"eligibility": {"hepatocellular": %}})", "$.eligibility.hepatocellular", kTruth},
      {R"({"eligibility": {"treatmentNaive": %}})", "$.eligibility.treatmentNaive", kTruth},
      {R"({"eligibility": {"measurableByRecist": %}})", "$.eligibility.measurableByRecist", kTruth},
      {R"({"eligibility": {"ecog": %}})", "$.eligibility.ecog", {"-1", "6", "0.5"}},
      {R"({"eligibility": {"resectability": {"extrahepaticMetastasis": %}}})",
       "$.eligibility.resectability.extrahepaticMetastasis", kTruth},
      {R"({"eligibility": {"resectability": {"remnantLiverEnough": %}}})",
       "$.eligibility.resectability.remnantLiverEnough", kTruth},
      {R"({"eligibility": {"resectability": {"childPugh": %}}})", "$.eligibility.resectability.childPugh", kChoice},
      {R"({"eligibility": {"resectability": {"r0Way": %}}})", "$.eligibility.resectability.r0Way", kChoice},
      {R"({"simulation": {"date": %}})", "$.simulation.date", kDay},
      {R"({"simulation": {"time": %}})", "$.simulation.time", kTime},
      {R"({"simulation": {"fastingHours": %}})", "$.simulation.fastingHours", kAmount},
      {R"({"simulation": {"gated": %}})", "$.simulation.gated", kTruth},
      {R"({"plannedFractions": [{"number": %}]})", "$.plannedFractions[0].number", kNumber},
      {R"({"plannedFractions": [{"date": %}]})", "$.plannedFractions[0].date", kDay},
      {R"({"plannedFractions": [{"time": %}]})", "$.plannedFractions[0].time", kTime},
      {R"({"plannedFractions": [{"doseGy": %}]})", "$.plannedFractions[0].doseGy", kAmount},
      {R"({"deliveredFractions": [{"number": %}]})", "$.deliveredFractions[0].number", kNumber},
      {R"({"deliveredFractions": [{"date": %}]})", "$.deliveredFractions[0].date", kDay},
      {R"({"deliveredFractions": [{"time": %}]})", "$.deliveredFractions[0].time", kTime},
      {R"({"deliveredFractions": [{"doseGy": %}]})", "$.deliveredFractions[0].doseGy", {"-3", "300", "\"3 Gy\""}},
      {R"({"deliveredFractions": [{"monitorUnits": %}]})", "$.deliveredFractions[0].monitorUnits", kAmount},
      {R"({"deliveredFractions": [{"cbctBefore": %}]})", "$.deliveredFractions[0].cbctBefore", kTruth},
      {R"({"deliveredFractions": [{"fastingHours": %}]})", "$.deliveredFractions[0].fastingHours", kAmount},
      {R"({"deliveredFractions": [{"gated": %}]})", "$.deliveredFractions[0].gated", kTruth},
      {R"({"gammaResults": [{"date": %}]})", "$.gammaResults[0].date", kDay},
      {R"({"gammaResults": [{"passRatePercent": %}]})",
       "$.gammaResults[0].passRatePercent",
       {"-1", "100.1", "\"98 %\""}},
      {R"({"gammaResults": [{"doseDifferencePercent": %}]})", "$.gammaResults[0].doseDifferencePercent", kAmount},
      {R"({"gammaResults": [{"distanceMm": %}]})", "$.gammaResults[0].distanceMm", kAmount},
      {R"({"gammaResults": [{"lowDoseCutPercent": %}]})", "$.gammaResults[0].lowDoseCutPercent", kAmount},
      {R"({"gammaResults": [{"normalisation": %}]})", "$.gammaResults[0].normalisation", kChoice},
      {R"({"infusions": [{"date": %}]})", "$.infusions[0].date", kDay},
      {R"({"infusions": [{"drug": %}]})", "$.infusions[0].drug", kText},
      {R"({"infusions": [{"doseMg": %}]})", "$.infusions[0].doseMg", kAmount},
      {R"({"infusions": [{"given": %}]})", "$.infusions[0].given", kTruth},
      {R"({"systemicStop": {"date": %}})", "$.systemicStop.date", kDay},
      {R"({"systemicStop": {"reason": %}})", "$.systemicStop.reason", kChoice},
      {R"({"labs": [{"date": %}]})", "$.labs[0].date", kDay},
      {R"({"labs": [{"analyte": %}]})", "$.labs[0].analyte", kChoice},
      {R"({"labs": [{"value": %}]})", "$.labs[0].value", kAmount},
      {R"({"labs": [{"unit": %}]})", "$.labs[0].unit", kText},
      {R"({"labs": [{"upperLimitNormal": %}]})", "$.labs[0].upperLimitNormal", kAmount},
      {R"({"imaging": [{"date": %}]})", "$.imaging[0].date", kDay},
      {R"({"imaging": [{"modality": %}]})", "$.imaging[0].modality", kChoice},
      {R"({"imaging": [{"purpose": %}]})", "$.imaging[0].purpose", kChoice},
      {R"({"staging": [{"date": %}]})", "$.staging[0].date", kDay},
      {R"({"staging": [{"vp": %}]})", "$.staging[0].vp", kChoice},
      {R"({"staging": [{"vv": %}]})", "$.staging[0].vv", kChoice},
      {R"({"staging": [{"mviGrade": %}]})", "$.staging[0].mviGrade", {"-1", "5", "\"II\""}},
      {R"({"surgery": {"performed": %}})", "$.surgery.performed", kTruth},
      {R"({"surgery": {"date": %}})", "$.surgery.date", kDay},
      {R"({"surgery": {"margin": %}})", "$.surgery.margin", kChoice},
      {R"({"surgery": {"viableTumourPercent": %}})", "$.surgery.viableTumourPercent", {"-1", "101", "\"few\""}},
      {R"({"surgery": {"complications": [{"date": %}]}})", "$.surgery.complications[0].date", kDay},
      {R"({"surgery": {"complications": [{"term": %}]}})", "$.surgery.complications[0].term", kText},
      {R"({"surgery": {"complications": [{"grade": %}]}})", "$.surgery.complications[0].grade", kChoice},
      {R"({"responses": [{"date": %}]})", "$.responses[0].date", kDay},
      {R"({"responses": [{"recist": %}]})", "$.responses[0].recist", kChoice},
      {R"({"responses": [{"resectability": {"childPugh": %}}]})", "$.responses[0].resectability.childPugh", kChoice},
      {R"({"adverseEvents": [{"date": %}]})", "$.adverseEvents[0].date", kDay},
      {R"({"adverseEvents": [{"term": %}]})", "$.adverseEvents[0].term", kText},
      {R"({"adverseEvents": [{"grade": %}]})", "$.adverseEvents[0].grade", {"-1", "6", "\"mild\""}},
  };
  return kFields;
}

// A well-formed record that contradicts itself or the trial.
struct Contradiction {
  const char* what;
  std::function<void(Case&)> change;
  const char* rule;
  FindingStatus status;
  const char* said;
};

const std::vector<Contradiction>& contradictions() {
  constexpr auto kDeviation = FindingStatus::kDeviation, kOpen = FindingStatus::kNotEvaluable;
  static const std::vector<Contradiction> kAll = {
      {"a laboratory unit of another quantity", [](Case& c) { c.record->labs[3].unit = "umol/L"; }, "EL-2.albumin",
       kOpen, "'umol/L', which is no unit of it that is known (g/L and g/dL)"},
      {"a sample after enrolment", [](Case& c) { c.record->labs[6].date = day("2026-11-20"); }, "EL-2.platelets", kOpen,
       "There is no platelets of Tue 2026-11-03 to Tue 2026-11-17"},
      {"no day of enrolment", [](Case& c) { c.record->eligibility->date.reset(); }, "EL-2.bilirubin", kOpen,
       "eligibility.date"},
      {"a staging after enrolment only", [](Case& c) { c.record->staging.erase(c.record->staging.begin()); },
       "EL-1.mvi", kOpen, "is later than the enrolment on Tue 2026-11-17"},
      {"a fraction given twice",
       [](Case& c) { c.record->delivered_fractions.push_back(c.record->delivered_fractions[4]); }, "RX-3.record",
       kDeviation, "Fraction 5 is recorded 2 times, together 6 Gy instead of 3 Gy."},
      {"two fractions on one day",
       [](Case& c) { c.record->delivered_fractions[5].date = c.record->delivered_fractions[4].date; }, "RX-4",
       kDeviation, "2 fractions lie on Fri 2026-11-27; at most 1 a day."},
      {"a fraction in the future", [](Case& c) { c.record->delivered_fractions[14].date = day("2030-01-02"); }, "RX-4",
       kDeviation, "Delivered fraction 15 is dated Wed 2030-01-02, after the day of this check"},
      {"dates against the order of numbers",
       [](Case& c) { std::swap(c.record->delivered_fractions[1].date, c.record->delivered_fractions[2].date); }, "RX-4",
       kDeviation, "fraction 3 (Tue 2026-11-24) comes before fraction 2 (Wed 2026-11-25)"},
      {"a fraction before the infusion", [](Case& c) { c.record->infusions[0].date = day("2026-11-24"); }, "RX-7",
       kDeviation, "Fraction 1 (Mon 2026-11-23) comes 1 day before infusion 1"},
      {"a dose of another fraction", [](Case& c) { c.record->delivered_fractions[0].dose = Dose::gy(0.3); },
       "RX-3.record", kDeviation, "Fraction 1 is partial: 0.3 of 3 Gy."},
      {"no dose", [](Case& c) { c.record->delivered_fractions[0].dose.reset(); }, "RX-1.record", kOpen,
       "Fraction 1 states no dose."},
      {"no number", [](Case& c) { c.record->delivered_fractions[0].number.reset(); }, "RX-2.record", kDeviation,
       "A fraction states no number."},
      {"an infusion in the future", [](Case& c) { c.record->infusions[2].date = day("2030-01-03"); }, "SY-1",
       kDeviation, "The therapy was ended after 2 of 3 infusions."},
      {"another drug", [](Case& c) { c.record->infusions[1].drug = "sintilimab"; }, "SY-1", kDeviation,
       "after 42 days, not 21 days"},
      {"a gamma result in the future", [](Case& c) { c.record->gamma_results[0].date = day("2030-01-02"); }, "QA-1",
       kOpen, "after the day of this check"},
      {"an operation without its day", [](Case& c) { c.record->surgery->date.reset(); }, "SY-3", kOpen,
       "The date of surgery is not stated."},
      {"a stop without its reason",
       [](Case& c) {
         c.record->infusions.resize(6);
         c.record->systemic_stop->reason.reset();
       },
       "SY-3", kOpen, "systemicStop states no reason."},
      {"an image without its purpose", [](Case& c) { c.record->imaging[2].purpose.reset(); }, "SY-4", kDeviation,
       "The imaging study at place 3 states no purpose."},
      {"a grade against the table", [](Case& c) { c.record->staging[0].mvi_grade = 1; }, "GR-2", kDeviation,
       "is recorded as grade 1; by the table it is grade 3"},
      {"an assessment without the resectability", [](Case& c) { c.record->responses[0].resectability.reset(); }, "SY-2",
       kOpen, "The resectability is not stated"},
      {"an event without its term", [](Case& c) { c.record->adverse_events[0].term.clear(); }, "RE-3", kOpen,
       "The adverse event at place 1 does not state term."},
  };
  return kAll;
}

// A course of the trial whose first infusion is on a Sunday.
Record course_from(const char* sunday) {
  Record r = sound_record();
  const days shift = day(sunday) - *r.infusions[0].date;
  for (auto& f : r.planned_fractions) f.date = *f.date + shift;
  for (auto& f : r.delivered_fractions) f.date = *f.date + shift;
  for (auto& i : r.infusions) i.date = *i.date + shift;
  return r;
}

}  // namespace

TEST_CASE("Every field of a record that is broken is refused by its path", "[record]") {
  for (const Field& field : fields()) {
    for (const char* value : field.broken) {
      std::string json = field.object;
      json.replace(json.find('%'), 1, value);
      INFO(json);
      const auto record = load_record(json);
      REQUIRE_FALSE(record);
      CHECK_FALSE(record.error().message.empty());
      // Broken JSON has no path but its place.
      if (std::string(value) != "\"\"x") CHECK(record.error().path == field.path);
    }
  }
}

TEST_CASE("A record that contradicts itself or the trial gives a finding that names it", "[record][every-rule]") {
  for (const Contradiction& c : contradictions()) {
    Case patient = SoundPatient().make();
    c.change(patient);
    const Report report = report_of(patient);
    const Finding f = finding_of(report, c.rule);
    INFO(c.what << ": " << english(f.message));
    CHECK(f.status == c.status);
    CHECK(english(f.message).find(c.said) != std::string::npos);
    if (f.mandatory) CHECK(report.verdict != Verdict::kPass);
  }
}

// 25 October 2026 and 28 March 2027 have 25 and 23 hours in Europe; 2028 has a 29th of February.
TEST_CASE("A course over a change of daylight saving time or a leap day is counted in days",
          "[RX-4][RX-5][RX-6][RX-7]") {
  for (const char* sunday : {"2026-10-18", "2027-03-21", "2028-02-20"}) {
    INFO(sunday);
    Case c = SoundPatient().make();
    c.record = course_from(sunday);
    c.options.as_of = day(sunday) + days{19};
    std::erase_if(c.record->infusions, [&](const Infusion& i) { return *i.date > *c.options.as_of + days{5}; });
    for (Infusion& i : c.record->infusions) i.given = *i.date <= *c.options.as_of;
    for (const char* rule : {"RX-4", "RX-5", "RX-6", "RX-7"}) {
      const Finding f = finding_of(report_of(c), rule);
      INFO(rule << ": " << english(f.message));
      CHECK(f.status == FindingStatus::kPass);
    }
  }
}

}  // namespace dosegate::clause_test
