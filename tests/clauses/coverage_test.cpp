// That the tests here are about the whole protocol, and that the patient they break is sound.
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"
#include "tests/clauses/sound_record.h"

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
    INFO(f.rule_id << ": " << english(f.message) << " " << english(f.hint));
    CHECK(f.status == FindingStatus::kPass);
  }
  CHECK(report.verdict == Verdict::kPass);
}

// Worked out on a calendar of 2026: 22 November is a Sunday, 11 December a Friday.
TEST_CASE("The sound record is what its description says", "[every-rule]") {
  const Record r = sound_record();
  CHECK(spoken(*r.infusions.at(0).date) == "Sun 2026-11-22");
  CHECK(spoken(*r.infusions.at(1).date) == "Sun 2026-12-13");
  CHECK(spoken(*r.infusions.at(2).date) == "Sun 2027-01-03");
  REQUIRE(r.delivered_fractions.size() == 15);
  CHECK(spoken(*r.delivered_fractions.front().date) == "Mon 2026-11-23");
  CHECK(spoken(*r.delivered_fractions.at(5).date) == "Mon 2026-11-30");
  CHECK(spoken(*r.delivered_fractions.back().date) == "Fri 2026-12-11");
  CHECK(text_of(*r.responses.at(0).date) == "2027-01-24");
  CHECK(text_of(*r.infusions.at(3).date) == "2027-02-14");
  CHECK(text_of(*r.infusions.back().date) == "2028-02-06");
  CHECK(latest_event(r).value() < sound_day());
}

}  // namespace dosegate::clause_test
