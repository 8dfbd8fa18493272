// The other shipped protocols: a patient that keeps them, and for each rule one that breaks it.
#include <catch2/catch.hpp>

#include "tests/clauses/box_patient.h"
#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {
namespace {

constexpr double kPtvFrom = -25.0, kPtvLength = 50.0;  // mm, along x

// What breaks a rule: doses of organs, or another plan.
struct Broken {
  std::string rule;
  std::string shows;
  std::map<std::string, Profile> dose;
  std::optional<Plan> plan = {};
  std::optional<double> value = {};
  FindingStatus status = FindingStatus::kDeviation;
  std::set<std::string> along = {};  // further rules that deviate
  bool mandatory = true;             // of a rule that deviates
};

std::set<std::string> deviations(const Report& report) {
  std::set<std::string> ids;
  for (const Finding& f : report.findings) {
    if (f.status == FindingStatus::kDeviation) ids.insert(f.rule_id);
  }
  return ids;
}

void check_broken(const std::string& protocol, BoxPatient patient, const Broken& broken) {
  for (const auto& [organ, profile] : broken.dose) patient.dose[organ] = profile;
  if (broken.plan) patient.plan = *broken.plan;
  const Report report = report_of(patient.make(), shipped(protocol));
  const Finding f = finding_of(report, broken.rule);
  INFO(broken.rule << ": " << english(f.message) << " " << english(f.hint));
  CHECK(f.status == broken.status);
  CHECK(f.mandatory == (broken.mandatory && broken.status == FindingStatus::kDeviation));
  if (broken.value) {
    REQUIRE(f.value);
    CHECK(*f.value == Approx(*broken.value).epsilon(2e-5));
  }
  std::set<std::string> expected = broken.along;
  if (broken.status == FindingStatus::kDeviation) expected.insert(broken.rule);
  CHECK(deviations(report) == expected);
}

std::vector<RuleTest> tests_of(const std::string& protocol, const BoxPatient& patient,
                               const std::vector<Broken>& table) {
  std::vector<RuleTest> tests;
  for (const Broken& broken : table) {
    tests.push_back({broken.rule, broken.shows, [=] { check_broken(protocol, patient, broken); }});
  }
  return tests;
}

// The dose falls along the PTV and is `gy` where `percent` of it lie before.
Profile across_ptv(double gy, double percent, double per_mm) {
  return slope(gy, kPtvFrom + percent / 100.0 * kPtvLength, per_mm);
}

BoxPatient liver_patient() {
  BoxPatient patient;
  patient.plan = plan_of(50, 5);
  patient.organs = {{"Liver", 120.0},    {"Stomach"},  {"Duodenum"}, {"Bowel_Small"}, {"Colon"},
                    {"SpinalCord", 2.5}, {"Kidney_L"}, {"Kidney_R"}, {"Heart"},       {"Esophagus"}};
  patient.dose["PTV"] = uniform(51.0);
  return patient;
}

BoxPatient lung_patient() {
  BoxPatient patient;
  patient.plan = plan_of(45, 30);
  patient.organs = {{"Lung_L"}, {"Lung_R"}, {"SpinalCord", 2.5}, {"Esophagus"}, {"Heart"}};
  patient.dose["PTV"] = uniform(45.0);
  return patient;
}

// A tenth of a cc more than the limit, or one cc, gets the dose.
Broken volume(const std::string& rule, const std::string& organ, double gy, double limit_cc, double excess_cc = 1.0) {
  const double cc = limit_cc + excess_cc;
  return {rule,
          "more than the allowed volume is a deviation and nothing else is",
          {{organ, share_at(gy, 100.0 * cc / liver_patient().volume_cc(organ))}},
          {},
          cc};
}

// 1 Gy too much in the hottest 0.035 cc: a layer of the organ's face, in a dose that falls to 0 over kNode.
Broken point(const std::string& rule, const std::string& organ, double limit_gy) {
  const double layer_mm = kLength * 0.035 / liver_patient().volume_cc(organ);
  return {rule,
          "one Gy too much at a point is a deviation and nothing else is",
          {{organ, peak((limit_gy + 1.0) / (1.0 - layer_mm / kNode))}},
          {},
          limit_gy + 1.0};
}

const RuleTests liver_sbrt(tests_of("LIVER-SBRT-5", liver_patient(),
                                    {{"SB-1.Total",
                                      "0.01 Gy a fraction too much in five is a deviation in total and a fraction",
                                      {},
                                      plan_of(50.05, 5),
                                      50.05,
                                      FindingStatus::kDeviation,
                                      {"SB-1.Dose"}},
                                     {"SB-1.Fractions",
                                      "six fractions of 10 Gy are a deviation and so is their total",
                                      {},
                                      plan_of(60, 6),
                                      6.0,
                                      FindingStatus::kDeviation,
                                      {"SB-1.Total"}},
                                     {"SB-1.Dose",
                                      "50 Gy in four fractions are a deviation and so is their number",
                                      {},
                                      plan_of(50, 4),
                                      12.5,
                                      FindingStatus::kDeviation,
                                      {"SB-1.Fractions"}},
                                     {"SB-2.V100",
                                      "94 % covered by the prescribed dose is a deviation and nothing else is",
                                      {{"PTV", across_ptv(50.0, 94.0, 0.1)}},
                                      {},
                                      94.0},
                                     {"SB-2.Max",
                                      "the hottest 0.035 cc of the PTV are reported in % of the prescription",
                                      {{"PTV", slope(60.0, kPtvFrom, 0.1)}},
                                      {},
                                      (60.0 - 0.1 * 35.0 / 2500.0) / 0.5,
                                      FindingStatus::kPass},
                                     {"SB-3.CV21",
                                      "660 cc of liver below 21 Gy are a deviation and nothing else is",
                                      {{"Liver", share_at(21.0, 45.0)}},
                                      {},
                                      660.0},
                                     {"SB-3.Mean",
                                      "the mean dose of the normal liver is reported",
                                      {{"Liver", uniform(7.5)}},
                                      {},
                                      7.5,
                                      FindingStatus::kPass},
                                     volume("SB-4.V18", "Stomach", 18.0, 10.0),
                                     point("SB-4.Max", "Stomach", 32.0),
                                     volume("SB-5.V18", "Duodenum", 18.0, 5.0),
                                     volume("SB-5.V12.5", "Duodenum", 12.5, 10.0),
                                     point("SB-5.Max", "Duodenum", 32.0),
                                     volume("SB-6.V19.5", "Bowel_Small", 19.5, 5.0),
                                     point("SB-6.Max", "Bowel_Small", 35.0),
                                     volume("SB-7.V25", "Colon", 25.0, 20.0),
                                     point("SB-7.Max", "Colon", 38.0),
                                     volume("SB-8.V23", "SpinalCord", 23.0, 0.35, 0.1),
                                     volume("SB-8.V14.5", "SpinalCord", 14.5, 1.2, 0.1),
                                     point("SB-8.Max", "SpinalCord", 30.0),
                                     {"SB-9.CV17.5",
                                      "180 cc of kidney below 17.5 Gy are a deviation and nothing else is",
                                      {{"Kidney_L", uniform(18.0)}, {"Kidney_R", share_at(17.5, 10.0)}},
                                      {},
                                      180.0},
                                     volume("SB-10.V32", "Heart", 32.0, 15.0),
                                     point("SB-10.Max", "Heart", 38.0),
                                     volume("SB-11.V19.5", "Esophagus", 19.5, 5.0),
                                     point("SB-11.Max", "Esophagus", 35.0)}));

const RuleTests lung_twice_daily(tests_of(
    "SCLC-45-BD", lung_patient(),
    {{"BD-1.Total", "0.1 Gy too much in total is a deviation and nothing else is", {}, plan_of(45.1, 30), 45.1},
     {"BD-1.Fractions",
      "31 fractions of 1.5 Gy are a deviation and so is their total",
      {},
      plan_of(46.5, 31),
      31.0,
      FindingStatus::kDeviation,
      {"BD-1.Total"}},
     {"BD-1.Dose",
      "45 Gy in 15 fractions of 3 Gy are a deviation and so is their number",
      {},
      plan_of(45, 15),
      3.0,
      FindingStatus::kDeviation,
      {"BD-1.Fractions"}},
     {"BD-2.D98",
      "a near minimum of 42.5 Gy is a deviation and nothing else is",
      {{"PTV", across_ptv(42.5, 98.0, 0.02)}},
      {},
      42.5 / 0.45},
     {"BD-2.D2",
      "a near maximum of 48.5 Gy is a deviation and nothing else is",
      {{"PTV", across_ptv(48.5, 2.0, 0.02)}},
      {},
      48.5 / 0.45},
     {"BD-3.Max",
      "42 Gy at one point of the cord are a deviation and nothing else is",
      {{"SpinalCord", peak(42.0)}},
      {},
      42.0},
     {"BD-4.V20",
      "36 % of both lungs are a deviation and nothing else is",
      {{"Lung_L", share_at(20.0, 36.0)}, {"Lung_R", share_at(20.0, 36.0)}},
      {},
      36.0},
     {"BD-4.Mean",
      "a mean of 21 Gy is a deviation and so is the volume that comes with a uniform dose",
      {{"Lung_L", uniform(21.0)}, {"Lung_R", uniform(21.0)}},
      {},
      21.0,
      FindingStatus::kDeviation,
      {"BD-4.V20"},
      false},
     {"BD-5.Mean",
      "a mean of 35 Gy in the oesophagus is a deviation and nothing else is",
      {{"Esophagus", uniform(35.0)}},
      {},
      35.0,
      FindingStatus::kDeviation,
      {},
      false},
     {"BD-6.Mean",
      "the mean dose of the heart is reported",
      {{"Heart", uniform(11.0)}},
      {},
      11.0,
      FindingStatus::kPass}}));

// Without a GTV: not evaluable, never a pass.
RuleTest without_gtv(const std::string& rule, const std::string& protocol, const BoxPatient& patient) {
  return {rule, "without a GTV it cannot be evaluated and the plan is no pass", [=] {
            Case c = patient.make();
            structure_named(c, "GTV").name = "Something else";
            const Report report = report_of(c, shipped(protocol));
            CHECK(finding_of(report, rule).status == FindingStatus::kNotEvaluable);
            CHECK(finding_of(report, rule).mandatory);
            CHECK(report.verdict == Verdict::kIncomplete);
          }};
}
const RuleTests drawn({without_gtv("SB-2.GTV", "LIVER-SBRT-5", liver_patient()),
                       without_gtv("BD-2.GTV", "SCLC-45-BD", lung_patient())});

TEST_CASE("The box patients pass the protocol they are planned for and fail the others", "[every-rule]") {
  const Case liver = liver_patient().make(), lung = lung_patient().make();
  for (const Finding& f : report_of(liver, shipped("LIVER-SBRT-5")).findings) {
    INFO(f.rule_id << ": " << english(f.message) << " " << english(f.hint));
    CHECK((f.status == FindingStatus::kPass || f.status == FindingStatus::kPending));
  }
  CHECK(report_of(liver, shipped("LIVER-SBRT-5")).verdict == Verdict::kPass);
  CHECK(report_of(lung, shipped("SCLC-45-BD")).verdict == Verdict::kPass);
  CHECK(report_of(liver, shipped("SCLC-45-BD")).verdict == Verdict::kFail);
  CHECK(report_of(lung, shipped("LIVER-SBRT-5")).verdict == Verdict::kFail);
  CHECK(report_of(liver, trial()).verdict == Verdict::kFail);
}

}  // namespace
}  // namespace dosegate::clause_test
