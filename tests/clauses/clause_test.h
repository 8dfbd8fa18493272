// Tests of the shipped protocol, a rule at a time: for each rule a patient that breaks just it.
//
// The protocol is the file that DOSEGATE_TEST_PROTOCOL names, else the source file: scripts/mutate_rules runs these
// tests on copies in which a rule is switched off, and every rule must be missed by a test.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/checker.h"
#include "tests/clauses/sound_patient.h"

namespace dosegate::clause_test {

// A shipped protocol, or the copy of it that is under test. Ends the program where it does not load.
const Protocol& shipped(const std::string& id);
const Protocol& trial();  // ChiCTR2000036385

// What became of `id`; fails the test where the report has no such finding.
Finding finding_of(const Report& report, const std::string& id);
Report report_of(const Case& c, const Protocol& protocol = trial());

struct Expected {
  std::string rule;
  FindingStatus status = FindingStatus::kDeviation;
  std::optional<double> value = {};  // in closed form
  double tolerance = 1e-6;           // relative
  // Rules that cannot but be broken with it, whatever their status becomes.
  std::set<std::string> along = {};
  bool mandatory = true;
};

// The finding of the rule is as expected, and no rule but it and those `along` stands otherwise than on the sound
// patient.
void check_only(const Case& broken, const Expected& expected);

// A test of one rule, registered with Catch2 as "RULE: what it shows" with the clause as its tag. Make them static.
struct RuleTest {
  std::string rule;
  std::string shows;
  std::function<void()> body;
};
class RuleTests {
 public:
  explicit RuleTests(const std::vector<RuleTest>& tests);
};

// The rules that have a test. Ids are unique over the shipped protocols.
const std::set<std::string>& tested_rules();

// The ids of the shipped protocols, the default first.
std::vector<std::string> shipped_ids();

}  // namespace dosegate::clause_test
