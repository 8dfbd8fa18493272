// How the numbers of a dose grid are read: of which fractions, of one or the whole course, in Gy or cGy.
#include <catch2/catch.hpp>
#include <functional>

#include "tests/clauses/clause_test.h"
#include "tests/clauses/prescribed_test.h"

namespace dosegate::clause_test::prescribed {

TEST_CASE("Fraction groups count as one after another only where the beam doses leave no other reading",
          "[RX-2][RX-3]") {
  struct Group {
    int fractions;
    std::optional<double> gy;
  };
  const auto with = [](const std::vector<Group>& groups) {
    Case c = sound();
    const FractionGroup first = c.course.plan().fraction_groups.front();
    c.course.plan().fraction_groups.clear();
    for (const Group& g : groups) {
      FractionGroup group = first;
      group.number = static_cast<std::int32_t>(c.course.plan().fraction_groups.size() + 1);
      group.fractions_planned = g.fractions;
      for (ReferencedBeam& b : group.beams) {
        b.beam_dose.reset();
        if (g.gy) b.beam_dose = Dose::gy(*g.gy / static_cast<double>(group.beams.size()));
      }
      c.course.plan().fraction_groups.push_back(group);
    }
    return report_of(c);
  };
  const auto status = [&](const std::vector<Group>& groups, const char* rule) {
    return finding_of(with(groups), rule).status;
  };
  for (const char* rule : {"RX-2", "RX-3"}) {
    INFO(rule);
    CHECK(status({{10, 3}, {5, 3}}, rule) == kWarning);
    CHECK(status({{10, 2}, {5, 5}}, rule) == kNotEvaluable);       // "3 Gy" on average
    CHECK(status({{15, 1.5}, {15, 1.5}}, rule) == kNotEvaluable);  // together, or one after another
    CHECK(status({{15, 2}, {15, 1}}, rule) == kNotEvaluable);
    CHECK(status({{10, 3}, {5, std::nullopt}}, rule) == kNotEvaluable);
    CHECK(status({{10, 4}, {5, 4}}, rule) == kNotEvaluable);  // 60 Gy, 45 prescribed
    CHECK(status({}, rule) == kNotEvaluable);
  }
  CHECK(has(finding_of(with({{10, 2}, {5, 5}}), "RX-3").message, "10 fractions of 2 Gy and 5 of 5 Gy"));
  // Which beams are treated is then not known either, and no deviation.
  CHECK(status({}, "PL-1.beams") == kNotEvaluable);
}

TEST_CASE("One fraction of several groups does not tell the course", "[RX-3]") {
  Case c = sound();
  c.course.plan().fraction_groups.push_back(c.course.plan().fraction_groups.front());
  c.course.plan().fraction_groups[0].fractions_planned = 10;
  c.course.plan().fraction_groups[1].fractions_planned = 5;
  c.options.dose_meaning = DoseMeaning::kFraction;
  const Report report = report_of(c);
  CHECK_FALSE(report.dose.scale_factor);
  for (const Finding& f : report.findings) {
    if (!f.metric.empty()) CHECK(f.status == kNotEvaluable);
  }
}

namespace {

// The sound patient with a dose `scale` times as high, or `change`d, Gy by Gy.
Case with_dose(const std::function<double(double)>& change) {
  SoundPatient patient;
  for (auto& [organ, profile] : patient.dose) {
    profile = [profile = profile, change](double x) { return change(profile(x)); };
  }
  Case c = patient.make();
  c.options.scope = Scope::kPlan;
  c.record.reset();
  return c;
}

}  // namespace

TEST_CASE("A wrong scale is shown by another reading that fits", "[RX-3]") {
  const auto reading = [](Case c, DoseMeaning meaning) {
    c.options.dose_meaning = meaning;
    return report_of(c).dose;
  };
  const auto tagged = DoseMeaning::kAsTagged, course = DoseMeaning::kCourse, fraction = DoseMeaning::kFraction;
  const Case right = with_dose([](double gy) { return gy; }),
             fifteenth = with_dose([](double gy) { return gy / 15.0; }),
             hundredfold = with_dose([](double gy) { return 100.0 * gy; });
  CHECK(reading(right, tagged).scale_factor == 1.0);
  for (const DoseMeaning meaning : {tagged, course}) {
    CHECK_FALSE(reading(fifteenth, meaning).scale_factor);
    CHECK(has(reading(fifteenth, meaning).reading, "one fraction"));
    CHECK_FALSE(reading(hundredfold, meaning).scale_factor);
    CHECK(has(reading(hundredfold, meaning).reading, "cGy"));
  }
  CHECK(reading(fifteenth, fraction).scale_factor == 15.0);
  CHECK_FALSE(reading(right, fraction).scale_factor);
  CHECK(has(reading(right, fraction).reading, "whole course"));
  // Half a course hides in the range of a maximum.
  Case half = with_dose([](double gy) { return gy / 2.0; });
  half.course.plan().fraction_groups.front().fractions_planned = 2;
  for (ReferencedBeam& b : half.course.plan().fraction_groups.front().beams) b.beam_dose = Dose::gy(7.5);
  CHECK_FALSE(reading(half, tagged).scale_factor);
  CHECK(reading(half, fraction).scale_factor == 2.0);
}

TEST_CASE("However hot a part of the dose is, it is no wrong scale", "[RX-3]") {
  // A tenth of the target's width gets three times the prescription.
  SoundPatient patient;
  patient.dose["PTV"] = [](double x) { return std::abs(x) < 2.0 ? 150.0 : 45.0; };
  Case c = patient.make();
  c.options.scope = Scope::kPlan;
  const Report report = report_of(c);
  CHECK(report.dose.scale_factor == 1.0);
  CHECK(report.dose.maximum->in_gy() == Approx(150.0));
  CHECK(finding_of(report, "RX-3").status == kPass);
  CHECK(engine_findings(report) == 0);
}

TEST_CASE("A dose that fits no prescription is refused, and the site's word lets it in with a warning", "[RX-3]") {
  Case c = with_dose([](double gy) { return 1.7 * gy; });
  CHECK_FALSE(report_of(c).dose.scale_factor);
  CHECK(has(finding_of(report_of(c), "OR-1").hint, "--dose-is course"));
  c.options.dose_meaning = DoseMeaning::kCourse;
  const Report report = report_of(c);
  CHECK(report.dose.scale_factor == 1.0);
  REQUIRE(engine_finding(report, "scale") != nullptr);
  CHECK(engine_finding(report, "scale")->status == kWarning);
  // The beam doses bear the grid out: the prescription is what is wrong.
  c.options.dose_meaning = DoseMeaning::kAsTagged;
  for (ReferencedBeam& b : c.course.plan().fraction_groups.front().beams) b.beam_dose = 1.7 * *b.beam_dose;
  CHECK(report_of(c).dose.scale_factor == 1.0);
  CHECK(finding_of(report_of(c), "RX-3").status == kWarning);
}

TEST_CASE("A target whose coldest part is at the prescription warns of nothing, however hot it is inside", "[RX-3]") {
  // Isodoses of 60 to 95 %: 45 Gy at the target's faces in x, the rest above, beams stated at the hottest point.
  for (const double percent : {60.0, 80.0, 95.0}) {
    INFO(percent);
    const double inside = 45.0 / (percent / 100.0);
    SoundPatient patient;
    patient.dose["PTV"] = [=](double x) { return inside - (inside - 45.0) * std::min(1.0, std::abs(x) / 25.0); };
    Case c = patient.make();
    c.options.scope = Scope::kPlan;
    for (ReferencedBeam& b : c.course.plan().fraction_groups.front().beams) b.beam_dose = Dose::gy(inside / 15.0 / 3.0);
    CHECK(finding_of(report_of(c), "RX-3").status == kPass);
  }
  // All of it 15 % too hot, or half of it 15 % too cold.
  CHECK(finding_of(report_of(with_dose([](double gy) { return 1.15 * gy; })), "RX-3").status == kWarning);
  CHECK(finding_of(report_of(with_dose([](double gy) { return 0.85 * gy; })), "RX-3").status == kWarning);
}

}  // namespace dosegate::clause_test::prescribed
