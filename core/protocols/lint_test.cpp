#include "core/protocols/lint.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "core/protocol/protocol.h"
#include "core/protocols/load.h"

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
    rules +=
        (number ? ", " : "") + (R"({"id": "R)" + std::to_string(number)) +
        R"(", "clause": "C", "text": "t", "reading": "r", "source": "s", "mandatory": true, "doseMetric": {"structure": ")" +
        words.at(0) + R"(", "metric": ")" + words.at(1) + R"(", "comparator": ")" + words.at(2) + R"(", "limit": )" +
        words.at(3) + "}}";
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

TEST_CASE("A percentage on a target of another dose asks for what it is of", "[lint]") {
  const std::string text = with_limits({"GTV V95%[%] GE 97", "PTV V95%[%] GE 97", "GTV V43Gy[%] GE 90"},
                                       R"(, {"id": "GTV", "kind": "TARGET"})");
  const std::vector<LintEntry> entries = lint_protocol(text);
  std::vector<std::string> asked;
  for (const LintEntry& e : entries) {
    if (e.mend.find("percentOfGy") != std::string::npos) asked.push_back(e.path + " " + e.message.substr(0, 3));
  }
  CHECK(asked == std::vector<std::string>{"$.rules[0].doseMetric.metric R0:"});
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
        {{Severity::kWarning, "$.rules[1].doseMetric.comparator", "limits the coverage of a target"},
         {Severity::kWarning, "$.rules[1].doseMetric.limit", "cannot both hold"}});
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
                    R"(, {"id": "Heart", "kind": "ORGAN_AT_RISK", "aliases": ["Herz", "LIVER.", "HERZ"]})"),
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

// A protocol with one thing wrong: what is written instead of what, and the one entry that tells of it.
TEST_CASE("Each defect of a protocol has its entry with path, reason and mend", "[lint]") {
  const std::string sound = R"({
    "schema": "dosegate.v1.Protocol", "id": "T", "version": "1.0.0", "title": "t", "source": "s",
    "prescription": {"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "PTV"},
    "roles": [{"id": "PTV", "kind": "TARGET"}, {"id": "Liver", "kind": "ORGAN_AT_RISK", "aliases": ["Leber"]},
      {"id": "Kidney_L", "kind": "ORGAN_AT_RISK", "laterality": "LEFT", "aliases": ["Niere links"]}],
    "rules": [
      {"id": "A", "clause": "C", "text": "t", "reading": "r", "source": "sa", "mandatory": true,
       "doseMetric": {"structure": "PTV", "metric": "V95%[%]", "comparator": "GE", "limit": 97}},
      {"id": "B", "clause": "C", "text": "t", "reading": "r", "source": "sb", "mandatory": true,
       "doseMetric": {"structure": "Liver", "metric": "V20Gy[%]", "comparator": "LT", "limit": 49}},
      {"id": "C", "clause": "C", "text": "t", "reading": "r", "source": "sc", "mandatory": true,
       "doseMetric": {"structure": "Kidney_L", "metric": "Max[Gy]", "comparator": "LT", "limit": 20}},
      {"id": "D", "clause": "C", "text": "t", "reading": "r", "source": "sd", "mandatory": true,
       "prescription": {"quantity": "TOTAL_DOSE"}}]})";
  REQUIRE(lint_protocol(sound).empty());
  const std::string after_d = R"("prescription": {"quantity": "TOTAL_DOSE"}})";
  const auto one_more = [&](const std::string& kind) {
    return after_d +
           R"(, {"id": "E", "clause": "C", "text": "t", "reading": "r", "source": "se", "mandatory": true, )" + kind +
           "}";
  };
  const auto dose = [&](const std::string& structure, const std::string& metric, const std::string& comparator,
                        const std::string& limit) {
    return one_more(R"("doseMetric": {"structure": ")" + structure + R"(", "metric": ")" + metric +
                    R"(", "comparator": ")" + comparator + R"(", "limit": )" + limit + "}");
  };
  struct Defect {
    std::string old, replacement;
    Severity severity;
    std::string path, why, mend;
  };
  const auto warning = Severity::kWarning, note = Severity::kNote, error = Severity::kError;
  const std::string e = "$.rules[4].doseMetric";
  const Defect defects[] = {
      // Directions.
      {"\"LT\", \"limit\": 49", "\"GT\", \"limit\": 49", warning, "$.rules[1].doseMetric.comparator",
       "asks for dose in an organ at risk", "Turn the comparator"},
      {"\"GE\", \"limit\": 97", "\"LE\", \"limit\": 97", warning, "$.rules[0].doseMetric.comparator",
       "limits the coverage of a target", "Turn the comparator"},
      {after_d, dose("Liver", "Mean[Gy]", "GE", "24"), warning, e + ".comparator", "asks for dose in an organ at risk",
       "Turn the comparator"},
      {after_d, dose("Liver", "CV21Gy[cc]", "LE", "700"), warning, e + ".comparator",
       "asks for dose in an organ at risk", "Turn the comparator"},
      {after_d, dose("PTV", "D95%[Gy]", "LE", "42"), warning, e + ".comparator", "limits the coverage of a target",
       "Turn the comparator"},
      {after_d, dose("PTV", "D2%[%]", "GE", "107"), warning, e + ".comparator", "asks for a hot spot",
       "Turn the comparator"},
      // Units.
      {after_d, dose("PTV", "V1.1%[%]", "LT", "3"), warning, e + ".metric", "is a fraction written as a percentage?",
       "Write V110%"},
      {"V95%[%]\"", "V0.95%[%]\"", warning, "$.rules[0].doseMetric.metric", "is a fraction written as a percentage?",
       "Write V95%"},
      {"\"limit\": 97", "\"limit\": 0.97", warning, "$.rules[0].doseMetric.limit",
       "is a fraction written as a percentage?", "Write 97 for 97 %"},
      {"\"limit\": 49", "\"limit\": 0.049", warning, "$.rules[1].doseMetric.limit",
       "is a fraction written as a percentage?", "Write 4.9 for 4.9 %"},
      {after_d, dose("PTV", "D2%[%]", "LE", "1.07"), warning, e + ".limit", "is a fraction written as a percentage?",
       "Write 107 for 107 %"},
      {after_d, dose("PTV", "V110%[%]", "LT", "3"), note, e + ".metric", "49.5 Gy, 110 % of the prescribed 45 Gy",
       "Compare with the source"},
      {"V20Gy[%]", "V2000Gy[%]", warning, "$.rules[1].doseMetric.metric", "more than three times the prescription",
       "Write cGy for Gy if 2000 cGy"},
      {"V20Gy[%]", "V20cGy[%]", warning, "$.rules[1].doseMetric.metric", "is 20 cGy, less than 1 Gy",
       "Write Gy for cGy if 20 Gy"},
      {"Max[Gy]\", \"comparator\": \"LT\", \"limit\": 20", "Max[cGy]\", \"comparator\": \"LT\", \"limit\": 20", warning,
       "$.rules[2].doseMetric.limit", "is 20 cGy, less than 1 Gy", "Write Gy for cGy"},
      {"Max[Gy]\", \"comparator\": \"LT\", \"limit\": 20", "Max[Gy]\", \"comparator\": \"LT\", \"limit\": 2000", error,
       "$.rules[2].doseMetric.limit", "must be from 0 to 1000", ""},
      {"\"totalDoseGy\": 45", "\"totalDoseGy\": 4500", error, "$.prescription.totalDoseGy", "must be from 0 to 1000",
       ""},
      {"\"dosePerFractionGy\": 3", "\"dosePerFractionGy\": 300", error, "$.prescription.totalDoseGy",
       "15 fractions of 300 Gy make 4500 Gy", ""},
      // Subsumed, contradictory, repeated, trivial.
      {after_d, dose("Kidney_L", "V23Gy[%]", "LT", "67"), note, e + ".limit",
       "can never be the first to fail once C (Max[Gy] < 20) holds", "the reading should say so"},
      {after_d, dose("Kidney_L", "Mean[Gy]", "LE", "24"), note, e + ".limit",
       "can never be the first to fail once C (Max[Gy] < 20) holds", "the reading should say so"},
      {after_d, dose("Liver", "V25Gy[%]", "LT", "55"), warning, e + ".limit", "does not fall as the dose rises",
       "in each other's place"},
      {after_d, dose("Liver", "V20Gy[%]", "LT", "49"), warning, e, "E says the same as B", "Delete one"},
      {after_d, one_more(R"("prescription": {"quantity": "TOTAL_DOSE"})"), warning, "$.rules[4]",
       "E says the same as D", "Delete one"},
      {"V20Gy[%]\", \"comparator\": \"LT\", \"limit\": 49", "V20Gy[%]\", \"comparator\": \"LE\", \"limit\": 100",
       warning, "$.rules[1].doseMetric.limit", "always holds: no volume is above 100 %", "Turn the comparator"},
      {"V20Gy[%]", "V0Gy[%]", warning, "$.rules[1].doseMetric.metric", "the whole structure receives 0 Gy or more",
       "Write the dose level"},
      {"\"GE\", \"limit\": 97", "\"GE\", \"limit\": 0", warning, "$.rules[0].doseMetric.limit",
       "always holds: no value is below 0", "Turn the comparator"},
      {"\"limit\": 49", "\"limit\": 0", error, "$.rules[1].doseMetric.limit", "can never be met", ""},
      {"\"limit\": 49", "\"limit\": 49, \"warningWithin\": 50", warning, "$.rules[1].doseMetric.warningWithin",
       "none passes without a warning", "smaller"},
      // Roles and ids.
      {"\"structure\": \"Liver\"", "\"structure\": \"Lever\"", error, "$.rules[1].doseMetric.structure",
       "did you mean \"Liver\"?", ""},
      {"\"id\": \"B\"", "\"id\": \"A\"", error, "$.rules[1].id", "declared twice; give one of the two another id", ""},
      {"\"id\": \"Liver\"", "\"id\": \"PTV\"", error, "$.roles[1].id", "declared twice; delete one", ""},
      {"[\"Leber\"]", "[\"Leber\", \"PTV_\"]", warning, "$.roles[1].aliases[1]", "also names the role \"PTV\"",
       "Leave it with the one role"},
      {"[\"Leber\"]", "[\"Leber\", \"LEBER\"]", note, "$.roles[1].aliases[1]", "only in case and separators",
       "Delete it"},
      {"\"Niere links\"", "\"Niere rechts\"", warning, "$.roles[2].aliases[0]", "but the role \"Kidney_L\" is LEFT",
       "Move it to the role of that side"},
      {"\"laterality\": \"LEFT\", ", "", warning, "$.roles[2].laterality",
       "names a side, but the role has no laterality", "Write the laterality"},
      {"{\"id\": \"PTV\", \"kind\": \"TARGET\"}",
       "{\"id\": \"PTV\", \"kind\": \"TARGET\"}, {\"id\": \"Heart\", \"kind\": \"ORGAN_AT_RISK\"}", warning,
       "$.roles[1]", "no rule uses the role \"Heart\"", "Delete it, or write the rule"},
      // What a reader needs.
      {", \"source\": \"s\"", "", warning, "$.source", "names no source", "Write the publication"},
      {"\"source\": \"sb\", ", "", warning, "$.rules[1].source", "B names no source", "Write the publication"},
      {"\"reading\": \"r\", \"source\": \"sb\"", "\"source\": \"sb\"", note, "$.rules[1].reading",
       "does not state how it is read", "Say in a sentence"},
      {"\"mandatory\": true,\n       \"doseMetric\": {\"structure\": \"Liver\"",
       "\"mandatory\": false,\n       \"doseMetric\": {\"structure\": \"Liver\"", note, "$.rules[1].mandatory",
       "never decides the verdict", "Make it mandatory"},
      // What is left out so that a rule is always met, or never.
      {after_d, one_more(R"("bed": {"alphaBetaGy": 10})"), warning, "$.rules[4].mandatory",
       "met by every dose a fraction", "make it advisory"},
      {after_d, one_more(R"("margin": {"from": "PTV", "to": "Liver", "leftMm": 5, "rightMm": 5, "anteriorMm": 5,
         "posteriorMm": 5, "cranialMm": 5, "caudalMm": 5, "toleranceMm": 1, "croppedBy": ["Kidney_L"]})"),
       warning, "$.rules[4].margin", "lets any share of the margin be cropped", "may be cropped away"},
      // What is left out is refused, not taken for advisory or met.
      {"\"mandatory\": true,\n       \"doseMetric\": {\"structure\": \"Liver\"",
       "\"doseMetric\": {\"structure\": \"Liver\"", error, "$.rules[1].mandatory", "is missing; write true", ""},
      {", \"comparator\": \"LT\", \"limit\": 49", "", error, "$.rules[1].mandatory", "has no limit", ""},
  };
  for (const Defect& d : defects) {
    std::string json = sound;
    const std::size_t at = json.find(d.old);
    INFO(d.old << " -> " << d.replacement);
    REQUIRE(at != std::string::npos);
    json.replace(at, d.old.size(), d.replacement);
    const auto entries = lint_protocol(json);
    for (const LintEntry& entry : entries) UNSCOPED_INFO(entry.path << ": " << entry.message << " | " << entry.mend);
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const LintEntry& entry) {
      return entry.severity == d.severity && entry.path == d.path && entry.message.find(d.why) != std::string::npos;
    });
    REQUIRE(found != entries.end());
    CHECK_THAT(found->mend, Catch::Contains(d.mend));
    CHECK((d.severity == Severity::kError || !found->mend.empty()));
    // Nothing unrelated is said.
    CHECK(entries.size() <= 3);
  }
}

TEST_CASE("Limits that no plan can meet together are found whatever they are written in", "[lint]") {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"Liver V20Gy[%] LT 10", "Liver V20Gy[%] GT 20"},  {"Liver Max[Gy] LT 20", "Liver Max[Gy] GT 30"},
      {"Liver D50%[Gy] LE 20", "Liver D50%[Gy] GE 21"},  {"Liver Mean[Gy] LT 10", "Liver Mean[Gy] GE 10"},
      {"Liver Mean[Gy] LE 10", "Liver Min[Gy] GE 11"},   {"Liver Max[Gy] LT 20", "Liver Mean[Gy] GT 25"},
      {"Liver V20Gy[%] LT 50", "Liver V25Gy[%] GE 50"},  {"Liver D30%[Gy] LT 20", "Liver D50%[Gy] GE 20"},
      {"Liver CV20Gy[%] GT 90", "Liver V20Gy[%] GT 15"}, {"Liver Max[cGy] LT 2000", "Liver V21Gy[cc] GE 1"},
  };
  const auto clashes = [](const std::string& a, const std::string& b) {
    for (const LintEntry& entry : lint_protocol(with_limits({a, b}))) {
      if (entry.message.find("cannot both hold") != std::string::npos) return true;
    }
    return false;
  };
  for (const auto& [a, b] : pairs) {
    INFO(a << " and " << b);
    CHECK(clashes(a, b));
    CHECK(clashes(b, a));
  }
  // Some dose meets both: uniform 20 Gy, or two parts.
  for (const auto& [a, b] :
       std::vector<std::pair<std::string, std::string>>{{"Liver Max[Gy] LE 20", "Liver V20Gy[%] GE 5"},
                                                        {"Liver D30%[Gy] LE 20", "Liver D50%[Gy] GE 20"},
                                                        {"Liver V20Gy[%] LE 50", "Liver V25Gy[%] GE 50"},
                                                        {"Liver Mean[Gy] LE 10", "Liver Mean[Gy] GE 10"},
                                                        {"Liver Mean[Gy] LE 10", "Liver Max[Gy] GE 40"},
                                                        {"Liver V20Gy[%] LT 50", "Liver V10Gy[%] GT 60"}}) {
    INFO(a << " and " << b);
    CHECK_FALSE(clashes(a, b));
    CHECK_FALSE(clashes(b, a));
  }
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

TEST_CASE("A margin without a limit to what lies beyond it is noted", "[lint][VO-2]") {
  const auto with_margin = [](const std::string& more) {
    const std::string json = with_limits({"PTV D95%[Gy] GE 42"}, R"(, {"id": "CTV", "kind": "TARGET"})");
    const std::string rule =
        R"(, {"id": "M", "clause": "C", "text": "t", "reading": "r", "source": "s", "mandatory": true, "margin": {
      "from": "CTV", "to": "PTV", "leftMm": 5, "rightMm": 5, "anteriorMm": 5, "posteriorMm": 5, "cranialMm": 5,
      "caudalMm": 5, "toleranceMm": 1)" +
        more + "}}";
    return json.substr(0, json.rfind("]}")) + rule + "]}";
  };
  check(with_margin(""), {{Severity::kNote, "$.rules[1].margin", "passes however large it is"}});
  check(with_margin(R"(, "excessLimitMm": 3)"), {});
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
