#include <catch2/catch.hpp>

#include "core/report/report.h"
#include "tests/property/random.h"

namespace dosegate {
namespace {

using property::Random;

const std::vector<FindingStatus> kStatuses = {FindingStatus::kPass, FindingStatus::kWarning, FindingStatus::kDeviation,
                                              FindingStatus::kIndeterminate, FindingStatus::kNotEvaluable};

Finding finding(FindingStatus status, bool mandatory) {
  Finding f;
  f.status = status;
  f.mandatory = mandatory;
  return f;
}

std::vector<Finding> random_findings(Random& random) {
  std::vector<Finding> out;
  const std::size_t count = random.below(12);
  // Passes often, so that verdicts other than FAIL are not rare.
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(
        finding(random.below(5) == 0 ? random.one_of(kStatuses) : FindingStatus::kPass, random.below(4) != 0));
  }
  return out;
}

// How far a verdict is from letting a plan through.
int severity(Verdict v) { return v == Verdict::kPass ? 0 : v == Verdict::kIncomplete ? 1 : 2; }

bool lets_through(FindingStatus s) { return s == FindingStatus::kPass || s == FindingStatus::kWarning; }

constexpr int kVerdicts = 20'000;

}  // namespace

TEST_CASE("Nothing found is not a pass") {
  CHECK(verdict_of({}) == Verdict::kIncomplete);
  for (const auto status : kStatuses) CHECK(verdict_of({finding(status, false)}) == Verdict::kIncomplete);
}

TEST_CASE("A mandatory deviation makes any verdict FAIL, and an optional one changes none") {
  Random random(1);
  for (int i = 0; i < kVerdicts; ++i) {
    auto findings = random_findings(random);
    const Verdict before = verdict_of(findings);
    const auto at = findings.begin() + static_cast<std::ptrdiff_t>(random.below(findings.size() + 1));
    auto optional = findings;
    optional.push_back(finding(FindingStatus::kDeviation, false));
    REQUIRE(verdict_of(optional) == before);
    findings.insert(at, finding(FindingStatus::kDeviation, true));
    REQUIRE(verdict_of(findings) == Verdict::kFail);
  }
}

TEST_CASE("No further finding improves a verdict that rests on something") {
  Random random(2);
  for (int i = 0; i < kVerdicts; ++i) {
    auto findings = random_findings(random);
    findings.push_back(finding(FindingStatus::kPass, true));
    const Verdict before = verdict_of(findings);
    findings.push_back(finding(random.one_of(kStatuses), random.coin()));
    REQUIRE(severity(verdict_of(findings)) >= severity(before));
  }
}

TEST_CASE("The verdict is PASS exactly when some mandatory rule was judged and all of them let the plan through") {
  Random random(3);
  int passes = 0;
  for (int i = 0; i < kVerdicts; ++i) {
    const auto findings = random_findings(random);
    int mandatory = 0, through = 0;
    for (const auto& f : findings) {
      mandatory += f.mandatory ? 1 : 0;
      through += f.mandatory && lets_through(f.status) ? 1 : 0;
    }
    const bool passes_by_definition = mandatory > 0 && through == mandatory;
    passes += passes_by_definition ? 1 : 0;
    REQUIRE((verdict_of(findings) == Verdict::kPass) == passes_by_definition);
  }
  CHECK(passes > kVerdicts / 10);
}

TEST_CASE("The verdict does not depend on the order of the findings") {
  Random random(4);
  for (int i = 0; i < kVerdicts; ++i) {
    auto findings = random_findings(random);
    const Verdict before = verdict_of(findings);
    random.shuffle(findings);
    REQUIRE(verdict_of(findings) == before);
  }
}

}  // namespace dosegate
