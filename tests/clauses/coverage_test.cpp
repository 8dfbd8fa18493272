// That the tests here are about the whole protocol, and that the patient they break is sound.
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {

TEST_CASE("Every rule of the shipped protocols has a test with a patient that breaks it", "[every-rule]") {
  std::set<std::string> ids;
  for (const std::string& protocol : shipped_ids()) {
    for (const Rule& rule : shipped(protocol).rules) {
      INFO(rule.id << " of " << protocol << " is an id of another protocol as well");
      CHECK(ids.insert(rule.id).second);
    }
  }
  for (const std::string& id : ids) {
    INFO("add a RuleTest for " << id);
    CHECK(tested_rules().count(id) == 1);
  }
  for (const std::string& id : tested_rules()) {
    INFO("no protocol has a rule " << id);
    CHECK(ids.count(id) == 1);
  }
}

TEST_CASE("The sound patient keeps every rule of the trial without a warning", "[every-rule]") {
  const Report report = report_of(SoundPatient().make());
  for (const Finding& f : report.findings) {
    INFO(f.rule_id << ": " << f.message << " " << f.hint);
    CHECK(f.status == FindingStatus::kPass);
  }
  CHECK(report.verdict == Verdict::kPass);
}

}  // namespace dosegate::clause_test
