// That the tests here are about the whole protocol, and that the patient they break is sound.
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {

TEST_CASE("Every rule of the shipped protocol has a test with a patient that breaks it", "[every-rule]") {
  std::set<std::string> ids;
  for (const Rule& rule : trial().rules) ids.insert(rule.id);
  for (const std::string& id : ids) {
    INFO("add a RuleTest for " << id);
    CHECK(tested_rules().count(id) == 1);
  }
  for (const std::string& id : tested_rules()) {
    INFO("the protocol has no rule " << id);
    CHECK(ids.count(id) == 1);
  }
}

TEST_CASE("The sound patient keeps every rule of the shipped protocol without a warning", "[every-rule]") {
  const Report report = report_of(SoundPatient().make());
  for (const Finding& f : report.findings) {
    INFO(f.rule_id << ": " << f.message << " " << f.hint);
    CHECK(f.status == FindingStatus::kPass);
  }
  CHECK(report.verdict == Verdict::kPass);
}

}  // namespace dosegate::clause_test
