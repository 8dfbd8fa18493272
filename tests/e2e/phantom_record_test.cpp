// The phantom with its clinical record through the built program: the whole protocol. Dates: adapters/phantom/record.h.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "adapters/phantom/phantom.h"
#include "dosegate/detail/sha256.hpp"
#include "dosegate/v1/report.pb.h"
#include "tests/e2e/phantom_report.h"
#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;
namespace v1 = dosegate::v1;

namespace {

const Rules kToCome = {"DE-1", "DE-2",        "DE-3",     "SY-1", "SY-2", "SY-3",
                       "SY-4", "RE-1.recist", "RE-1.mvi", "RE-2", "RE-3"};

// All rules that are not named here pass.
struct Expected {
  Rules deviations, warnings, not_evaluable, pending;
};

Rules without(Rules rules, const std::string& rule) {
  rules.erase(rule);
  return rules;
}

const std::map<std::string, Expected>& expected() {
  static const std::map<std::string, Expected> kExpected = {
      {"planned-course", {{}, {}, {}, kToCome}},
      // Without an end the course goes on to the day of the check.
      {"short-course", {{"RX-1.record", "RX-2.record", "RX-6"}, {"RX-5"}, {}, {}}},
      {"uneven-fractions", {{"RX-3.record"}, {}, {}, {}}},
      {"saturday-fraction", {{"RX-4"}, {"RX-5"}, {}, {}}},
      {"long-schedule", {{"RX-5", "SY-1"}, {}, {}, without(kToCome, "SY-1")}},
      {"missed-fraction", {{"RX-6"}, {"RX-5"}, {}, {}}},
      {"late-start", {{"RX-7"}, {}, {}, {}}},
      {"low-gamma", {{"QA-1"}, {}, {}, {}}},
      {"other-gamma", {{}, {}, {"QA-1"}, {}}},
      {"not-fasted", {{"DE-1"}, {}, {}, {}}},
      {"fasting-unknown", {{}, {}, {"DE-1"}, {}}},
      {"no-cbct", {{"DE-2"}, {}, {}, {}}},
      {"not-gated", {{"DE-3"}, {}, {}, {}}},
      {"age-71", {{"EL-1.age"}, {}, {}, {}}},
      {"high-bilirubin", {{"EL-2.bilirubin"}, {}, {}, {}}},
      {"child-pugh-c", {{"EL-3.childpugh"}, {}, {}, {}}},
      {"vein-not-staged", {{}, {}, {"GR-1", "GR-2", "RE-1.mvi"}, {}}},
      {"wrong-grade", {{"GR-2"}, {}, {}, {}}},
      {"late-infusion", {{"SY-1"}, {}, {}, {}}},
      {"late-assessment", {{"SY-2"}, {}, {}, {}}},
      {"therapy-broken-off", {{"SY-3"}, {}, {}, {}}},
      {"stopped-for-toxicity", {{}, {}, {}, {}}},
      {"missed-imaging", {{"SY-4"}, {}, {}, {}}},
      {"no-recist", {{}, {}, {"RE-1.recist"}, {}}},
      {"no-pathology", {{}, {}, {"RE-2"}, {}}},
      {"ungraded-event", {{}, {}, {"RE-3"}, {}}},
  };
  return kExpected;
}

v1::Report parse(const Outcome& o) {
  v1::Report report;
  const auto status = google::protobuf::util::JsonStringToMessage(o.out, &report);
  INFO(o.err << status.ToString());
  REQUIRE(status.ok());
  return report;
}

// DICOM objects and record.
v1::Report check(const std::string& dir, int exit_code, std::vector<std::string> options = {}) {
  std::vector<std::string> arguments = {"check", dir, "--record", dir + "/record.json", "--format", "json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Outcome checked = run(arguments);
  INFO(checked.err);
  CHECK(checked.exit_code == exit_code);
  return parse(checked);
}

void check_findings(const v1::Report& report, const Expected& e) {
  CHECK(rules_with(report, v1::Finding::DEVIATION) == e.deviations);
  CHECK(rules_with(report, v1::Finding::WARNING) == e.warnings);
  CHECK(rules_with(report, v1::Finding::NOT_EVALUABLE) == e.not_evaluable);
  CHECK(rules_with(report, v1::Finding::PENDING) == e.pending);
  CHECK(rules_with(report, v1::Finding::INDETERMINATE) == Rules{});
}

std::string message(const v1::Report& report, const std::string& rule) {
  for (const auto& f : report.findings()) {
    if (f.rule_id() == rule) return f.message();
  }
  FAIL("no finding of " + rule);
  return {};
}

const std::map<std::string, std::pair<int, v1::Report::Verdict>> kVerdicts = {
    {"PASS", {0, v1::Report::PASS}}, {"FAIL", {1, v1::Report::FAIL}}, {"INCOMPLETE", {2, v1::Report::INCOMPLETE}}};

}  // namespace

TEST_CASE("phantom record: the expectations and the program's cases are the same list", "[e2e][phantom][record]") {
  Rules known, tested;
  for (const auto& c : dosegate::phantom::cases()) {
    if (c.differs == dosegate::phantom::Differs::kInRecord) known.insert(c.name);
  }
  for (const auto& [name, e] : expected()) tested.insert(name);
  CHECK(known == tested);
}

TEST_CASE("phantom record: with it the whole protocol is met, every rule of it", "[e2e][phantom][record]") {
  const TemporaryFolder folder;
  const std::string dir = write_phantom(folder, "pass");
  const v1::Report report = check(dir, 0);
  CHECK(report.verdict() == v1::Report::PASS);
  check_findings(report, {});
  REQUIRE(report.inputs_size() == 4);
  CHECK(report.inputs(0).role() == "RECORD");
  CHECK(report.inputs(0).sha256() == dosegate::detail::sha256_of(read_file(dir + "/record.json")));
  // record.json is not spoken of as a file that was skipped; that the plan is a phantom's is said.
  REQUIRE(report.notes_size() == 1);
  CHECK(report.notes(0).find("RESEARCH") != std::string::npos);
  // Without it the protocol is not decided.
  CHECK(run({"check", dir}).exit_code == 2);
}

TEST_CASE("phantom record: every case gets exactly the findings it was made to cause",
          "[e2e][phantom][record][RX-1][RX-2][RX-3][RX-4][RX-5][RX-6][RX-7][QA-1][DE-1][DE-2][DE-3][EL-1][EL-2][EL-3]"
          "[GR-1][GR-2][SY-1][SY-2][SY-3][SY-4][RE-1][RE-2][RE-3]") {
  const TemporaryFolder folder;
  for (const auto& [name, e] : expected()) {
    DYNAMIC_SECTION(name) {
      const auto* info = dosegate::phantom::find_case(name);
      REQUIRE(info != nullptr);
      const auto& [exit_code, verdict] = kVerdicts.at(info->expected_verdict);
      const std::string dir = write_phantom(folder, name);
      const v1::Report report = check(dir, exit_code);
      CHECK(report.verdict() == verdict);
      check_findings(report, e);
      // The plan itself keeps every rule.
      CHECK(run({"check", dir, "--plan-only"}).exit_code == 0);
    }
  }
}

TEST_CASE("phantom record: a case that differs in its plan has the same verdict with the record",
          "[e2e][phantom][record]") {
  const TemporaryFolder folder;
  for (const std::string name : {"hot-cord", "wrong-total", "missing-stomach", "beam-doses"}) {
    const auto* info = dosegate::phantom::find_case(name);
    REQUIRE(info != nullptr);
    check(write_phantom(folder, name), kVerdicts.at(info->expected_verdict).first);
  }
}

TEST_CASE("phantom record: what is wrong is named with number, date and length", "[e2e][phantom][record]") {
  const TemporaryFolder folder;
  const auto said = [&](const char* name, const char* rule, int exit_code = 1) {
    return message(check(write_phantom(folder, name), exit_code), rule);
  };
  using Catch::Contains;
  CHECK_THAT(said("not-fasted", "DE-1"), Contains("fraction 7 (Tue 2024-01-16): 2.5 h") && Contains("4 h"));
  CHECK_THAT(said("fasting-unknown", "DE-1", 2), Contains("fastingHours of fraction 9 (Thu 2024-01-18)"));
  CHECK_THAT(said("no-cbct", "DE-2"), Contains("fraction 1 (Mon 2024-01-08)"));
  CHECK_THAT(said("not-gated", "DE-3"), Contains("fraction 12 (Tue 2024-01-23)"));
  CHECK_THAT(said("other-gamma", "QA-1", 2), Contains("3 % global, 3 mm") && Contains("3 % global, 2 mm"));
  // 7 January and 1 February.
  CHECK_THAT(said("late-infusion", "SY-1"), Contains("(Thu 2024-02-01) came after 25 days, not 21 days (+-3)"));
  // Day 63 is 10 March: 24 days of January, 29 of February, 10 of March.
  CHECK_THAT(said("late-assessment", "SY-2"), Contains("Sun 2024-03-10, 63 days after the first infusion"));
  // A year from 2 April.
  CHECK_THAT(said("therapy-broken-off", "SY-3"), Contains("Tue 2024-08-27") && Contains("due until Wed 2025-04-02"));
  CHECK_THAT(said("missed-imaging", "SY-4"), Contains("Sat 2024-10-19") && Contains("7 months after surgery"));
  // The 29th; the second infusion was on the 28th.
  CHECK_THAT(said("missed-fraction", "RX-6"), Contains("Fraction 15 (Mon 2024-01-29)") && Contains("Sun 2024-01-28"));
  // 8 January to 9 February.
  CHECK_THAT(said("long-schedule", "RX-5"), Contains("The course takes 33 days, more than 21 days"));
}

TEST_CASE("phantom record: seen on an earlier day, what was given later is a deviation", "[e2e][phantom][record]") {
  const TemporaryFolder folder;
  const v1::Report report = check(write_phantom(folder, "pass"), 1, {"--as-of", "2024-01-25"});
  CHECK_THAT(message(report, "RX-4"),
             Catch::Contains("fraction 15 is dated Fri 2024-01-26, after the day of this check, Thu 2024-01-25"));
}
