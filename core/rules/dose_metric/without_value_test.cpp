#include <catch2/catch.hpp>

#include "core/checker.h"
#include "core/geometry/test_shapes.h"
#include "core/protocols/load.h"

namespace dosegate::without_value_test {
namespace {

using test::box_ring;
using test::planes;
using test::prism;

struct Asked {
  std::string structure, metric, comparator;
  double limit;
};

// An organ of 20 x 15 x 20 mm, 6 cc, that gets 20 Gy; another of the same size beside it; a PTV that touches neither; a
// heart above the dose grid.
Case patient() {
  Case c;
  const auto add = [&](const std::string& name, double x0, double x1, double z0) {
    const auto number = static_cast<std::int32_t>(c.course.structures().size() + 1);
    c.course.structures()[number] = prism(name, {box_ring(x0, 0, x1, 15)}, planes(z0, z0 + 20, 4), number);
  };
  add("PTV", -40, -20, -10);
  add("Organ", 0, 20, -10);
  add("Other", 22, 42, -10);
  add("Heart", 0, 20, 100);
  Plan plan;
  DoseReference reference;
  reference.type = "TARGET";
  reference.target_prescription_dose = Dose::gy(45);
  plan.dose_references.push_back(reference);
  FractionGroup group;
  group.number = 1;
  group.fractions_planned = 15;
  plan.fraction_groups.push_back(group);
  c.course.plan() = plan;
  c.options.scope = Scope::kPlan;
  c.course.set_dose(test::sample({}, [](const auto& p) { return p.x() < -10 ? 45.0 : 20.0; }));
  return c;
}

Protocol protocol_of(const std::string& rule) {
  const auto loaded = load_protocol(
      R"({"schema": "dosegate.v1.Protocol", "id": "T", "version": "1.0.0", "title": "t", "source": "s",
      "prescription": {"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "PTV"},
      "roles": [{"id": "PTV", "kind": "TARGET"}, {"id": "Organ", "kind": "ORGAN_AT_RISK"},
        {"id": "Other", "kind": "ORGAN_AT_RISK"}, {"id": "Heart", "kind": "ORGAN_AT_RISK"},
        {"id": "Both", "kind": "ORGAN_AT_RISK", "derived": {"base": "Organ", "within": ["Other"],
          "drawnAs": ["Both"], "volumeTolerancePercent": 2, "meanToleranceGy": 1}},
        {"id": "Rest", "kind": "ORGAN_AT_RISK", "derived": {"base": "Organ", "minus": ["Organ2"]}},
        {"id": "Organ2", "kind": "ORGAN_AT_RISK"}],
      "rules": [{"id": "R", "clause": "C", "text": "t", "reading": "r", "source": "s", )" +
      rule + "}]}");
  if (!loaded) FAIL(loaded.error().path << ": " << loaded.error().message);
  return *loaded;
}

Finding judged(const Case& c, const std::string& rule) {
  const auto report = check(c, protocol_of(rule));
  REQUIRE(report);
  return report->findings.front();
}

Finding judged(const Case& c, const Asked& a) {
  return judged(c, R"("mandatory": true, "doseMetric": {"structure": ")" + a.structure + R"(", "metric": ")" +
                       a.metric + R"(", "comparator": ")" + a.comparator + R"(", "limit": )" + std::to_string(a.limit) +
                       "}");
}

struct Row {
  Asked asked;
  FindingStatus status;
  std::optional<double> value;
};

void check_rows(const Case& c, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const Finding f = judged(c, row.asked);
    INFO(row.asked.metric << " " << row.asked.comparator << " " << row.asked.limit << ": " << english(f.message));
    CHECK(f.status == row.status);
    CHECK(f.value.has_value() == row.value.has_value());
    if (f.value && row.value) CHECK(*f.value == Approx(*row.value).margin(1e-6));
    CHECK(english(f.message).find("contour") == std::string::npos);
  }
}

constexpr auto kPass = FindingStatus::kPass, kWarning = FindingStatus::kWarning, kDeviation = FindingStatus::kDeviation,
               kOpen = FindingStatus::kNotEvaluable;

}  // namespace

TEST_CASE("An upper limit on an overlap that is empty is met, a lower one is not", "[dose-metric]") {
  check_rows(patient(), {
                            {{"Both", "V10Gy[cc]", "LT", 1}, kPass, 0.0},
                            {{"Both", "CV10Gy[cc]", "LE", 0}, kPass, 0.0},
                            {{"Both", "V10Gy[%]", "LE", 5}, kPass, {}},
                            {{"Both", "Max[Gy]", "LE", 10}, kPass, {}},
                            {{"Both", "Mean[Gy]", "LT", 10}, kPass, {}},
                            {{"Both", "D0.03cc[Gy]", "LT", 10}, kPass, {}},
                            {{"Both", "V10Gy[cc]", "GE", 0}, kPass, 0.0},
                            {{"Both", "V10Gy[cc]", "GE", 1}, kDeviation, 0.0},
                            {{"Both", "V10Gy[cc]", "GT", 0}, kDeviation, 0.0},
                            {{"Both", "Min[Gy]", "GE", 10}, kOpen, {}},
                            {{"Both", "V10Gy[%]", "GE", 5}, kOpen, {}},
                        });
}

TEST_CASE("An overlap is empty only where its parts are sound and the dose is known", "[dose-metric]") {
  const Asked upper = {"Both", "Max[Gy]", "LE", 10};
  Case c = patient();
  c.course.structures().erase(3);
  CHECK(judged(c, upper).status == kOpen);
  c = patient();
  c.course.structures()[3].frame_of_reference_uid = "9.9";
  CHECK(judged(c, upper).status == kOpen);
  c = patient();
  c.course.doses.clear();
  CHECK(judged(c, upper).status == kOpen);
  // They do overlap: 10 x 15 x 20 mm, 3 cc.
  c = patient();
  c.course.structures()[3] = prism("Other", {box_ring(10, 0, 42, 15)}, planes(-10, 10, 4), 3);
  CHECK(judged(c, upper).status == kDeviation);
  CHECK(judged(c, Asked{"Both", "V10Gy[cc]", "LE", 1}).value == Approx(3.0));
}

TEST_CASE("What a subtraction leaves nothing of is no sound structure, and an empty overlap none that is drawn",
          "[dose-metric]") {
  Case c = patient();
  c.course.structures()[7] = c.course.structures()[2];
  c.course.structures()[7].roi_number = 7;
  c.course.structures()[7].name = "Organ2";
  const Finding f = judged(c, Asked{"Rest", "Mean[Gy]", "LE", 24});
  CHECK(f.status == kOpen);
  CHECK(english(f.message).find("Organ minus Organ2 encloses no volume") != std::string::npos);
  CHECK(judged(c, R"("mandatory": true, "structure": {"structure": "Both"})").status == kOpen);
  const std::string drawn = R"("mandatory": false, "derivedCheck": {"structure": "Both"})";
  CHECK(judged(c, drawn).status == kPass);
  c.course.structures()[8] = c.course.structures()[2];
  c.course.structures()[8].roi_number = 8;
  c.course.structures()[8].name = "Both";
  CHECK(judged(c, drawn).status == kWarning);
}

// D10cc[Gy] < x says that less than 10 cc get x or more; DC10cc[Gy] > x that less than 10 cc get x or less.
TEST_CASE("A limit on more volume than an organ has is met or open by what it says of volume", "[dose-metric]") {
  check_rows(patient(), {
                            {{"Organ", "D10cc[Gy]", "LT", 25}, kWarning, {}},
                            {{"Organ", "D10cc[Gy]", "LE", 15}, kWarning, {}},
                            {{"Organ", "D10cc[%]", "LE", 15}, kWarning, {}},
                            {{"Organ", "DC10cc[cGy]", "GE", 3000}, kWarning, {}},
                            {{"Organ", "D10cc[Gy]", "GE", 15}, kOpen, {}},
                            {{"Organ", "DC10cc[Gy]", "LE", 25}, kOpen, {}},
                            // Of as much as there is they have their values.
                            {{"Organ", "D5cc[Gy]", "LT", 25}, kPass, 20.0},
                            {{"Organ", "D5cc[Gy]", "LT", 15}, kDeviation, 20.0},
                            {{"Organ", "V10Gy[cc]", "LT", 10}, kPass, 6.0},
                        });
  const Finding f = judged(patient(), Asked{"Organ", "D10cc[Gy]", "LE", 15});
  CHECK(english(f.message).find("Organ has 6 cc, less than the 10 cc of D10cc[Gy]") == 0);
  CHECK(english(f.message).find("Its least dose is 20 Gy.") != std::string::npos);
}

TEST_CASE("An organ wholly outside the dose grid counts as 0 Gy where the site states it", "[dose-metric]") {
  Case c = patient();
  const Asked max = {"Heart", "Max[Gy]", "LE", 30};
  CHECK(judged(c, max).status == kOpen);
  CHECK(english(judged(c, max).hint).find("--outside-grid zero") != std::string::npos);
  c.options.outside_grid = OutsideGrid::kZero;
  check_rows(c, {
                    {max, kWarning, 0.0},
                    {{"Heart", "Mean[Gy]", "LE", 30}, kWarning, 0.0},
                    {{"Heart", "Min[Gy]", "LE", 30}, kWarning, 0.0},
                    {{"Heart", "V5Gy[%]", "LT", 10}, kWarning, 0.0},
                    {{"Heart", "CV5Gy[cc]", "GE", 5}, kWarning, 6.0},
                    {{"Heart", "D0.03cc[Gy]", "LT", 10}, kWarning, 0.0},
                    {{"Heart", "D50%[Gy]", "LT", 10}, kWarning, 0.0},
                    {{"Heart", "D10cc[Gy]", "LT", 10}, kWarning, {}},
                    {{"Heart", "Mean[Gy]", "GE", 5}, kDeviation, 0.0},
                });
  CHECK_FALSE(judged(c, max).location_mm);
  // Never a target.
  c.course.structures()[1] = prism("PTV", {box_ring(-40, 0, -20, 15)}, planes(100, 120, 4), 1);
  CHECK(judged(c, Asked{"PTV", "Max[Gy]", "LE", 60}).status == kOpen);
}

}  // namespace dosegate::without_value_test
