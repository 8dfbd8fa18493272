#include "core/protocols/load.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "core/json/reader.h"
#include "core/protocol/protocol.h"
#include "core/protocol/structure_match.h"
#include "core/protocols/read.h"
#include "core/rules/derived_check.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "core/rules/prescription.h"
#include "core/rules/structure.h"

namespace dosegate {
namespace {

constexpr char kRole[] = R"({"id": "PTV", "kind": "TARGET"}, {"id": "Cord", "kind": "ORGAN_AT_RISK"})";
constexpr char kRule[] =
    R"({"id": "A.Max", "clause": "A", "text": "t", "mandatory": true,
        "doseMetric": {"structure": "Cord", "metric": "Max[Gy]", "comparator": "LT", "limit": 40}})";
constexpr char kPrescription[] = R"({"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "PTV"})";

std::string protocol(const std::string& roles = kRole, const std::string& rules = kRule,
                     const std::string& prescription = kPrescription, const std::string& more = "") {
  return R"({"schema": "dosegate.v1.Protocol", "id": "T-1", "version": "1.2.3", "title": "t", "source": "s", )"
         R"("prescription": )" +
         prescription + ", \"roles\": [" + roles + "], \"rules\": [" + rules + "]" + more + "}";
}

std::string dose_rule(const std::string& body) {
  return R"({"id": "A", "clause": "A", "text": "t", "mandatory": false, "doseMetric": )" + body + "}";
}

// The path of the first error.
std::string fault(const std::string& json) {
  INFO(json);
  const auto loaded = load_protocol(json);
  REQUIRE_FALSE(loaded);
  INFO(loaded.error().message);
  CHECK_FALSE(loaded.error().message.empty());
  return loaded.error().path;
}

Protocol builtin() {
  const auto loaded = load_protocol(builtin_protocols().front().json);
  if (!loaded) FAIL(loaded.error().path << ": " << loaded.error().message);
  return *loaded;
}

const Rule& rule(const Protocol& p, const std::string& id) {
  for (const Rule& r : p.rules) {
    if (r.id == id) return r;
  }
  FAIL("no rule " << id);
  throw std::logic_error("unreachable");
}

TEST_CASE("A small protocol is read as it is written", "[protocol]") {
  const std::string json = protocol();
  const auto p = load_protocol(json);
  REQUIRE(p);
  CHECK(p->id == "T-1");
  CHECK(p->version == "1.2.3");
  CHECK(p->prescription.total.in_gy() == 45.0);
  CHECK(p->prescription.fractions == 15);
  CHECK(p->prescription.target_role == "PTV");
  CHECK(p->json == json);
  REQUIRE(p->find_role("Cord") != nullptr);
  CHECK(p->find_role("Cord")->kind == RoleKind::kOrganAtRisk);
  CHECK(p->find_role("cord") == nullptr);
  REQUIRE(p->rules.size() == 1);
  const auto& dose = *p->rules[0].as<DoseMetricRule>();
  CHECK(dose.metric.text == "Max[Gy]");
  CHECK(dose.limit->comparator == Comparator::kLess);
  CHECK(dose.limit->value == 40.0);
  CHECK(dose.limit->warning_within == 0.0);
  CHECK(p->rules[0].mandatory);
}

TEST_CASE("A rule says whether it is mandatory, and only one that is not may lack a limit", "[protocol]") {
  const std::string reported = dose_rule(R"({"structure": "Cord", "metric": "Max[Gy]"})");
  const auto p = load_protocol(protocol(kRole, reported));
  REQUIRE(p);
  CHECK_FALSE(p->rules[0].mandatory);
  CHECK_FALSE(p->rules[0].as<DoseMetricRule>()->limit);
  const auto stated = [&](const char* text) {
    std::string json = reported;
    return json.replace(json.find("\"mandatory\": false"), 18, text);
  };
  CHECK(fault(protocol(kRole, stated("\"mandatory\": true"))) == "$.rules[0].mandatory");
  CHECK(fault(protocol(kRole, stated("\"mandatory\": null"))) == "$.rules[0].mandatory");
  CHECK(fault(protocol(kRole, stated("\"reading\": \"r\""))) == "$.rules[0].mandatory");
  CHECK(fault(protocol(kRole, stated("\"mandatory\": 1"))) == "$.rules[0].mandatory");
}

TEST_CASE("What is wrong with the head of a protocol is said with its path", "[protocol]") {
  CHECK(fault("{}") == "$.schema");
  CHECK(fault(R"({"schema": "dosegate.v2.Protocol"})") == "$.schema");
  CHECK(fault(protocol(kRole, kRule, kPrescription, ", \"rulez\": []")) == "$.rulez");
  CHECK(fault(protocol("")) == "$.roles");
  CHECK(fault(protocol(kRole, "")) == "$.rules");
  CHECK(fault(protocol(kRole, kRule, "{}")) == "$.prescription.totalDoseGy");
  CHECK(fault(protocol(kRole, kRule,
                       R"({"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 2, "targetRole": "PTV"})")) ==
        "$.prescription.totalDoseGy");
  CHECK(fault(protocol(kRole, kRule,
                       R"({"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "Cord"})")) ==
        "$.prescription.targetRole");
  CHECK(fault(protocol(kRole, kRule,
                       R"({"totalDoseGy": 45, "fractions": 0, "dosePerFractionGy": 3, "targetRole": "PTV"})")) ==
        "$.prescription.fractions");
  std::string unversioned = protocol();
  unversioned.replace(unversioned.find("1.2.3"), 5, "1.2.x");
  CHECK(fault(unversioned) == "$.version");
}

TEST_CASE("What is wrong with a role is said with its path", "[protocol]") {
  const std::string ptv = R"({"id": "PTV", "kind": "TARGET"}, )";
  CHECK(fault(protocol(ptv + R"({"id": "PTV", "kind": "TARGET"})")) == "$.roles[1].id");
  CHECK(fault(protocol(ptv + R"({"id": "Cord"})")) == "$.roles[1].kind");
  CHECK(fault(protocol(ptv + R"({"id": "Cord", "kind": "ORGAN_AT_RISK", "laterality": "UP"})")) ==
        "$.roles[1].laterality");
  const auto derived = [&](const std::string& body, const std::string& more = "") {
    return fault(protocol(std::string(kRole) + R"(, {"id": "X", "kind": "ORGAN_AT_RISK")" + more +
                          ", \"derived\": " + body + "}"));
  };
  CHECK(derived(R"({"base": "Liver", "minus": ["PTV"]})") == "$.roles[2].derived.base");
  CHECK(derived(R"({"base": "Cord", "minus": ["PTV", "GTV"]})") == "$.roles[2].derived.minus[1]");
  CHECK(derived(R"({"base": "Cord", "minus": ["Cord"]})") == "$.roles[2].derived.minus[0]");
  CHECK(derived(R"({"base": "Cord", "minus": []})") == "$.roles[2].derived.minus");
  CHECK(derived(R"({"base": "X", "minus": ["PTV"]})") == "$.roles[2].derived.base");
  CHECK(derived(R"({"base": "Cord", "minus": ["PTV"], "drawnAs": ["Y"]})") ==
        "$.roles[2].derived.volumeTolerancePercent");
  CHECK(derived(R"({"base": "Cord", "minus": ["PTV"]})", R"(, "aliases": ["Y"])") == "$.roles[2].aliases");
}

TEST_CASE("A derived role may stand before the roles that it is made of", "[protocol]") {
  const auto p = load_protocol(protocol(
      R"({"id": "X", "kind": "ORGAN_AT_RISK", "derived": {"base": "Cord", "minus": ["PTV"]}}, )" + std::string(kRole)));
  REQUIRE(p);
  CHECK(p->roles[0].derived->base == "Cord");
}

TEST_CASE("What is wrong with a rule is said with its path", "[protocol]") {
  const auto path = [](const std::string& rules) { return fault(protocol(kRole, rules)); };
  CHECK(path(std::string(kRule) + ", " + kRule) == "$.rules[1].id");
  CHECK(path(R"({"id": "A", "clause": "A", "text": "t"})") == "$.rules[0]");
  CHECK(path(R"({"id": "A", "clause": "A", "text": "t", "structure": {"structure": "PTV"},
                 "prescription": {"quantity": "FRACTIONS"}})") == "$.rules[0]");
  CHECK(path(R"({"id": "A", "clause": "A", "structure": {"structure": "PTV"}})") == "$.rules[0].text");
  CHECK(path(R"({"id": "A", "clause": "A", "text": "t", "prescription": {}})") == "$.rules[0].prescription.quantity");
  CHECK(path(R"({"id": "A", "clause": "A", "text": "t", "derivedCheck": {"structure": "Cord"}})") ==
        "$.rules[0].derivedCheck.structure");
  CHECK(path(dose_rule(R"({"structure": "Chord", "metric": "Max[Gy]"})")) == "$.rules[0].doseMetric.structure");
  CHECK(path(dose_rule(R"({"structure": "Cord", "metric": "V20[%]"})")) == "$.rules[0].doseMetric.metric");
  CHECK(path(dose_rule(R"({"structure": "Cord", "metric": "Max[Gy]", "limit": 40})")) ==
        "$.rules[0].doseMetric.comparator");
  CHECK(path(dose_rule(R"({"structure": "Cord", "metric": "Max[Gy]", "comparator": "LT"})")) ==
        "$.rules[0].doseMetric.limit");
  CHECK(path(dose_rule(R"({"structure": "Cord", "metric": "Max[Gy]", "warningWithin": 1})")) ==
        "$.rules[0].doseMetric.warningWithin");
  CHECK(path(dose_rule(R"({"structure": "Cord", "metric": "Max[Gy]", "strictlyAbove": true})")) ==
        "$.rules[0].doseMetric.strictlyAbove");
}

TEST_CASE("A limit must lie in the range of its metric and be possible to meet", "[protocol]") {
  const auto limit = [](const std::string& metric, const std::string& comparator, const std::string& value) {
    return protocol(kRole, dose_rule(R"({"structure": "Cord", "metric": ")" + metric + R"(", "comparator": ")" +
                                     comparator + R"(", "limit": )" + value + "}"));
  };
  const std::string at = "$.rules[0].doseMetric.limit";
  CHECK(fault(limit("V20Gy[%]", "LT", "101")) == at);
  CHECK(fault(limit("V20Gy[%]", "LT", "-1")) == at);
  CHECK(fault(limit("V20Gy[%]", "LT", "0")) == at);
  CHECK(fault(limit("V20Gy[%]", "GT", "100")) == at);
  CHECK(fault(limit("Max[Gy]", "LT", "1001")) == at);
  CHECK(fault(limit("Max[Gy]", "LT", "\"NaN\"")) == at);
  CHECK(load_protocol(limit("V20Gy[%]", "LE", "0")));
  CHECK(load_protocol(limit("V20Gy[%]", "LT", "100")));
  CHECK(load_protocol(limit("V20Gy[cc]", "LT", "700")));
  CHECK(load_protocol(limit("Max[cGy]", "LT", "\"4000\"")));
}

TEST_CASE("A misspelt role is answered with the nearest one", "[protocol]") {
  const auto loaded = load_protocol(protocol(kRole, dose_rule(R"({"structure": "Chord", "metric": "Max[Gy]"})")));
  CHECK_THAT(loaded.error().message, Catch::Contains("did you mean \"Cord\""));
}

TEST_CASE("The reading for the linter finds all mistakes, not only the first", "[protocol]") {
  const auto reading =
      read_protocol(protocol(kRole, dose_rule(R"({"structure": "X", "metric": "V20[%]", "limt": 1})")));
  std::vector<std::string> paths;
  for (const Error& e : reading.errors) paths.push_back(e.path);
  CHECK(paths == std::vector<std::string>{"$.rules[0].doseMetric.structure", "$.rules[0].doseMetric.metric",
                                          "$.rules[0].doseMetric.limt"});
}

TEST_CASE("Size, depth and counts of a protocol are limited", "[protocol]") {
  CHECK(load_protocol(std::string((4u << 20) + 1, ' ')).error().code == ErrorCode::kLimitExceeded);
  CHECK(load_protocol(std::string(100, '[')).error().code == ErrorCode::kLimitExceeded);
  std::string rules, roles = kRole;
  for (int i = 0; i < 2001; ++i) {
    rules += (i ? ", " : "") + (R"({"id": "r)" + std::to_string(i) +
                                R"(", "clause": "c", "text": "t", "structure": {"structure": "PTV"}})");
  }
  CHECK(fault(protocol(kRole, rules)) == "$.rules");
  for (int i = 0; i < 300; ++i) roles += R"(, {"id": "x)" + std::to_string(i) + R"(", "kind": "TARGET"})";
  CHECK(fault(protocol(roles)) == "$.roles");
}

TEST_CASE("The protocol of the trial is the default and complete in what every rule must state", "[protocol]") {
  REQUIRE_FALSE(builtin_protocols().empty());
  CHECK(builtin_protocols().front().id == "ChiCTR2000036385");
  for (const BuiltinProtocol& entry : builtin_protocols()) {
    const auto p = load_protocol(entry.json);
    REQUIRE(p);
    CHECK(p->id == entry.id);
    for (const Rule& r : p->rules) {
      INFO(r.id);
      CHECK_FALSE(r.reading.empty());
      if (&entry == &builtin_protocols().front()) {
        CHECK_THAT(r.source, Catch::Contains("doi 10.1038/s41467-024-53704-5"));
      } else {
        CHECK_THAT(r.source, Catch::Contains("doi 10.") || Catch::Contains("ICRU Report"));
      }
    }
  }
}

TEST_CASE("The trial prescribes 45 Gy in 15 fractions of 3 Gy to the PTV", "[protocol][RX-1][RX-2][RX-3]") {
  const Protocol p = builtin();
  CHECK(p.prescription.total.in_gy() == 45.0);
  CHECK(p.prescription.fractions == 15);
  CHECK(p.prescription.per_fraction.in_gy() == 3.0);
  CHECK(p.prescription.target_role == "PTV");
  using Quantity = PrescriptionRule::Quantity;
  CHECK(rule(p, "RX-1").as<PrescriptionRule>()->quantity == Quantity::kTotalDose);
  CHECK(rule(p, "RX-2").as<PrescriptionRule>()->quantity == Quantity::kFractions);
  CHECK(rule(p, "RX-3").as<PrescriptionRule>()->quantity == Quantity::kDosePerFraction);
  CHECK((rule(p, "RX-1").mandatory && rule(p, "RX-2").mandatory && rule(p, "RX-3").mandatory));
}

TEST_CASE("The trial's limits are those of the paper, clause by clause",
          "[protocol][PL-3][PL-4][OR-1][OR-2][OR-3][OR-4][OR-5][OR-6][OR-7]") {
  // structure, metric, comparator, limit: copied from /work/shared/trial.md, not from the JSON.
  const std::map<std::string, std::string> paper = {
      {"PL-3.PTV", "PTV V95%[%] (above) >= 97"}, {"PL-4.PTV", "PTV V110%[%] (above) < 3"},
      {"OR-1", "Liver-GTV Mean[Gy] <= 24"},      {"OR-2.V5", "Liver-GTV V5Gy[%] < 86"},
      {"OR-2.V10", "Liver-GTV V10Gy[%] < 68"},   {"OR-2.V15", "Liver-GTV V15Gy[%] < 59"},
      {"OR-2.V20", "Liver-GTV V20Gy[%] < 49"},   {"OR-2.V25", "Liver-GTV V25Gy[%] < 35"},
      {"OR-2.V30", "Liver-GTV V30Gy[%] < 28"},   {"OR-2.V35", "Liver-GTV V35Gy[%] < 25"},
      {"OR-2.V40", "Liver-GTV V40Gy[%] < 20"},   {"OR-3.Max", "Stomach Max[Gy] < 54"},
      {"OR-3.V45", "Stomach V45Gy[%] < 25"},     {"OR-3.V50", "Stomach V50Gy[%] < 2"},
      {"OR-4.Max", "Duodenum Max[Gy] < 60"},     {"OR-4.V45", "Duodenum V45Gy[%] < 33"},
      {"OR-5.Max", "Colon Max[Gy] < 55"},        {"OR-5.V45", "Colon V45Gy[%] < 25"},
      {"OR-5.V50", "Colon V50Gy[%] <= 2"},       {"OR-6.Max", "SpinalCord Max[Gy] < 40"},
      {"OR-7.L.Max", "Kidney_L Max[Gy] < 20"},   {"OR-7.L.V23", "Kidney_L V23Gy[%] < 100"},
      {"OR-7.L.V30", "Kidney_L V30Gy[%] < 67"},  {"OR-7.L.V50", "Kidney_L V50Gy[%] < 33"},
      {"OR-7.R.Max", "Kidney_R Max[Gy] < 20"},   {"OR-7.R.V23", "Kidney_R V23Gy[%] < 100"},
      {"OR-7.R.V30", "Kidney_R V30Gy[%] < 67"},  {"OR-7.R.V50", "Kidney_R V50Gy[%] < 33"},
  };
  const Protocol p = builtin();
  std::map<std::string, std::string> shipped;
  for (const Rule& r : p.rules) {
    const auto* dose = r.as<DoseMetricRule>();
    if (dose == nullptr) continue;
    INFO(r.id);
    CHECK(r.mandatory == dose->limit.has_value());
    CHECK(r.id.rfind(r.clause, 0) == 0);
    if (!dose->limit) continue;
    const double limit = dose->limit->value;
    shipped[r.id] = dose->structure + " " + dose->metric.text + (dose->strictly_above ? " (above) " : " ") +
                    std::string(symbol(dose->limit->comparator)) + " " + std::to_string(static_cast<int>(limit));
    CHECK(limit == static_cast<int>(limit));
    CHECK(dose->limit->warning_within > 0.0);
  }
  CHECK(shipped == paper);
}

TEST_CASE("Beside every point maximum the trial's protocol reports D0.03cc",
          "[protocol][OR-3][OR-4][OR-5][OR-6][OR-7]") {
  const Protocol p = builtin();
  std::set<std::string> with_max, with_near_max;
  for (const Rule& r : p.rules) {
    const auto* dose = r.as<DoseMetricRule>();
    if (dose == nullptr) continue;
    if (dose->metric.text == "Max[Gy]") with_max.insert(dose->structure);
    if (dose->metric.text == "D0.03cc[Gy]") with_near_max.insert(dose->structure);
  }
  CHECK(with_max == with_near_max);
  CHECK(with_max.size() == 6);
}

TEST_CASE("The trial's normal liver is the liver minus the GTV, and the GTV must exist", "[protocol][VO-1][VO-4]") {
  const Protocol p = builtin();
  const Role* liver = p.find_role("Liver-GTV");
  REQUIRE(liver != nullptr);
  REQUIRE(liver->derived);
  CHECK(liver->derived->base == "Liver");
  CHECK(liver->derived->minus == std::vector<std::string>{"GTV"});
  CHECK(liver->derived->volume_tolerance.in_percent() == 2.0);
  CHECK(liver->derived->mean_tolerance.in_gy() == 0.5);
  CHECK(rule(p, "VO-1").as<StructureRule>()->structure == "GTV");
  CHECK(rule(p, "VO-1").mandatory);
  CHECK(rule(p, "VO-4.drawn").as<DerivedCheckRule>()->structure == "Liver-GTV");
}

TEST_CASE("No name of another structure is an alias in the trial's protocol", "[protocol]") {
  const Protocol p = builtin();
  std::set<std::string> names;
  for (const Role& role : p.roles) {
    names.insert(fold_name(role.id));
    for (const std::string& alias : role.aliases) names.insert(fold_name(alias));
  }
  // Each may hold more or less than what the trial limits.
  for (const char* other :
       {"GTVp", "GTVn", "ITV", "SpinalCanal", "SpinalCord_PRV", "SpinalCord_PRV5", "BrainStem", "Medulla", "Bowel",
        "Bowel_Large", "Bowel_Small", "Dickdarm", "Rectum", "Kidneys", "Kidney", "Nieren", "Liver_opt", "Bowel_Bag"}) {
    INFO(other);
    CHECK(names.count(fold_name(other)) == 0);
  }
}

}  // namespace
}  // namespace dosegate
