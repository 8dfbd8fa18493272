// A case with several plans, structure sets or doses: what needs "the" one is not evaluable and says which are held,
// what needs none of them is judged as before, and nothing passes.
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {
namespace {

std::map<std::string, Finding> by_rule(const Report& report) {
  std::map<std::string, Finding> out;
  for (const Finding& f : report.findings) out[f.rule_id] = f;
  return out;
}

// Volumes with and without a dose grid are summed in another order.
bool same(const Finding& a, const Finding& b) {
  const bool same_value = a.value && b.value ? *a.value == Approx(*b.value).epsilon(1e-12) : a.value == b.value;
  return a.status == b.status && a.message == b.message && same_value && a.hint == b.hint;
}

// The rules that stand otherwise than on the sound patient, but for those that only say what they did not look at. All
// and the engine's own finding, are not evaluable, and say `why`.
std::set<std::string> refused(const Case& c, const std::string& engine_id, const std::string& why) {
  const auto sound = by_rule(report_of(SoundPatient().make()));
  const Report report = report_of(c);
  CHECK(report.verdict == Verdict::kIncomplete);
  REQUIRE(report.held);
  std::set<std::string> out;
  for (const auto& [id, f] : by_rule(report)) {
    if (id == engine_id) {
      CHECK(f.mandatory);
    } else {
      REQUIRE(sound.count(id) == 1);
      if (same(f, sound.at(id))) continue;
      const bool only_says_so =
          f.status == sound.at(id).status && english(f.message).find("Not compared with ") != std::string::npos;
      if (only_says_so) continue;
      out.insert(id);
    }
    INFO(id << ": " << english(f.message));
    CHECK(f.status == FindingStatus::kNotEvaluable);
    CHECK(english(f.message).find(why) != std::string::npos);
    CHECK_FALSE(f.hint.empty());
  }
  CHECK(by_rule(report).count(engine_id) == 1);
  return out;
}

// Of a kind of rule of the trial.
std::set<std::string> rules_of(const std::set<std::string_view>& members) {
  std::set<std::string> out;
  for (const Rule& rule : trial().rules) {
    if (members.count(rule.kind->member()) > 0) out.insert(rule.id);
  }
  return out;
}

}  // namespace

TEST_CASE("a plan, a structure set and a dose with names are judged as those without, and the report lists them") {
  const Report sound = report_of(SoundPatient().make());
  CHECK(sound.verdict == Verdict::kPass);
  CHECK_FALSE(sound.held);
  Case c = SoundPatient().make();
  Case named = c;
  named.course = HeldCourse{};
  named.course.plans["primary"] = c.course.plan();
  named.course.plans["primary"].structure_set = "CT1";
  named.course.structure_sets["CT1"] = c.course.structures();
  named.course.doses.insert_or_assign("sum", HeldDose{c.course.doses.at("").grid, {"primary"}, "CT1"});
  Report report = report_of(named);
  REQUIRE(report.held);
  CHECK(report.held->plans.front().structure_set == "CT1");
  CHECK(report.held->structure_sets.front().structures == c.course.structures().size());
  CHECK(report.held->doses.front().plans == std::vector<std::string>{"primary"});
  report.held.reset();
  CHECK(to_json(report) == to_json(sound));
}

TEST_CASE("with two plans what needs the plan or its dose is not evaluable, and the record is judged as before") {
  Case c = SoundPatient().make();
  c.course.plans["boost"] = plan_of(15, 5);
  const std::set<std::string> found =
      refused(c, "dosegate.plans", "The case holds 2 plans, one without a name and 'boost'");
  for (const std::string& id : rules_of({"prescription", "beams", "bed", "doseMetric"})) CHECK(found.count(id) == 1);
  for (const std::string& id : rules_of({"schedule", "lab", "eligibility", "therapy", "structure", "margin"})) {
    CHECK(found.count(id) == 0);
  }
}

TEST_CASE("with two doses what needs the dose is not evaluable") {
  Case c = SoundPatient().make();
  c.course.doses.insert_or_assign("boost", HeldDose{c.course.doses.at("").grid, {}, {}});
  const std::set<std::string> found =
      refused(c, "dosegate.doses", "The case holds 2 doses, one without a name and 'boost'");
  for (const std::string& id : rules_of({"doseMetric"})) CHECK(found.count(id) == 1);
  for (const std::string& id : rules_of({"schedule", "lab", "beams", "structure", "margin"}))
    CHECK(found.count(id) == 0);
}

TEST_CASE("with two structure sets what needs a structure is not evaluable") {
  Case c = SoundPatient().make();
  c.course.structure_sets["replanning"] = c.course.structures();
  const std::set<std::string> found =
      refused(c, "dosegate.structure_sets", "The case holds 2 structure sets, one without a name and 'replanning'");
  for (const std::string& id : rules_of({"doseMetric", "structure", "margin", "containment"})) {
    CHECK(found.count(id) == 1);
  }
  for (const std::string& id : rules_of({"schedule", "lab", "beams"})) CHECK(found.count(id) == 0);
}

TEST_CASE("a dose of another plan is not evaluated, by name") {
  Case c = SoundPatient().make();
  c.course.doses.at("").plans = {"boost"};
  const std::set<std::string> found =
      refused(c, "dosegate.doses", "The dose without a name is of plan 'boost', which the case does not hold");
  for (const std::string& id : rules_of({"doseMetric"})) CHECK(found.count(id) == 1);
}

TEST_CASE("a measured dose is not compared with one of several doses") {
  Case c = SoundPatient().make();
  DosePoints points;
  points.frame_of_reference_uid = c.course.doses.at("").grid.frame_of_reference_uid();
  points.at_mm = {Eigen::Vector3d(0, 0, 0)};
  points.gy = {45.0F};
  c.measurement.emplace().points = points;
  c.course.doses.insert_or_assign("boost", HeldDose{c.course.doses.at("").grid, {}, {}});
  const Finding gamma = finding_of(report_of(c), "QA-1");
  CHECK(gamma.status == FindingStatus::kNotEvaluable);
  CHECK(english(gamma.message).find("The case holds 2 doses") != std::string::npos);
}

TEST_CASE("with two plans fractions are judged by the record alone, and the finding says so") {
  Case c = SoundPatient().make();
  c.record->delivered_fractions[3].dose = Dose::gy(2.0);
  const Finding alone = finding_of(report_of(c), "RX-3.record");
  REQUIRE(alone.status == FindingStatus::kDeviation);
  c.course.plans["boost"] = plan_of(15, 5);
  const Report report = report_of(c);
  const Finding f = finding_of(report, "RX-3.record");
  CHECK(f.status == FindingStatus::kDeviation);
  CHECK(english(f.message).find("Not compared with a plan: The case holds 2 plans") != std::string::npos);
  CHECK(report.verdict == Verdict::kFail);
}

}  // namespace dosegate::clause_test
