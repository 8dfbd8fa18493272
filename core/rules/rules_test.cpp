#include <catch2/catch.hpp>

#include "core/checker.h"
#include "core/geometry/test_shapes.h"
#include "core/protocols/load.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

// The shipped protocol, as data: the limits under test are the trial's own.
const Protocol& trial() {
  static const Protocol protocol = *load_protocol(builtin_protocols().front().json);
  return protocol;
}

DoseReference prescription(double gy, std::optional<std::int32_t> roi = {}) {
  DoseReference r;
  r.number = 1;
  r.type = "TARGET";
  r.roi_number = roi;
  r.target_prescription_dose = Dose::gy(gy);
  return r;
}

Plan plan_of(double total, int fractions, std::vector<double> beam_doses = {1.0, 1.0, 1.0}) {
  Plan plan;
  plan.dose_references.push_back(prescription(total));
  FractionGroup group;
  group.number = 1;
  group.fractions_planned = fractions;
  for (const double dose : beam_doses) {
    const auto number = static_cast<std::int32_t>(group.beams.size() + 1);
    group.beams.push_back({number, Dose::gy(dose), 100.0});
    Beam beam;
    beam.number = number;
    beam.delivery_type = "TREATMENT";
    plan.beams.push_back(beam);
  }
  plan.fraction_groups.push_back(group);
  return plan;
}

// Boxes far from one another in a dose that is 45 Gy at x <= 0 and falls by 1 Gy/mm to 5 Gy at x = 40.
Case liver_case() {
  Case c;
  c.course.plan() = plan_of(45, 15);
  const auto add = [&](const std::string& name, double x0, double x1, double y0) {
    const auto number = static_cast<std::int32_t>(c.course.structures().size() + 1);
    c.course.structures()[number] = prism(name, {box_ring(x0, y0, x1, y0 + 15)}, planes(-12, 12, 3), number);
  };
  add("GTV", -40, -20, -40);
  add("CTV", -42, -18, -40);
  add("PTV", -45, -15, -40);
  add("Liver", -45, 45, -45);
  c.course.structures()[4] = prism("Liver", {box_ring(-45, -45, 45, -20)}, planes(-12, 12, 3), 4);
  add("Stomach", 30, 45, -15);
  add("Duodenum", 30, 45, 5);
  add("Colon", 30, 45, 25);
  add("SpinalCord", 10, 20, -15);
  add("Kidney_L", 35, 45, 5);
  add("Kidney_R", 30, 45, -15);
  c.course.set_dose(sample({}, [](const auto& p) { return p.x() <= 0 ? 45.0 : std::max(5.0, 45.0 - p.x()); }));
  return c;
}

Finding finding(const Case& c, const std::string& rule_id) {
  const auto report = check(c, trial());
  REQUIRE(report);
  for (const auto& f : report->findings) {
    if (f.rule_id == rule_id) return f;
  }
  FAIL("the protocol has no rule " << rule_id);
  return {};
}

bool says(const Finding& f, const std::string& text) { return english(f.message).find(text) != std::string::npos; }

}  // namespace

TEST_CASE("The plan's total dose, fractions and dose a fraction must be the protocol's", "[RX-1][RX-2][RX-3]") {
  Case c = liver_case();
  CHECK(finding(c, "RX-1").status == FindingStatus::kPass);
  CHECK(finding(c, "RX-2").status == FindingStatus::kPass);
  CHECK(finding(c, "RX-3").status == FindingStatus::kPass);
  c.course.plan() = plan_of(50, 25);
  CHECK(finding(c, "RX-1").status == FindingStatus::kDeviation);
  CHECK(finding(c, "RX-1").value == Approx(50));
  CHECK(finding(c, "RX-2").status == FindingStatus::kDeviation);
  CHECK(finding(c, "RX-3").status == FindingStatus::kDeviation);
  CHECK(finding(c, "RX-3").value == Approx(2));
}

TEST_CASE("A plan without prescription, fractions or at all is not evaluable, never a pass", "[RX-1][RX-2][RX-3]") {
  Case c = liver_case();
  c.course.plan().dose_references.clear();
  CHECK(finding(c, "RX-1").status == FindingStatus::kNotEvaluable);
  CHECK(says(finding(c, "RX-1"), "(300A,0026)"));
  c = liver_case();
  c.course.plan().fraction_groups[0].fractions_planned.reset();
  CHECK(finding(c, "RX-2").status == FindingStatus::kNotEvaluable);
  CHECK(finding(c, "RX-3").status == FindingStatus::kNotEvaluable);
  c.course.plans.clear();
  for (const char* id : {"RX-1", "RX-2", "RX-3"}) CHECK(finding(c, id).status == FindingStatus::kNotEvaluable);
}

TEST_CASE("Two target prescriptions are ambiguous unless one names the PTV", "[RX-1]") {
  Case c = liver_case();
  c.course.plan().dose_references = {prescription(45), prescription(30)};
  CHECK(finding(c, "RX-1").status == FindingStatus::kNotEvaluable);
  c.course.plan().dose_references = {prescription(30, 99), prescription(45, 3)};
  CHECK(finding(c, "RX-1").status == FindingStatus::kPass);
}

TEST_CASE("Beam doses or a target dose that contradict the prescription are a warning", "[RX-3]") {
  Case c = liver_case();
  c.course.plan() = plan_of(45, 15, {1.0, 1.0});
  CHECK(finding(c, "RX-3").status == FindingStatus::kWarning);
  CHECK(says(finding(c, "RX-3"), "2 Gy a fraction"));
  c = liver_case();
  c.course.set_dose(sample({}, [](const auto&) { return 36.0; }));
  CHECK(finding(c, "RX-3").status == FindingStatus::kWarning);
  CHECK(says(finding(c, "RX-3"), "36 Gy"));
}

TEST_CASE("A dose grid of one fraction tagged FRACTION is refused until the site says what it is", "[RX-3]") {
  Case c = liver_case();
  c.course.set_dose(sample({}, [](const auto& p) { return (p.x() <= 0 ? 45.0 : std::max(5.0, 45.0 - p.x())) / 15.0; }));
  const Finding refused = finding(c, "OR-6.Max");
  CHECK(refused.status == FindingStatus::kNotEvaluable);
  CHECK(says(refused, "one fraction"));
  CHECK(english(refused.hint).find("--dose-is fraction") != std::string::npos);
  c.options.dose_meaning = DoseMeaning::kFraction;
  const Finding scaled = finding(c, "OR-6.Max");
  CHECK(scaled.status == FindingStatus::kPass);
  CHECK(*scaled.value == Approx(35.0).epsilon(1e-7));
}

TEST_CASE("The GTV must be drawn and enclose a volume", "[VO-1]") {
  Case c = liver_case();
  CHECK(finding(c, "VO-1").status == FindingStatus::kPass);
  CHECK(*finding(c, "VO-1").value == Approx(20 * 15 * 24 / 1000.0));
  c.course.structures().erase(1);
  CHECK(finding(c, "VO-1").status == FindingStatus::kNotEvaluable);
  CHECK(finding(c, "OR-1").status == FindingStatus::kNotEvaluable);
  CHECK(says(finding(c, "OR-1"), "GTV"));
}

TEST_CASE("Normal liver is computed, a drawn one that differs is a warning", "[VO-4]") {
  Case c = liver_case();
  const double truth = (90.0 * 25 - 20 * 15) * 24 / 1000;
  CHECK(finding(c, "VO-4.drawn").status == FindingStatus::kPass);
  CHECK(*finding(c, "VO-4.drawn").value == Approx(truth).epsilon(1e-9));
  c.course.structures()[20] = c.course.structures()[4];
  c.course.structures()[20].roi_number = 20;
  c.course.structures()[20].name = "Liver-GTV";
  CHECK(finding(c, "VO-4.drawn").status == FindingStatus::kWarning);
  CHECK(says(finding(c, "VO-4.drawn"), "differs"));
}

TEST_CASE("Target coverage and hot spots are measured on the PTV", "[PL-3][PL-4]") {
  Case c = liver_case();
  CHECK(finding(c, "PL-3.PTV").status == FindingStatus::kPass);
  CHECK(*finding(c, "PL-3.PTV").value == Approx(100));
  CHECK(*finding(c, "PL-4.PTV").value == Approx(0).margin(1e-9));
  // 5 % of the PTV's length below 42.75 Gy: 48 Gy at x = -45 falling by 0.1842 Gy/mm crosses it at -16.5.
  c.course.set_dose(sample({}, [](const auto& p) { return std::max(0.0, 48.0 - (p.x() + 45.0) * 5.25 / 28.5); }));
  const Finding cold = finding(c, "PL-3.PTV");
  CHECK(cold.status == FindingStatus::kDeviation);
  CHECK(*cold.value == Approx(95.0).margin(0.01));
  REQUIRE(cold.margin_volume);
  CHECK(cold.margin_volume->in_cc() == Approx(-0.02 * 30 * 15 * 24 / 1000).margin(0.002));
  REQUIRE(cold.location_mm);
  CHECK(cold.location_mm->x() == Approx(-15.0));
}

TEST_CASE("A maximum over the limit names excess in Gy and cc and the place", "[OR-6]") {
  Case c = liver_case();
  // The cord, x from 10 to 20, gets 52 - x: 42 at its edge, over 40 on 2 of its 10 mm.
  c.course.set_dose(sample({}, [](const auto& p) { return p.x() <= 7 ? 45.0 : std::max(5.0, 52.0 - p.x()); }));
  const Finding f = finding(c, "OR-6.Max");
  CHECK(f.status == FindingStatus::kDeviation);
  CHECK(*f.value == Approx(42.0).epsilon(1e-9));
  CHECK(f.margin_dose->in_gy() == Approx(-2.0).epsilon(1e-9));
  CHECK(f.margin_volume->in_cc() == Approx(-2.0 * 15 * 24 / 1000).epsilon(1e-3));
  CHECK(f.location_mm->x() == Approx(10.0));
  CHECK(check(c, trial())->verdict == Verdict::kFail);
}

TEST_CASE("Limits of liver, stomach, duodenum, colon and kidneys decide on the metric's interval",
          "[OR-1][OR-2][OR-3][OR-4][OR-5][OR-7]") {
  Case c = liver_case();
  // Half of the liver's length at 45 Gy: mean and V20 far over their limits.
  CHECK(finding(c, "OR-1").status == FindingStatus::kDeviation);
  CHECK(finding(c, "OR-2.V20").status == FindingStatus::kDeviation);
  CHECK(finding(c, "OR-3.Max").status == FindingStatus::kPass);
  CHECK(finding(c, "OR-4.V45").status == FindingStatus::kPass);
  CHECK(finding(c, "OR-5.V50").status == FindingStatus::kPass);
  CHECK(finding(c, "OR-7.L.Max").status == FindingStatus::kPass);
  CHECK(*finding(c, "OR-7.L.Max").value == Approx(10.0));
  CHECK(*finding(c, "OR-7.R.Max").value == Approx(15.0));
}

TEST_CASE("Kidneys named for one side and drawn on the other are refused, both named", "[OR-7]") {
  Case c = liver_case();
  std::swap(c.course.structures()[9].name, c.course.structures()[10].name);
  for (const char* id : {"OR-7.L.Max", "OR-7.R.Max"}) {
    const Finding f = finding(c, id);
    CHECK(f.status == FindingStatus::kNotEvaluable);
    CHECK(says(f, "'Kidney_L'"));
    CHECK(says(f, "'Kidney_R'"));
  }
}

TEST_CASE("A dose grid that ends inside the liver makes its V20 not evaluable", "[OR-2]") {
  Case c = liver_case();
  GridSpec half;
  half.size = {41, 41, 20};
  c.course.set_dose(sample(half, [](const auto&) { return 45.0; }));
  const Finding f = finding(c, "OR-2.V20");
  CHECK(f.status == FindingStatus::kNotEvaluable);
  CHECK(says(f, "outside the dose grid"));
  c.options.outside_grid = OutsideGrid::kZero;
  CHECK(finding(c, "OR-2.V20").status != FindingStatus::kNotEvaluable);
  CHECK(finding(c, "OR-6.Max").status != FindingStatus::kPass);
  CHECK(finding(c, "PL-3.PTV").status == FindingStatus::kNotEvaluable);  // never for a target
}

TEST_CASE("Another frame of reference, or none, makes every dose rule not evaluable", "[OR-6]") {
  for (const char* frame : {"9.9.9", ""}) {
    Case c = liver_case();
    c.course.structures()[8].frame_of_reference_uid = frame;
    const Finding f = finding(c, "OR-6.Max");
    CHECK(f.status == FindingStatus::kNotEvaluable);
    CHECK(says(f, "frame"));
  }
}

TEST_CASE("Without a dose, or with a relative one, no dose rule passes") {
  Case c = liver_case();
  c.course.doses.clear();
  const auto report = check(c, trial());
  REQUIRE(report);
  // FAIL rather than INCOMPLETE: the targets of this patient have none of the trial's margins.
  CHECK(report->verdict == Verdict::kFail);
  for (const auto& f : report->findings) {
    if (!f.metric.empty()) CHECK(f.status == FindingStatus::kNotEvaluable);
  }
}

TEST_CASE("An empty case is INCOMPLETE and every mandatory rule says what is missing") {
  const auto report = check(Case{}, trial());
  REQUIRE(report);
  CHECK(report->verdict == Verdict::kIncomplete);
  for (const auto& f : report->findings) {
    if (!f.mandatory) continue;
    CHECK(f.status == FindingStatus::kNotEvaluable);
    CHECK_FALSE(f.message.empty());
  }
}

TEST_CASE("The verdict fails closed") {
  const auto with = [](FindingStatus a, bool mandatory = true) {
    Finding f, g;
    f.status = FindingStatus::kPass;
    g.status = a;
    g.mandatory = mandatory;
    return verdict_of({f, g});
  };
  CHECK(verdict_of({}) == Verdict::kIncomplete);
  CHECK(with(FindingStatus::kPass) == Verdict::kPass);
  CHECK(with(FindingStatus::kWarning) == Verdict::kPass);
  CHECK(with(FindingStatus::kIndeterminate) == Verdict::kIncomplete);
  CHECK(with(FindingStatus::kNotEvaluable) == Verdict::kIncomplete);
  CHECK(with(FindingStatus::kDeviation) == Verdict::kFail);
  CHECK(with(FindingStatus::kDeviation, false) == Verdict::kPass);
}

TEST_CASE("The same case gives the same bytes, and a cancelled check gives none") {
  const Case c = liver_case();
  CHECK(to_json(*check(c, trial())) == to_json(*check(c, trial())));
  Host host;
  int asked = 0;
  host.should_cancel = [&] { return ++asked > 3; };
  const auto stopped = check(c, trial(), host);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == ErrorCode::kCancelled);
}
