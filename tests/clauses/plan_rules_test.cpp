// RX-1 to RX-3, VO-1, VO-4: what plan and structure set state.
#include <catch2/catch.hpp>

#include "core/geometry/test_shapes.h"
#include "core/rules/derived_check.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "core/rules/margin/containment_rule.h"
#include "core/rules/margin/margin_rule.h"
#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {
namespace {

Case with_plan(double total_gy, int fractions) {
  Case c = SoundPatient().make();
  c.course.plan() = plan_of(total_gy, fractions);
  return c;
}

const RuleTests prescription({
    {"RX-1", "0.05 Gy too much in total is a deviation and nothing else is",
     [] {
       check_only(with_plan(45.05, 15), {"RX-1", FindingStatus::kDeviation, 45.05});
     }},
    {"RX-2", "sixteen fractions of 3 Gy are a deviation and so is their total",
     [] {
       check_only(with_plan(48, 16), {"RX-2", FindingStatus::kDeviation, 16.0, 1e-6, {"RX-1"}});
     }},
    {"RX-3", "45 Gy in sixteen fractions are a deviation and so is their number",
     [] {
       check_only(with_plan(45, 16), {"RX-3", FindingStatus::kDeviation, 45.0 / 16.0, 1e-6, {"RX-2"}});
     }},
});

const RuleTests beams({
    {"PL-1", "a beam of one aperture is a deviation and nothing else is",
     [] {
       Case c = SoundPatient().make();
       for (ControlPoint& p : c.course.plan().beams[1].points) p.aperture = 1;
       check_only(c, {"PL-1", FindingStatus::kDeviation});
     }},
    {"PL-1.beams", "a beam that no fraction group has is a deviation",
     [] {
       Case c = SoundPatient().make();
       Beam more = c.course.plan().beams[2];
       more.number = 4;
       c.course.plan().beams.push_back(more);
       check_only(c, {"PL-1.beams", FindingStatus::kDeviation});
     }},
    {"PL-2", "two beams are a warning and nothing else is",
     [] {
       Case c = SoundPatient().make();
       c.course.plan().beams.pop_back();
       auto& referenced = c.course.plan().fraction_groups[0].beams;
       referenced.pop_back();
       for (ReferencedBeam& b : referenced) {
         b.beam_dose = Dose::gy(1.5);
         b.beam_meterset = 150.0;
       }
       check_only(c, {"PL-2", FindingStatus::kWarning, 2.0, 1e-6, {}, false});
     }},
});

FindingStatus beams_of(const std::string& rule, const std::function<void(Plan&)>& change) {
  Case c = SoundPatient().make();
  change(c.course.plan());
  return finding_of(report_of(c), rule).status;
}

const RuleTests volumes({
    {"VO-1", "without a GTV it cannot be evaluated nor can what is measured on it",
     [] {
       Case c = SoundPatient().make();
       structure_named(c, "GTV").name = "Something else";
       std::set<std::string> along;
       for (const Rule& r : trial().rules) {
         const auto* dose = r.as<DoseMetricRule>();
         if (dose != nullptr && (dose->structure == "GTV" || dose->structure == "Liver-GTV")) along.insert(r.id);
         if (r.as<DerivedCheckRule>() != nullptr) along.insert(r.id);
         const auto* margin = r.as<MarginRule>();
         if (margin != nullptr && margin->from == "GTV") along.insert(r.id);
         const auto* inside = r.as<ContainmentRule>();
         if (inside != nullptr && inside->inner == "GTV") along.insert(r.id);
       }
       check_only(c, {"VO-1", FindingStatus::kNotEvaluable, {}, 1e-6, along});
     }},
    {"VO-4.drawn", "a drawn normal liver that is 3 % too small is a warning and nothing else is",
     [] {
       Case c = SoundPatient().make();
       Structure small = test::prism("Liver-GTV", {test::box_ring(-50, 0, 47, 10)}, test::planes(-12, 12, 3), 99);
       c.course.structures()[99] = small;
       check_only(c, {"VO-4.drawn", FindingStatus::kWarning, kLength * kArea / 1000.0, 1e-6, {}, false});
     }},
});

}  // namespace

TEST_CASE("A drawn normal liver of the right size that lies elsewhere is told apart by its mean dose", "[VO-4]") {
  SoundPatient patient;
  patient.dose["Liver"] = slope(10.0, 0.0, 0.2);
  Case c = patient.make();
  // As large as the liver's box, its middle at x = -50/9 mm: 10/9 Gy more than the box has, whose middle is at 0.
  c.course.structures()[99] =
      test::prism("Liver-GTV", {test::box_ring(-50, 0, 350.0 / 9.0, 10)}, test::planes(-12, 15, 3), 99);
  const Finding f = finding_of(report_of(c), "VO-4.drawn");
  CHECK(f.status == FindingStatus::kWarning);
  CHECK_THAT(english(f.message), Catch::Contains("differs in mean dose: 11.11 Gy against 10 Gy"));
  CHECK_THAT(english(f.message), !Catch::Contains("differs in volume"));
}

TEST_CASE("A beam that a fraction group lists twice gives an unknown dose", "[PL-1]") {
  const auto twice = [](Plan& p) { p.fraction_groups[0].beams.push_back(p.fraction_groups[0].beams[0]); };
  CHECK(beams_of("PL-1.beams", twice) == FindingStatus::kNotEvaluable);
}

TEST_CASE("Set-up beams do not count, and what is not stated of a beam leaves its technique open", "[PL-1][PL-2]") {
  const auto setup = [](Plan& p) {
    Beam more = p.beams[0];
    more.number = 9;
    more.delivery_type = "SETUP";
    more.points.clear();
    for (int n = 0; n < 3; ++n) p.beams.push_back(more);
  };
  for (const char* rule : {"PL-1", "PL-1.beams", "PL-2"}) CHECK(beams_of(rule, setup) == FindingStatus::kPass);
  CHECK(beams_of("PL-1", [](Plan& p) { p.beams[0].points.clear(); }) == FindingStatus::kNotEvaluable);
  CHECK(beams_of("PL-1", [](Plan& p) { p.beams[0].radiation_type = "PROTON"; }) == FindingStatus::kNotEvaluable);
  CHECK(beams_of("PL-1", [](Plan& p) { p.beams.clear(); }) == FindingStatus::kNotEvaluable);
  CHECK(beams_of("PL-2", [](Plan& p) {
          for (int n = 4; n < 6; ++n) {
            p.beams.push_back(p.beams[0]);
            p.beams.back().number = n;
          }
        }) == FindingStatus::kWarning);
}

TEST_CASE("With brachytherapy beside its beams a plan's fractions are not known", "[RX-2]") {
  Case c = SoundPatient().make();
  c.course.plan().fraction_groups[0].brachy_setups = 1;
  const Report report = report_of(c);
  CHECK(finding_of(report, "RX-2").status == FindingStatus::kNotEvaluable);
  CHECK_THAT(english(finding_of(report, "RX-2").message),
             Catch::Contains("brachytherapy (300A,00A0) beside its beams"));
  CHECK(report.verdict != Verdict::kPass);
}

TEST_CASE("Metersets, weights, machines, isocentres and positions of the beams have to hold together", "[PL-1]") {
  CHECK(beams_of("PL-1.beams", [](Plan& p) { p.fraction_groups[0].beams[1].beam_meterset = 0.0; }) ==
        FindingStatus::kDeviation);
  CHECK(beams_of("PL-1.beams", [](Plan& p) { p.fraction_groups[0].beams[1].beam_meterset.reset(); }) ==
        FindingStatus::kNotEvaluable);
  CHECK(beams_of("PL-1.beams", [](Plan& p) { p.fraction_groups[0].beams[1].beam_number = 7; }) ==
        FindingStatus::kDeviation);
  CHECK(beams_of("PL-1.beams", [](Plan& p) { p.beams[0].final_weight = 2.0; }) == FindingStatus::kDeviation);
  CHECK(beams_of("PL-1.beams", [](Plan& p) { p.beams[1].number = 1; }) == FindingStatus::kDeviation);
  // Which of the two a fraction group means is not known, though one is for set-up.
  CHECK(beams_of("PL-1.beams", [](Plan& p) {
          p.beams.push_back(p.beams[0]);
          p.beams.back().delivery_type = "SETUP";
        }) == FindingStatus::kDeviation);
  CHECK(beams_of("PL-1.beams", [](Plan& p) {
          p.beams[0].machine = "A";
          p.beams[1].machine = "B";
        }) == FindingStatus::kWarning);
  CHECK(beams_of("PL-1.beams", [](Plan& p) {
          p.beams[0].isocentres_mm = {{0, 0, 0}};
          p.beams[1].isocentres_mm = {{0, 0, 5}};
        }) == FindingStatus::kWarning);
  CHECK(beams_of("PL-1.beams", [](Plan& p) {
          p.beams[0].isocentres_mm = {{0.1, -0.1, 0.1}};
          p.beams[1].isocentres_mm = {{-0.1, 0.1, -0.1}};
        }) == FindingStatus::kPass);
  CHECK(beams_of("PL-1.beams", [](Plan& p) {
          p.beams[0].isocentres_mm = {{0, 0, 0}};
          p.beams[1].isocentres_mm = {{0, 0, 0.1}};
        }) == FindingStatus::kPass);
  CHECK(beams_of("PL-1.beams", [](Plan& p) { p.patient_positions = {"HFS", "FFS"}; }) == FindingStatus::kWarning);
}

}  // namespace dosegate::clause_test
