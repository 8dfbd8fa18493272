#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "core/protocol/implication.h"
#include "core/protocol/protocol.h"

namespace dosegate {
namespace {

using Severity = LintEntry::Severity;

// Each limit: "role metric comparator limit", e.g. "Liver V20Gy[%] LT 49".
std::string with_limits(const std::vector<std::string>& limits, const std::string& more_roles = "") {
  std::string rules;
  int number = 0;
  for (const std::string& text : limits) {
    std::vector<std::string> words(1);
    for (const char c : text) {
      if (c == ' ') {
        words.emplace_back();
      } else {
        words.back() += c;
      }
    }
    rules += (number ? ", " : "") + (R"({"id": "R)" + std::to_string(number)) +
             R"(", "clause": "C", "text": "t", "reading": "r", "mandatory": true, "doseMetric": {"structure": ")" +
             words.at(0) + R"(", "metric": ")" + words.at(1) + R"(", "comparator": ")" + words.at(2) +
             R"(", "limit": )" + words.at(3) + "}}";
    ++number;
  }
  return R"({"schema": "dosegate.v1.Protocol", "id": "T", "version": "1.0.0", "title": "t", "source": "s",
    "prescription": {"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "PTV"},
    "roles": [{"id": "PTV", "kind": "TARGET"}, {"id": "Liver", "kind": "ORGAN_AT_RISK"})" +
         more_roles + "], \"rules\": [" + rules + "]}";
}

struct Expected {
  Severity severity;
  std::string path;
  std::string message;  // a part of it
};

// The entries of the linter, minus the note on an unused liver where the test has no use for it.
std::vector<LintEntry> lint(const std::string& json) {
  std::vector<LintEntry> out;
  for (LintEntry& e : lint_protocol(json)) {
    if (e.message != "no rule uses the role \"Liver\"") out.push_back(std::move(e));
  }
  return out;
}

void check(const std::string& json, const std::vector<Expected>& expected) {
  const auto entries = lint(json);
  for (const LintEntry& e : entries) UNSCOPED_INFO(e.path << ": " << e.message);
  REQUIRE(entries.size() == expected.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CHECK(entries[i].severity == expected[i].severity);
    CHECK(entries[i].path == expected[i].path);
    CHECK_THAT(entries[i].message, Catch::Contains(expected[i].message));
  }
}

TEST_CASE("A sound protocol gives no entry", "[lint]") {
  check(with_limits({"PTV V95%[%] GE 97", "Liver Mean[Gy] LE 24", "Liver V5Gy[%] LT 86", "Liver V20Gy[%] LT 49",
                     "Liver Max[Gy] LT 50"}),
        {});
}

TEST_CASE("The linter knows that the trial's kidney limits can never be the first to fail", "[lint][OR-7]") {
  std::vector<std::string> idle, warnings;
  for (const LintEntry& e : lint_protocol(builtin_protocols().front().json)) {
    INFO(e.path << ": " << e.message);
    CHECK(e.severity != Severity::kError);
    if (e.severity == Severity::kWarning) warnings.push_back(e.path + ": " + e.message);
    if (e.message.find("can never be the first to fail") != std::string::npos) {
      CHECK(e.severity == Severity::kNote);
      idle.push_back(e.message.substr(0, e.message.find(' ')));
    }
  }
  CHECK(warnings == std::vector<std::string>{});
  CHECK(idle ==
        std::vector<std::string>{"OR-7.L.V23", "OR-7.L.V30", "OR-7.L.V50", "OR-7.R.V23", "OR-7.R.V30", "OR-7.R.V50"});
}

TEST_CASE("An idle limit names the rule that makes it so", "[lint]") {
  check(with_limits({"Liver Max[Gy] LT 20", "Liver V23Gy[%] LT 50"}),
        {{Severity::kNote, "$.rules[1].doseMetric.limit",
          "R1 (V23Gy[%] < 50) can never be the first to fail once R0 (Max[Gy] < 20) holds"}});
  // In cc, in cGy and through D as well; the percentages of dose are of 45 Gy.
  check(with_limits({"Liver Max[cGy] LT 2000", "Liver V23Gy[cc] LT 50"}),
        {{Severity::kNote, "$.rules[1].doseMetric.limit", "once R0 (Max[cGy] < 2000) holds"}});
  check(with_limits({"Liver V20Gy[%] LT 10", "Liver D30%[Gy] LT 25"}),
        {{Severity::kNote, "$.rules[1].doseMetric.limit", "once R0 (V20Gy[%] < 10) holds"}});
  check(with_limits({"PTV V95%[%] GE 97", "PTV V40Gy[%] GE 90"}),
        {{Severity::kNote, "$.rules[1].doseMetric.limit", "once R0 (V95%[%] >= 97) holds"}});
}

TEST_CASE("Volume limits that rise with the dose are a warning", "[lint]") {
  check(with_limits({"Liver V20Gy[%] LT 49", "Liver V25Gy[%] LT 55"}),
        {{Severity::kWarning, "$.rules[1].doseMetric.limit", "does not fall as the dose rises"}});
  check(with_limits({"Liver V20Gy[%] LT 49", "Liver V25Gy[%] LT 49"}),
        {{Severity::kWarning, "$.rules[1].doseMetric.limit", "does not fall as the dose rises"}});
}

TEST_CASE("Limits that cannot both hold, and rules that repeat each other, are warnings", "[lint]") {
  check(with_limits({"PTV V42Gy[%] GE 97", "PTV Max[Gy] LT 40"}),
        {{Severity::kWarning, "$.rules[1].doseMetric.limit", "cannot both hold"}});
  check(with_limits({"Liver Mean[Gy] LT 24", "Liver Mean[Gy] LT 24"}),
        {{Severity::kWarning, "$.rules[1].doseMetric", "says the same as R0"}});
}

TEST_CASE("A direction that is unusual for the role is a warning", "[lint]") {
  check(with_limits({"Liver V20Gy[%] GT 49"}),
        {{Severity::kWarning, "$.rules[0].doseMetric.comparator", "asks for dose in an organ at risk"}});
  check(with_limits({"PTV V95%[%] LE 97"}),
        {{Severity::kWarning, "$.rules[0].doseMetric.comparator", "limits the coverage of a target"}});
  check(with_limits({"PTV V50Gy[%] GE 3"}),
        {{Severity::kWarning, "$.rules[0].doseMetric.comparator", "asks for a hot spot"}});
  // Sparing a volume is a lower limit that is meant.
  check(with_limits({"Liver CV15Gy[%] GE 30"}), {});
}

TEST_CASE("A percentage that may be of something else is pointed out", "[lint]") {
  check(with_limits({"PTV V110%[%] LT 3"}),
        {{Severity::kNote, "$.rules[0].doseMetric.metric", "49.5 Gy, 110 % of the prescribed 45 Gy"}});
  check(with_limits({"Liver V125%[%] LT 3"}),
        {{Severity::kWarning, "$.rules[0].doseMetric.metric", "is a dose in Gy meant"}});
  check(with_limits({"PTV V0.95%[%] GE 97"}),
        {{Severity::kWarning, "$.rules[0].doseMetric.metric", "is a fraction written as a percentage"}});
  check(with_limits({"PTV V95%[%] GE 0.97"}),
        {{Severity::kWarning, "$.rules[0].doseMetric.limit", "is a fraction written as a percentage"}});
  check(with_limits({"Liver V20Gy[%] LE 100"}), {{Severity::kWarning, "$.rules[0].doseMetric.limit", "always holds"}});
}

TEST_CASE("Roles without use and names that lead to two roles are warnings", "[lint]") {
  check(with_limits({"PTV V95%[%] GE 97"}, R"(, {"id": "Heart", "kind": "ORGAN_AT_RISK"})"),
        {{Severity::kWarning, "$.roles[2]", "no rule uses the role \"Heart\""}});
  check(with_limits({"Heart Mean[Gy] LT 5", "Liver Mean[Gy] LT 5"},
                    R"(, {"id": "Heart", "kind": "ORGAN_AT_RISK", "aliases": ["Herz", "li_ver", "HERZ"]})"),
        {{Severity::kWarning, "$.roles[2].aliases[1]", "also names the role \"Liver\""},
         {Severity::kNote, "$.roles[2].aliases[2]", "only in case and separators"}});
}

TEST_CASE("A protocol that no plan can pass, and a warning zone that holds every pass, are warnings", "[lint]") {
  std::string advisory = with_limits({"PTV V95%[%] GE 97"});
  advisory.replace(advisory.find("\"mandatory\": true"), 17, "\"mandatory\": false");
  check(advisory, {{Severity::kNote, "$.rules[0].mandatory", "advisory"},
                   {Severity::kWarning, "$.rules", "no plan can ever pass"}});
  std::string zone = with_limits({"Liver V50Gy[%] LT 2"});
  zone.replace(zone.find("\"limit\": 2"), 10, "\"limit\": 2, \"warningWithin\": 5");
  check(zone, {{Severity::kWarning, "$.rules[0].doseMetric.warningWithin", "none passes without a warning"}});
}

TEST_CASE("Everything that would not load is an error, all of it", "[lint]") {
  const auto entries = lint_protocol(with_limits({"Liver V20[%] LT 1", "Lever Max[Gy] LT 40"}));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].severity == Severity::kError);
  CHECK(entries[0].path == "$.rules[0].doseMetric.metric");
  CHECK(entries[1].path == "$.rules[1].doseMetric.structure");
  REQUIRE(lint_protocol("").size() == 1);
  REQUIRE(lint_protocol("{").size() == 1);
}

TEST_CASE("Implication is decided only where it is certain", "[lint]") {
  const auto statement = [](const std::string& metric, Comparator c, double limit) {
    DoseMetricRule rule;
    rule.metric = *parse_metric(metric);
    rule.limit = Limit{c, limit, 0.0};
    return *dvh_statement(rule, Dose::gy(45));
  };
  using enum Comparator;
  CHECK(implies(statement("Max[Gy]", kLess, 20), statement("V20Gy[%]", kLess, 5)));
  // At most 20 Gy everywhere may mean 20 Gy everywhere.
  CHECK_FALSE(implies(statement("Max[Gy]", kLessOrEqual, 20), statement("V20Gy[%]", kLess, 5)));
  CHECK(implies(statement("Max[Gy]", kLessOrEqual, 20), statement("V21Gy[%]", kLess, 5)));
  CHECK_FALSE(implies(statement("V20Gy[cc]", kLess, 5), statement("V25Gy[%]", kLess, 50)));
  CHECK_FALSE(implies(statement("V20Gy[%]", kLess, 5), statement("V20Gy[%]", kLess, 5)));
  CHECK_FALSE(implies(statement("V20Gy[%]", kLessOrEqual, 5), statement("V25Gy[%]", kLess, 5)));
  CHECK(implies(statement("Min[Gy]", kGreaterOrEqual, 43), statement("V42Gy[%]", kGreaterOrEqual, 97)));
  CHECK_FALSE(implies(statement("V95%[%]", kGreaterOrEqual, 97), statement("V110%[%]", kLess, 3)));
  CHECK(implies(statement("CV20Gy[%]", kGreater, 60), statement("V20Gy[%]", kLess, 50)));
  CHECK_FALSE(contradict(statement("V95%[%]", kGreaterOrEqual, 97), statement("V110%[%]", kLess, 3)));
  CHECK(contradict(statement("Min[Gy]", kGreater, 30), statement("D50%[Gy]", kLess, 25)));
  DoseMetricRule mean;
  mean.metric = *parse_metric("Mean[Gy]");
  mean.limit = Limit{kLess, 24, 0};
  CHECK_FALSE(dvh_statement(mean, Dose::gy(45)));
}

TEST_CASE("The largest protocol that loads is linted with bounded output", "[lint]") {
  std::vector<std::string> limits;
  for (int i = 0; i < 1000; ++i) limits.push_back("Liver V" + std::to_string(i + 1) + "Gy[%] LT 50");
  for (int i = 0; i < 1000; ++i) limits.push_back("Liver V" + std::to_string(i + 1) + "Gy[%] GT 60");
  const auto entries = lint_protocol(with_limits(limits));
  CHECK(entries.size() < 4 * limits.size());
}

}  // namespace
}  // namespace dosegate
