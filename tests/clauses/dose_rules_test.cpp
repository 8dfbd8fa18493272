// OR-1 to OR-7, PL-3, PL-4: a dose that breaks one limit and no other, with the value worked out on paper.
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {
namespace {

void organ_gets(const std::string& organ, const Profile& profile, const Expected& expected) {
  SoundPatient patient;
  patient.dose[organ] = profile;
  check_only(patient.make(), expected);
}

// One more percent of the organ than the limit allows gets the dose.
RuleTest volume_limit(const std::string& rule, const std::string& organ, double gy, double limit_percent,
                      const std::set<std::string>& along = {}) {
  return {rule, "one percent of volume too much is a deviation and nothing else is", [=] {
            organ_gets(organ, share_at(gy, limit_percent + 1.0),
                       {rule, FindingStatus::kDeviation, limit_percent + 1.0, 1e-6, along});
          }};
}

// 1 Gy over the limit at one face of the organ, gone within kNode.
RuleTest point_maximum(const std::string& rule, const std::string& organ, double limit_gy) {
  return {rule, "one Gy too much at one point is a deviation and nothing else is", [=] {
            organ_gets(organ, peak(limit_gy + 1.0), {rule, FindingStatus::kDeviation, limit_gy + 1.0});
          }};
}

// The hottest 0.03 cc are a layer of 30 mm^3 / kArea of a dose that falls linearly to 0 over a node's distance.
RuleTest near_maximum(const std::string& rule, const std::string& organ) {
  return {rule, "the least dose of the hottest 0.03 cc is reported", [=] {
            SoundPatient patient;
            patient.dose[organ] = peak(12.0);
            const Finding f = finding_of(report_of(patient.make()), rule);
            REQUIRE(f.value);
            CHECK(*f.value == Approx(12.0 * (1.0 - 30.0 / kArea / kNode)).epsilon(1e-6));
            CHECK(f.metric == "D0.03cc[Gy]");
            CHECK(f.structure == organ);
            CHECK(f.status == FindingStatus::kPass);
            CHECK_FALSE(f.mandatory);
          }};
}

// Liver: parts in % of its length that get at least a dose; ramps of one node between them. Its V stay under their
// limits.
double liver_steps(double x) {
  struct Step {
    double until, gy;
  };
  constexpr Step kSteps[] = {{-35.0, 70.0}, {-30.0, 39.0}, {-25.0, 34.0}, {-20.0, 29.0}, {-5.0, 24.0},
                             {5.0, 19.0},   {15.0, 14.0},  {32.5, 9.0},   {50.0, 4.0}};
  for (const Step& s : kSteps) {
    if (x <= s.until) return s.gy;
  }
  return 4.0;
}
// The mean of a dose that is linear between nodes: trapezia.
double mean_of(const Profile& profile) {
  double sum = 0.0;
  for (double x = -0.5 * kLength; x < 0.5 * kLength; x += kNode) sum += 0.5 * (profile(x) + profile(x + kNode)) * kNode;
  return sum / kLength;
}

const RuleTests liver_tests({
    {"OR-1", "a mean over 24 Gy with every volume limit kept is a deviation and nothing else is",
     [] {
       const double mean = mean_of(liver_steps);
       REQUIRE(mean > 24.5);
       organ_gets("Liver", liver_steps, {"OR-1", FindingStatus::kDeviation, mean, 1e-6});
     }},
    volume_limit("OR-2.V5", "Liver", 5, 86),
    volume_limit("OR-2.V10", "Liver", 10, 68),
    volume_limit("OR-2.V15", "Liver", 15, 59),
    volume_limit("OR-2.V20", "Liver", 20, 49),
    volume_limit("OR-2.V25", "Liver", 25, 35),
    volume_limit("OR-2.V30", "Liver", 30, 28),
    volume_limit("OR-2.V35", "Liver", 35, 25),
    volume_limit("OR-2.V40", "Liver", 40, 20),
});

const RuleTests hollow_organs({
    point_maximum("OR-3.Max", "Stomach", 54),
    near_maximum("OR-3.D0.03cc", "Stomach"),
    volume_limit("OR-3.V45", "Stomach", 45, 25),
    volume_limit("OR-3.V50", "Stomach", 50, 2),
    point_maximum("OR-4.Max", "Duodenum", 60),
    near_maximum("OR-4.D0.03cc", "Duodenum"),
    volume_limit("OR-4.V45", "Duodenum", 45, 33),
    point_maximum("OR-5.Max", "Colon", 55),
    near_maximum("OR-5.D0.03cc", "Colon"),
    volume_limit("OR-5.V45", "Colon", 45, 25),
    volume_limit("OR-5.V50", "Colon", 50, 2),
    point_maximum("OR-6.Max", "SpinalCord", 40),
    near_maximum("OR-6.D0.03cc", "SpinalCord"),
});

// The limits at 23, 30 and 50 Gy cannot be broken alone: the point maximum of 20 Gy goes with them.
std::vector<RuleTest> kidney(const std::string& rule, const std::string& organ) {
  const std::string all = rule + ".V23";
  return {point_maximum(rule + ".Max", organ, 20),
          near_maximum(rule + ".D0.03cc", organ),
          {all, "the whole kidney at 24 Gy is a deviation and takes the point maximum along",
           [=] {
             organ_gets(organ, uniform(24.0), {all, FindingStatus::kDeviation, 100.0, 1e-6, {rule + ".Max"}});
           }},
          volume_limit(rule + ".V30", organ, 30, 67, {rule + ".Max"}),
          volume_limit(rule + ".V50", organ, 50, 33, {rule + ".Max"})};
}
const RuleTests left_kidney(kidney("OR-7.L", "Kidney_L"));
const RuleTests right_kidney(kidney("OR-7.R", "Kidney_R"));

// The targets' dose crosses 95 % of 45 Gy at x; the share of the structure below that x gets more.
RuleTest reported_coverage(const std::string& rule, const std::string& target, double x) {
  return {rule, "the share over 95 % of the prescription is reported", [=] {
            SoundPatient patient;
            patient.dose["PTV"] = slope(42.75, x, 0.1);
            const Case c = patient.make();
            const Finding f = finding_of(report_of(c), rule);
            REQUIRE(f.value);
            CHECK(*f.value == Approx(percent_below_x(structure_named(c, target), x)).epsilon(1e-6));
            CHECK(*f.value < 95.0);
            CHECK(f.structure == target);
            CHECK(f.status == FindingStatus::kPass);
            CHECK_FALSE(f.mandatory);
          }};
}

const RuleTests targets({
    {"PL-3.PTV", "four percent of the PTV at 95 % or less is a deviation and nothing else is",
     [] {
       SoundPatient patient;
       const double x = 21.5;
       patient.dose["PTV"] = slope(42.75, x, 0.1);
       const Case c = patient.make();
       const double covered = percent_below_x(structure_named(c, "PTV"), x);
       REQUIRE(covered < 96.5);
       check_only(c, {"PL-3.PTV", FindingStatus::kDeviation, covered, 2e-5});
     }},
    reported_coverage("PL-3.CTV", "CTV", 14.0),
    reported_coverage("PL-3.GTV", "GTV", 6.0),
    {"PL-4.PTV", "four percent of the PTV over 110 % is a deviation and nothing else is",
     [] {
       SoundPatient patient;
       const double x = -21.0;
       patient.dose["PTV"] = slope(49.5, x, 0.1);
       const Case c = patient.make();
       const double hot = percent_below_x(structure_named(c, "PTV"), x);
       REQUIRE(hot > 3.5);
       check_only(c, {"PL-4.PTV", FindingStatus::kDeviation, hot, 2e-5});
     }},
});

// The same numbers in another frame of reference are other places.
TEST_CASE("A dose in another frame of reference than its plan is not the plan's", "[OR-1][PL-3]") {
  Case c = SoundPatient().make();
  REQUIRE(finding_of(report_of(c), "OR-1").status == FindingStatus::kPass);
  c.course.plan().frame_of_reference_uid = c.course.doses.at("").grid.frame_of_reference_uid();
  REQUIRE_FALSE(c.course.plan().frame_of_reference_uid.empty());
  CHECK(finding_of(report_of(c), "OR-1").status == FindingStatus::kPass);
  c.course.plan().frame_of_reference_uid = "9.9";
  const Report report = report_of(c);
  CHECK(report.verdict != Verdict::kPass);
  for (const Finding& f : report.findings) {
    if (f.metric.empty() || !f.limit) continue;
    INFO(f.rule_id << " " << english(f.message));
    CHECK(f.status == FindingStatus::kNotEvaluable);
    CHECK(english(f.message).find("different frames of reference") != std::string::npos);
  }
}

}  // namespace
}  // namespace dosegate::clause_test
