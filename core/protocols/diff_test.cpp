#include "core/protocols/diff.h"

#include <catch2/catch.hpp>
#include <string>

#include "core/protocols/load.h"

namespace dosegate {
namespace {

using Effect = ProtocolChange::Effect;
using What = ProtocolChange::What;

// One protocol; a test edits its text.
const std::string kBase = R"({
  "schema": "dosegate.v1.Protocol", "id": "T", "version": "1.0.0", "title": "t", "source": "s",
  "prescription": {"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "PTV"},
  "roles": [
    {"id": "PTV", "kind": "TARGET"},
    {"id": "Liver", "kind": "ORGAN_AT_RISK", "aliases": ["Hepar", "Leber"]},
    {"id": "Cord", "kind": "ORGAN_AT_RISK"}],
  "rules": [
    {"id": "A", "clause": "C-1", "text": "ta", "reading": "ra", "source": "s", "mandatory": true,
     "doseMetric": {"structure": "Liver", "metric": "V20Gy[%]", "comparator": "LT", "limit": 49}},
    {"id": "B", "clause": "C-2", "text": "tb", "source": "s", "mandatory": true,
     "doseMetric": {"structure": "PTV", "metric": "V95%[%]", "comparator": "GE", "limit": 97, "warningWithin": 1}},
    {"id": "C", "clause": "C-3", "text": "tc", "source": "s", "mandatory": false,
     "doseMetric": {"structure": "Cord", "metric": "Max[Gy]", "comparator": "LT", "limit": 40}},
    {"id": "D", "clause": "C-4", "text": "td", "source": "s", "mandatory": true,
     "prescription": {"quantity": "TOTAL_DOSE"}}]
})";

Protocol load(const std::string& json) {
  const auto protocol = load_protocol(json);
  if (!protocol) FAIL(protocol.error().path << ": " << protocol.error().message);
  return *protocol;
}

std::string edited(std::string text, const std::string& old, const std::string& replacement) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), replacement);
}

ProtocolDiff diff_of(const std::string& old, const std::string& replacement) {
  const auto diff = diff_protocols(load(kBase), load(edited(kBase, old, replacement)));
  REQUIRE(diff);
  return *diff;
}

TEST_CASE("One edit gives one sentence with its direction", "[diff]") {
  struct Difference {
    const char *old, *replacement, *text;
    Effect effect;
  };
  const Difference rows[] = {
      {"\"limit\": 49", "\"limit\": 45", "A: limit < 49 % becomes < 45 %: stricter", Effect::kStricter},
      {"\"limit\": 49", "\"limit\": 50", "A: limit < 49 % becomes < 50 %: looser", Effect::kLooser},
      {"\"LT\", \"limit\": 49", "\"LE\", \"limit\": 49", "A: limit < 49 % becomes <= 49 %: looser", Effect::kLooser},
      {"\"LT\", \"limit\": 49", "\"GT\", \"limit\": 49", "A: limit < 49 % becomes > 49 %: findings may move either way",
       Effect::kDepends},
      {", \"comparator\": \"LT\", \"limit\": 40", "", "C: limit < 40 Gy becomes reported only (advisory)",
       Effect::kNone},
      {"\"limit\": 97", "\"limit\": 98", "B: limit >= 97 % becomes >= 98 %: stricter", Effect::kStricter},
      {"\"limit\": 97", "\"limit\": 95", "B: limit >= 97 % becomes >= 95 %: looser", Effect::kLooser},
      {"\"GE\"", "\"GT\"", "B: limit >= 97 % becomes > 97 %: stricter", Effect::kStricter},
      // The volume above 95 % is no larger than the one at 95 %.
      {"\"GE\"", "\"GE\", \"strictlyAbove\": true", "B: metric V95%[%] becomes V95%[%] (strictly above): stricter",
       Effect::kStricter},
      {"\"LT\", \"limit\": 49", "\"LT\", \"strictlyAbove\": true, \"limit\": 49",
       "A: metric V20Gy[%] becomes V20Gy[%] (strictly above): looser", Effect::kLooser},
      // V15 below 49 % makes V20 below 49 %; V25 below 49 % leaves V20 free.
      {"V20Gy[%]", "V15Gy[%]", "A: metric V20Gy[%] becomes V15Gy[%]: stricter", Effect::kStricter},
      {"V20Gy[%]", "V25Gy[%]", "A: metric V20Gy[%] becomes V25Gy[%]: looser", Effect::kLooser},
      {"V20Gy[%]\", \"comparator\": \"LT\", \"limit\": 49", "V25Gy[%]\", \"comparator\": \"LT\", \"limit\": 35",
       "A: metric V20Gy[%] becomes V25Gy[%], limit < 49 % becomes < 35 %: findings may move either way",
       Effect::kDepends},
      {"\"structure\": \"Liver\"", "\"structure\": \"Cord\"",
       "A: structure Liver becomes Cord: findings may move either way", Effect::kDepends},
      {"\"limit\": 40", "\"limit\": 45", "C: limit < 40 Gy becomes < 45 Gy (advisory)", Effect::kNone},
      {"\"warningWithin\": 1", "\"warningWithin\": 2",
       "B: a pass warns within 1 % of the limit, becomes within 2 % of the limit", Effect::kNone},
      {"\"mandatory\": true,\n     \"doseMetric\": {\"structure\": \"PTV\"",
       "\"mandatory\": false,\n     \"doseMetric\": {\"structure\": \"PTV\"",
       "B: mandatory yes becomes no (advisory): looser", Effect::kLooser},
      {"\"mandatory\": false", "\"mandatory\": true", "C: mandatory no (advisory) becomes yes: stricter",
       Effect::kStricter},
      {"\"ra\"", "\"rb\"", "A: reading \"ra\" becomes \"rb\"", Effect::kNone},
      {"\"reading\": \"ra\", ", "", "A: reading \"ra\" becomes not stated", Effect::kNone},
      {"\"1.0.0\"", "\"1.1.0\"", "protocol: version \"1.0.0\" becomes \"1.1.0\"", Effect::kNone},
      {"\"title\": \"t\"", "\"title\": \"t\", \"betweenSlices\": \"INTERPOLATE\"",
       "protocol: between slices not stated becomes INTERPOLATE: findings may move either way", Effect::kDepends},
      {"\"kind\": \"ORGAN_AT_RISK\", \"aliases\"", "\"kind\": \"TARGET\", \"aliases\"",
       "Liver: kind ORGAN_AT_RISK becomes TARGET: findings may move either way", Effect::kDepends},
      {"[\"Hepar\", \"Leber\"]", "[\"Leber\", \"Hepar\", \"Foie\"]", "Liver: is also found under \"Foie\"",
       Effect::kDepends},
      {"[\"Hepar\", \"Leber\"]", "[\"Leber\"]", "Liver: is no longer found under \"Hepar\"", Effect::kDepends},
      {"\"TOTAL_DOSE\"", "\"FRACTIONS\"",
       "D: prescription, quantity TOTAL_DOSE becomes FRACTIONS: findings may move either way", Effect::kDepends},
      {"\"prescription\": {\"quantity\": \"TOTAL_DOSE\"}", "\"structure\": {\"structure\": \"PTV\"}",
       "D: is another kind of rule, prescription becomes structure: findings may move either way", Effect::kDepends},
      {"\"id\": \"A\"", "\"id\": \"A2\"", "A: is now called A2", Effect::kNone},
  };
  for (const Difference& row : rows) {
    INFO(row.old << " -> " << row.replacement);
    const ProtocolDiff diff = diff_of(row.old, row.replacement);
    for (const auto& change : diff.changes) UNSCOPED_INFO(change.text);
    // A rule that is renamed first stands where it stood: nothing else changes.
    REQUIRE(diff.changes.size() == 1);
    CHECK(diff.changes[0].text == row.text);
    CHECK(diff.changes[0].effect == row.effect);
  }
}

TEST_CASE("A limit's change carries its old and new value and its JSON path", "[diff]") {
  const ProtocolDiff diff = diff_of("\"limit\": 49", "\"limit\": 45");
  REQUIRE(diff.changes.size() == 1);
  CHECK(diff.changes[0].what == What::kChanged);
  CHECK(diff.changes[0].part == ProtocolChange::Part::kRule);
  CHECK(diff.changes[0].id == "A");
  CHECK(diff.changes[0].member == "doseMetric.limit");
  CHECK(diff.changes[0].before == "< 49 %");
  CHECK(diff.changes[0].after == "< 45 %");
  CHECK(diff.notes ==
        std::vector<std::string>{"Both call themselves T 1.0.0, but they differ: raise the version of the one that was "
                                 "edited."});
}

TEST_CASE("A new prescription says that percentages of it move along", "[diff]") {
  const ProtocolDiff diff = diff_of("\"totalDoseGy\": 45, \"fractions\": 15", "\"totalDoseGy\": 48, \"fractions\": 16");
  REQUIRE(diff.changes.size() == 2);
  const std::string tail = ", and every dose in % of the prescription with it: findings may move either way";
  CHECK(diff.changes[0].text == "prescription: fractions 15 becomes 16" + tail);
  CHECK(diff.changes[1].text == "prescription: total dose 45 Gy becomes 48 Gy" + tail);
}

TEST_CASE("A rule added is stricter and one removed looser when it is mandatory", "[diff]") {
  const std::string more = edited(kBase, "\n    {\"id\": \"D\"", R"(
    {"id": "E", "clause": "C-5", "text": "te", "mandatory": true,
     "doseMetric": {"structure": "Cord", "metric": "D0.03cc[Gy]", "comparator": "LE", "limit": 38}},
    {"id": "F", "clause": "C-5", "text": "at the cord", "mandatory": false, "structure": {"structure": "Cord"}},
    {"id": "D")");
  const auto added = diff_protocols(load(kBase), load(more));
  REQUIRE(added);
  REQUIRE(added->changes.size() == 2);
  CHECK(added->changes[0].text == "E: added, mandatory, Cord D0.03cc[Gy] <= 38 Gy: stricter");
  CHECK(added->changes[0].what == What::kAdded);
  CHECK(added->changes[1].text == "F: added, advisory, \"at the cord\"");
  CHECK(added->changes[1].effect == Effect::kNone);
  const auto removed = diff_protocols(load(more), load(kBase));
  REQUIRE(removed);
  REQUIRE(removed->changes.size() == 2);
  CHECK(removed->changes[0].text == "E: removed, was mandatory, Cord D0.03cc[Gy] <= 38 Gy: looser");
  CHECK(removed->changes[0].what == What::kRemoved);
  CHECK(removed->changes[1].effect == Effect::kNone);
}

TEST_CASE("A role added and the rule that speaks of it are two changes", "[diff]") {
  std::string more = edited(kBase, "{\"id\": \"PTV\", \"kind\": \"TARGET\"}",
                            R"({"id": "PTV", "kind": "TARGET"}, {"id": "Liver-PTV", "kind": "ORGAN_AT_RISK",
      "derived": {"base": "Liver", "minus": ["PTV"]}})");
  more = edited(more, "\"structure\": \"Liver\"", "\"structure\": \"Liver-PTV\"");
  const auto diff = diff_protocols(load(kBase), load(more));
  REQUIRE(diff);
  REQUIRE(diff->changes.size() == 2);
  CHECK(diff->changes[0].text == "Liver-PTV: the role is added, computed as Liver minus PTV");
  CHECK(diff->changes[1].text == "A: structure Liver becomes Liver-PTV: findings may move either way");
}

TEST_CASE("What is written differently but states the same is no change", "[diff]") {
  std::string other = edited(kBase, "\"limit\": 49", "\"limit\": 4.9e1");
  other = edited(other, "\"doseMetric\"", "\"dose_metric\"");
  other = edited(other, "\"dosePerFractionGy\": 3", "\"dose_per_fraction_gy\": 3.0");
  other = edited(other, "\"tc\", \"source\"", "\"tc\", \"reading\": \"\", \"source\"");
  other = edited(other, "[\"Hepar\", \"Leber\"]", "[\"Leber\", \"Hepar\"]");
  const auto diff = diff_protocols(load(kBase), load(other));
  REQUIRE(diff);
  for (const auto& change : diff->changes) UNSCOPED_INFO(change.text);
  CHECK(diff->changes.empty());
  CHECK(diff->notes == std::vector<std::string>{"They state the same; only the JSON is written differently."});
  const auto same = diff_protocols(load(kBase), load(kBase));
  REQUIRE(same);
  CHECK(same->changes.empty());
  CHECK(same->notes == std::vector<std::string>{"They are the same, byte for byte."});
}

TEST_CASE("Rules in another order move no verdict", "[diff]") {
  const std::string c = R"({"id": "D", "clause": "C-4", "text": "td", "source": "s", "mandatory": true,
     "prescription": {"quantity": "TOTAL_DOSE"}})";
  std::string other = edited(kBase, ",\n    " + c, "");
  other = edited(other, "\n    {\"id\": \"A\"", "\n    " + c + ",\n    {\"id\": \"A\"");
  const auto diff = diff_protocols(load(kBase), load(other));
  REQUIRE(diff);
  REQUIRE(diff->changes.size() == 1);
  CHECK(diff->changes[0].text == "protocol: the rules, and with them the findings, stand in another order");
  CHECK(diff->changes[0].effect == Effect::kNone);
}

TEST_CASE("Every built-in protocol is the same as itself and says that it is none of the others", "[diff]") {
  for (const BuiltinProtocol& a : builtin_protocols()) {
    for (const BuiltinProtocol& b : builtin_protocols()) {
      const auto diff = diff_protocols(load(std::string(a.json)), load(std::string(b.json)));
      REQUIRE(diff);
      CHECK(diff->changes.empty() == (a.id == b.id));
      if (a.id != b.id) CHECK_THAT(diff->notes.at(0), Catch::Contains("two protocols"));
      CHECK(to_json(*diff) == to_json(*diff_protocols(load(std::string(a.json)), load(std::string(b.json)))));
    }
  }
}

TEST_CASE("A protocol that was not loaded cannot be compared", "[diff]") {
  CHECK_FALSE(diff_protocols(Protocol{}, load(kBase)));
  CHECK_FALSE(diff_protocols(load(kBase), Protocol{}));
}

}  // namespace
}  // namespace dosegate
