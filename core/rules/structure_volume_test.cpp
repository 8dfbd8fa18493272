#include "core/rules/structure_volume.h"

#include <catch2/catch.hpp>

#include "core/checker.h"
#include "core/geometry/test_shapes.h"
#include "core/protocols/diff.h"
#include "core/protocols/lint.h"
#include "core/protocols/load.h"

namespace dosegate::structure_volume_test {
namespace {

using test::box_ring;
using test::planes;
using test::prism;

constexpr auto kPass = FindingStatus::kPass, kDeviation = FindingStatus::kDeviation,
               kIndeterminate = FindingStatus::kIndeterminate, kNotEvaluable = FindingStatus::kNotEvaluable;

// An organ of 20 x 15 x 20 mm, 6 cc, and another beside it that does not touch it.
Case patient() {
  Case c;
  c.course.structures()[1] = prism("PTV", {box_ring(-40, 0, -20, 15)}, planes(-10, 10, 4), 1);
  c.course.structures()[2] = prism("Organ", {box_ring(0, 0, 20, 15)}, planes(-10, 10, 4), 2);
  c.course.structures()[3] = prism("Other", {box_ring(22, 0, 42, 15)}, planes(-10, 10, 4), 3);
  c.options.scope = Scope::kPlan;
  return c;
}

std::string json_of(const std::string& kind, bool mandatory = true) {
  return R"({"schema": "dosegate.v1.Protocol", "id": "T", "version": "1.0.0", "title": "t", "source": "s",
      "prescription": {"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "PTV"},
      "roles": [{"id": "PTV", "kind": "TARGET"}, {"id": "Organ", "kind": "ORGAN_AT_RISK"},
        {"id": "Other", "kind": "ORGAN_AT_RISK"}, {"id": "Missing", "kind": "ORGAN_AT_RISK"},
        {"id": "Both", "kind": "ORGAN_AT_RISK", "derived": {"base": "Organ", "within": ["Other"]}}],
      "rules": [{"id": "R", "clause": "C", "text": "t", "reading": "r", "source": "s", "mandatory": )" +
         std::string(mandatory ? "true" : "false") + R"(, "structureVolume": )" + kind + "}]}";
}

std::string of(const std::string& structure, const std::string& limits) {
  return R"({"structure": ")" + structure + R"(", )" + limits + "}";
}

Finding judged(const std::string& structure, const std::string& limits) {
  const auto protocol = load_protocol(json_of(of(structure, limits)));
  if (!protocol) FAIL(protocol.error().path << ": " << protocol.error().message);
  const auto report = check(patient(), *protocol);
  REQUIRE(report);
  return report->findings.front();
}

TEST_CASE("A volume is held to its limits, each met by itself but for rounding", "[structure-volume]") {
  struct Row {
    const char *structure, *limits;
    FindingStatus status;
    double limit;
  };
  // 6 cc of polygons, summed to within rounding: a limit at it cannot be decided, one a thousandth off can.
  for (const Row& row :
       {Row{"Organ", R"("leastCc": 5)", kPass, 5}, Row{"Organ", R"("mostCc": 7)", kPass, 7},
        Row{"Organ", R"("leastCc": 5.994, "mostCc": 9)", kPass, 5.994},
        Row{"Organ", R"("leastCc": 1, "mostCc": 6.006)", kPass, 6.006},
        Row{"Organ", R"("leastCc": 6.006)", kDeviation, 6.006}, Row{"Organ", R"("mostCc": 5.994)", kDeviation, 5.994},
        Row{"Organ", R"("leastCc": 7, "mostCc": 8)", kDeviation, 7}, Row{"Organ", R"("leastCc": 6)", kIndeterminate, 6},
        Row{"Organ", R"("mostCc": 6)", kIndeterminate, 6}, Row{"Both", R"("mostCc": 1)", kPass, 1},
        Row{"Both", R"("leastCc": 1)", kDeviation, 1}}) {
    const Finding f = judged(row.structure, row.limits);
    INFO(row.structure << " " << row.limits << ": " << english(f.message));
    CHECK(f.status == row.status);
    CHECK(*f.limit == row.limit);
    CHECK(*f.value == Approx(std::string(row.structure) == "Both" ? 0.0 : 6.0).margin(1e-9));
    CHECK(*f.lower <= *f.value);
    CHECK(*f.value <= *f.upper);
    CHECK(f.unit == "cc");
    CHECK(f.hint.empty() == (f.status == kPass));
  }
  CHECK(english(judged("Organ", R"("mostCc": 5)").message) == "Organ has 6 cc, limit at most 5 cc: 1 cc too large.");
}

TEST_CASE("A structure that is not drawn has no volume to be held to a limit", "[structure-volume]") {
  const Finding f = judged("Missing", R"("mostCc": 5)");
  CHECK(f.status == kNotEvaluable);
  CHECK(english(f.message).find("Missing") == 0);
  CHECK_FALSE(f.hint.empty());
  CHECK_FALSE(f.value);
}

TEST_CASE("A limit on a volume is refused where it cannot be meant", "[structure-volume]") {
  const auto refused = [](const std::string& limits) {
    const auto protocol = load_protocol(json_of(limits));
    REQUIRE_FALSE(protocol);
    return protocol.error().path + ": " + protocol.error().message;
  };
  const std::string at = "$.rules[0].structureVolume";
  CHECK(refused(R"({"structure": "Organ"})") == at + ": state leastCc, mostCc or both");
  CHECK(refused(of("Organ", R"("leastCc": 8, "mostCc": 7)")) == at + ".mostCc: is less than leastCc");
  CHECK(refused(of("Organ", R"("mostCc": 0)")) == at + ".mostCc: must be more than 0 cc");
  CHECK(refused(of("Organ", R"("leastCc": -1)")).find(at + ".leastCc") == 0);
  CHECK(refused(of("Nothing", R"("leastCc": 1)")).find(at + ".structure") == 0);
  CHECK(refused(of("Organ", R"("leastCc": 1, "comparator": "LT")")).find(at + ".comparator") == 0);
}

TEST_CASE("The linter asks whether cubic millimetres or a single volume are meant", "[structure-volume][lint]") {
  const auto remarks = [](const std::string& limits) {
    std::string all;
    for (const LintEntry& e : lint_protocol(json_of(of("Organ", limits)))) {
      if (e.path.find("structureVolume") != std::string::npos) all += e.path + ": " + e.message + "\n";
    }
    return all;
  };
  CHECK(remarks(R"("leastCc": 5, "mostCc": 900)").empty());
  CHECK(remarks(R"("leastCc": 5, "mostCc": 900000)").find("mostCc: R: 900000 cc is more than a whole patient") !=
        std::string::npos);
  CHECK(remarks(R"("leastCc": 5, "mostCc": 5)").find("allows one volume only") != std::string::npos);
}

TEST_CASE("A diff says of a limit on a volume whether it is stricter", "[structure-volume]") {
  const auto change = [](const std::string& before, const std::string& after, bool mandatory = true) {
    const auto diff =
        diff_protocols(*load_protocol(json_of(before, mandatory)), *load_protocol(json_of(after, mandatory)));
    REQUIRE(diff);
    REQUIRE(diff->changes.size() == 1);
    return diff->changes.front();
  };
  using Effect = ProtocolChange::Effect;
  const std::string narrow = of("Organ", R"("leastCc": 5, "mostCc": 7)");
  CHECK(change(of("Organ", R"("mostCc": 8)"), of("Organ", R"("mostCc": 7)")).effect == Effect::kStricter);
  CHECK(change(of("Organ", R"("leastCc": 5)"), of("Organ", R"("leastCc": 4)")).effect == Effect::kLooser);
  CHECK(change(narrow, of("Organ", R"("mostCc": 7)")).effect == Effect::kLooser);
  CHECK(change(narrow, of("Organ", R"("leastCc": 4, "mostCc": 6)")).effect == Effect::kDepends);
  CHECK(change(narrow, of("Other", R"("leastCc": 5, "mostCc": 7)")).effect == Effect::kDepends);
  CHECK(change(narrow, of("Organ", R"("mostCc": 7)"), false).effect == Effect::kNone);
  CHECK(change(of("Organ", R"("mostCc": 8)"), of("Organ", R"("mostCc": 7)")).text ==
        "R: Organ volume at most 8 cc becomes Organ volume at most 7 cc: stricter");
}

TEST_CASE("A limit on a volume reads in plain words", "[structure-volume]") {
  const auto words = [](const std::string& limits) {
    const auto protocol = load_protocol(json_of(of("Organ", limits)));
    REQUIRE(protocol);
    return protocol->rules.front().kind->requirement(*protocol);
  };
  CHECK(words(R"("leastCc": 5, "mostCc": 7.5)").text == "volume 5 to 7.5 cc");
  CHECK(words(R"("leastCc": 5)").text == "volume at least 5 cc");
  CHECK(words(R"("mostCc": 5)").structure == "Organ");
}

}  // namespace
}  // namespace dosegate::structure_volume_test
