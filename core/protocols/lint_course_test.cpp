#include <catch2/catch.hpp>

#include "core/protocol/protocol.h"
#include "core/protocols/lint.h"

namespace dosegate {

TEST_CASE("A rule on the course that nothing can break, or nothing can decide, is found", "[lint]") {
  const auto linted = [](const std::string& check, const std::string& more) {
    return lint_protocol(
        R"({"schema": "dosegate.v1.Protocol", "id": "T", "version": "1.0.0", "title": "t", "source": "s",
      "prescription": {"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "PTV"},
      "fractionation": {"phases": [{"fractions": 15, "dosePerFractionGy": 3}], "treatmentDays": ["MONDAY"])" +
        more + R"(}, "roles": [{"id": "PTV", "kind": "TARGET"}],
      "rules": [{"id": "A", "clause": "C", "text": "t", "reading": "r", "source": "sa", "mandatory": true,
        "schedule": {"check": ")" +
        check + R"("}}]})");
  };
  const auto only = [](const std::vector<LintEntry>& entries, const char* why) {
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].severity == LintEntry::Severity::kWarning);
    CHECK(entries[0].path == "$.rules[0].schedule");
    CHECK_THAT(entries[0].message, Catch::Contains(why));
  };
  only(linted("OVERALL_TIME", ""), "met by a course of any length");
  only(linted("START", ""), "can never be evaluated: fractionation states no start");
  only(linted("END", ""), "can never be evaluated: fractionation states no end");
  CHECK(linted("OVERALL_TIME", R"(, "overallDays": 40)").empty());
  CHECK(linted("PATTERN", "").empty());
}

}  // namespace dosegate
