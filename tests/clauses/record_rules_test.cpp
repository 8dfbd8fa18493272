// QA-1, DE, EL, GR, SY, RE: what the clinical record says.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"
#include "tests/clauses/sound_record.h"

namespace dosegate::clause_test {
namespace {

using std::chrono::days;

constexpr FindingStatus kDeviation = FindingStatus::kDeviation, kNotEvaluable = FindingStatus::kNotEvaluable;

// The sound patient, with one thing in the record changed.
Case with(const std::function<void(Record&)>& change) {
  Case c = SoundPatient().make();
  change(*c.record);
  return c;
}

// `rule` is the only one that the change breaks.
RuleTest breaks(const char* rule, const char* shows, std::function<void(Record&)> change,
                std::optional<double> value = {}, std::set<std::string> along = {}) {
  return {rule, shows, [=] { check_only(with(change), {rule, kDeviation, value, 1e-6, along}); }};
}
// Not mandatory: what is missing makes it not evaluable.
RuleTest lacks(const char* rule, const char* shows, std::function<void(Record&)> change) {
  return {rule, shows, [=] { check_only(with(change), {rule, kNotEvaluable, {}, 1e-6, {}, false}); }};
}

const RuleTests quality({
    breaks(
        "QA-1", "a pass rate of exactly 95 % is a deviation and nothing else is",
        [](Record& r) { r.gamma_results[0].pass_rate_percent = 95.0; }, 95.0),
});

const RuleTests delivery({
    breaks("DE-1", "a fraction after three hours and a half of fasting is a deviation and nothing else is",
           [](Record& r) { r.delivered_fractions[6].fasting_hours = 3.5; }),
    breaks("DE-2", "a fraction without a cone-beam CT is a deviation and nothing else is",
           [](Record& r) { r.delivered_fractions[0].cbct_before = false; }),
    breaks("DE-3", "a simulation without gating is a deviation and nothing else is",
           [](Record& r) { r.simulation->gated = false; }),
});

const RuleTests eligibility({
    breaks(
        "EL-1.age", "at 71 the patient is not eligible and nothing else is broken",
        [](Record& r) { r.eligibility->age_years = 71; }, 71.0),
    breaks(
        "EL-1.ecog", "with ECOG 2 the patient is not eligible and nothing else is broken",
        [](Record& r) { r.eligibility->ecog = 2; }, 2.0),
    breaks("EL-1.hcc", "another tumour is not eligible and nothing else is broken",
           [](Record& r) { r.eligibility->hepatocellular = false; }),
    breaks("EL-1.naive", "a tumour that was treated is not eligible and nothing else is broken",
           [](Record& r) { r.eligibility->treatment_naive = false; }),
    breaks("EL-1.measurable", "without a measurable lesion the patient is not eligible and nothing else is broken",
           [](Record& r) { r.eligibility->measurable_by_recist = false; }),
    breaks("EL-1.metastasis", "with a metastasis the patient is not eligible and nothing else is broken",
           [](Record& r) { r.eligibility->resectability->extrahepatic_metastasis = true; }),
    breaks("EL-1.mvi", "without invasion of a vessel the patient is not eligible and nothing else is broken",
           [](Record& r) {
             r.staging[0].vp = PortalVein::kVp0;
             r.staging[0].mvi_grade.reset();
           }),
    breaks(
        "EL-2.bilirubin", "1.55 times the upper limit of normal is too much and nothing else is broken",
        [](Record& r) { r.labs[0].value = 31.0; }, 1.55),
    breaks(
        "EL-2.transaminases", "an ALT of twice the upper limit of normal is too much although the AST is normal",
        [](Record& r) { r.labs[2].value = 80.0; }, 2.0),
    breaks(
        "EL-2.albumin", "2.9 g/dL are 29 g/L and too little and nothing else is broken",
        [](Record& r) {
          r.labs[3].value = 2.9;
          r.labs[3].unit = "g/dL";
        },
        29.0),
    breaks(
        "EL-2.coagulation", "an APTT of 1.6 times the upper limit of normal is too much although the INR is normal",
        [](Record& r) { r.labs[5].value = 59.2; }, 1.6),
    breaks(
        "EL-2.platelets", "99 x 10^9/L are too few and nothing else is broken",
        [](Record& r) { r.labs[6].value = 99.0; }, 99.0),
    breaks("EL-3.remnant", "too little remnant liver is not eligible and nothing else is broken",
           [](Record& r) { r.eligibility->resectability->remnant_liver_enough = false; }),
    breaks("EL-3.childpugh", "Child-Pugh C is not eligible and nothing else is broken",
           [](Record& r) { r.eligibility->resectability->child_pugh = ChildPugh::kC; }),
    breaks("EL-3.r0", "a tumour that cannot be removed whole is not eligible and nothing else is broken",
           [](Record& r) { r.eligibility->resectability->r0_way = R0Way::kNotAchievable; }),
});

const RuleTests grading({
    {"GR-1", "a staging that does not state the hepatic vein is not evaluable and nor is what rests on it",
     [] {
       const Case c = with([](Record& r) { r.staging[1].vv.reset(); });
       check_only(c, {"GR-1", kNotEvaluable, {}, 1e-6, {"GR-2", "RE-1.mvi"}});
     }},
    // Vp3 without hepatic vein is grade 3.
    breaks("GR-2", "Vp3 recorded as grade 2 is a deviation and nothing else is",
           [](Record& r) { r.staging[0].mvi_grade = 2; }),
});

const RuleTests therapy({
    // 21 + 4 days, and the next comes 21 days after it.
    breaks("SY-1", "a second infusion 25 days after the first is a deviation",
           [](Record& r) {
             for (std::size_t i : {1U, 2U}) *r.infusions[i].date += days{4};
           }),
    // Day 63 is 2027-01-24; eight days later is 2027-02-01.
    breaks("SY-2", "an assessment eight days late is a deviation and nothing else is",
           [](Record& r) { r.responses[0].date = day("2027-02-01"); }),
    breaks("SY-3", "the therapy after surgery ended early without a reason that allows it is a deviation",
           [](Record& r) { r.infusions.resize(10); }),
    breaks("SY-4", "images left out in October are a deviation and nothing else is",
           [](Record& r) {
             std::erase_if(r.imaging, [](const ImagingStudy& s) { return s.date == day("2027-10-28"); });
           }),
});

const RuleTests response({
    lacks("RE-1.recist", "an assessment without its response is not evaluable",
          [](Record& r) {
            r.responses.push_back({day("2027-06-01"), {}, {}});
          }),
    {"RE-1.mvi", "a later staging without the portal vein is not evaluable and nor are the gradings",
     [] {
       const Case c = with([](Record& r) { r.staging[1].vp.reset(); });
       check_only(c, {"RE-1.mvi", kNotEvaluable, {}, 1e-6, {"GR-1", "GR-2"}, false});
     }},
    lacks("RE-2", "a specimen without the share of viable tumour is not evaluable and nothing else is broken",
          [](Record& r) { r.surgery->viable_tumour_percent.reset(); }),
    lacks("RE-3", "an adverse event without its grade is not evaluable and nothing else is broken",
          [](Record& r) { r.adverse_events[0].grade.reset(); }),
});

FindingStatus status_of(const std::string& rule, const std::function<void(Case&)>& change) {
  Case c = SoundPatient().make();
  change(c);
  return finding_of(report_of(c), rule).status;
}
std::string message_of(const std::string& rule, const std::function<void(Record&)>& change) {
  return english(finding_of(report_of(with(change)), rule).message);
}

// Points of the plan's own dose, changed, and no recorded result.
std::function<void(Case&)> measured_of(const std::function<void(DosePoints&)>& change) {
  return [=](Case& c) {
    DosePoints points;
    const DoseGrid& grid = c.course.doses.at("").grid;
    points.frame_of_reference_uid = grid.frame_of_reference_uid();
    const auto& axes = grid.axes();
    for (std::size_t k = 0; k < axes[2].size(); k += 2) {
      for (std::size_t j = 0; j < axes[1].size(); j += 2) {
        for (std::size_t i = 0; i < axes[0].size(); i += 2) {
          points.at_mm.emplace_back(axes[0][i], axes[1][j], axes[2][k]);
          points.gy.push_back(grid.values()[grid.index(i, j, k)]);
        }
      }
    }
    change(points);
    c.measurement.emplace().points = std::move(points);
    c.record->gamma_results.clear();
  };
}
// A plan that gives an organ 20 Gy of its 45, measured there alone, all times a factor.
Finding off_the_maximum(double factor) {
  SoundPatient patient;
  patient.dose["SpinalCord"] = [](double) { return 20.0; };
  Case c = patient.make();
  measured_of([factor](DosePoints& points) {
    DosePoints out;
    out.frame_of_reference_uid = points.frame_of_reference_uid;
    for (std::size_t n = 0; n < points.gy.size(); ++n) {
      if (points.gy[n] != 20.0F) continue;
      out.at_mm.push_back(points.at_mm[n]);
      out.gy.push_back(static_cast<float>(factor) * points.gy[n]);
    }
    points = out;
  })(c);
  return finding_of(report_of(c), "QA-1");
}

}  // namespace

TEST_CASE("Before the course begins delivery is pending and the plan's measurement too",
          "[DE-1][DE-2][DE-3][QA-1][SY-1]") {
  const auto before = [](Case& c) {
    c.options.as_of = day("2026-11-20");
    Record r;
    r.simulation = c.record->simulation;
    r.eligibility = c.record->eligibility;
    c.record = r;
  };
  for (const char* rule : {"DE-1", "DE-2", "DE-3", "QA-1", "SY-1", "SY-2", "SY-3", "SY-4", "RE-1.recist", "RE-2"}) {
    INFO(rule);
    CHECK(status_of(rule, before) == FindingStatus::kPending);
  }
}

TEST_CASE("Without a record its rules are not evaluable, and pending where the plan alone is asked for",
          "[QA-1][EL-1]") {
  for (const char* rule : {"QA-1", "DE-1", "EL-1.age", "EL-2.albumin", "GR-1", "SY-1", "RE-1.recist", "SY-4"}) {
    INFO(rule);
    CHECK(status_of(rule, [](Case& c) { c.record.reset(); }) == kNotEvaluable);
    CHECK(status_of(rule, [](Case& c) {
            c.record.reset();
            c.options.scope = Scope::kPlan;
          }) == FindingStatus::kPending);
  }
}

TEST_CASE("A gamma result by other criteria, or without them, says nothing", "[QA-1]") {
  CHECK(message_of("QA-1", [](Record& r) { r.gamma_results[0].distance_mm = 2.0; }) ==
        "No gamma result carries the protocol's criteria, 3 % global, 3 mm, low-dose cut 10 %. The result of Fri "
        "2026-11-20 was computed by 3 % global, 2 mm, low-dose cut 10 %.");
  CHECK(message_of("QA-1", [](Record& r) {
          r.gamma_results[0].low_dose_cut_percent.reset();
        }).find("does not state lowDoseCutPercent") != std::string::npos);
  // The latest counts, and of one day the worst.
  CHECK(status_of("QA-1", [](Case& c) {
          auto& results = c.record->gamma_results;
          results.push_back(results[0]);
          results[1].pass_rate_percent = 94.0;
        }) == kDeviation);
  CHECK(status_of("QA-1", [](Case& c) {
          auto& results = c.record->gamma_results;
          results.push_back(results[0]);
          results[0].pass_rate_percent = 94.0;
          results[1].date = day("2026-11-21");
        }) == FindingStatus::kPass);
  CHECK(status_of("QA-1", [](Case& c) { c.record->gamma_results[0].date = day("2030-01-01"); }) == kNotEvaluable);
  CHECK(status_of("QA-1", [](Case& c) { c.record->gamma_results.clear(); }) == kNotEvaluable);
}

TEST_CASE("A gamma result that may count and states too little leaves the rule open and names what is absent",
          "[QA-1]") {
  const auto beside = [](const std::function<void(GammaResult&)>& change) {
    return [=](Case& c) {
      auto& results = c.record->gamma_results;
      results.push_back(results[0]);
      results[1].date = day("2026-11-21");
      change(results[1]);
    };
  };
  const auto undated = beside([](GammaResult& r) {
    r.date.reset();
    r.pass_rate_percent = 50.0;
  });
  const auto without_rate = beside([](GammaResult& r) { r.pass_rate_percent.reset(); });
  const auto without_cut = beside([](GammaResult& r) { r.low_dose_cut_percent.reset(); });
  for (const auto& change : {undated, without_rate, without_cut}) CHECK(status_of("QA-1", change) == kNotEvaluable);
  Case c = SoundPatient().make();
  undated(c);
  CHECK(
      english(finding_of(report_of(c), "QA-1").message) ==
      "The result without a date does not state date. Such a result may be the one that counts: what it does not state "
      "is not known (3 % global, 3 mm, low-dose cut 10 %). The result of Fri 2026-11-20 states 98.5 %.");
  // One that is earlier, or by other criteria in what it states, does not count whatever it lacks.
  CHECK(status_of("QA-1", beside([](GammaResult& r) {
                    r.pass_rate_percent.reset();
                    r.date = day("2026-11-19");
                  })) == FindingStatus::kPass);
  CHECK(status_of("QA-1", beside([](GammaResult& r) {
                    r.pass_rate_percent.reset();
                    r.distance_mm = 2.0;
                  })) == FindingStatus::kPass);
  // Of the same day the worst counts, and is not known.
  CHECK(status_of("QA-1", beside([](GammaResult& r) {
                    r.pass_rate_percent.reset();
                    r.date = day("2026-11-20");
                  })) == kNotEvaluable);
  // A deviation that is known is not taken back by an entry that says less.
  CHECK(status_of("QA-1", [&](Case& of) {
          undated(of);
          of.record->gamma_results[0].pass_rate_percent = 90.0;
        }) == kDeviation);
}

TEST_CASE("A gamma result that counts only after treatment began is a warning unless one that was met counted by then",
          "[QA-1]") {
  const auto then_and_later = [](double then, const char* later) {
    return [=](Record& r) {
      r.gamma_results.push_back(r.gamma_results[0]);
      r.gamma_results[0].pass_rate_percent = then;
      r.gamma_results[1].date = day(later);
    };
  };
  const auto status = [&](const std::function<void(Record&)>& change) {
    return status_of("QA-1", [&](Case& c) { change(*c.record); });
  };
  CHECK(status(then_and_later(90.0, "2026-12-20")) == FindingStatus::kWarning);
  CHECK(
      message_of("QA-1", then_and_later(90.0, "2026-12-20"))
          .find(
              "The gamma result that counts, of Sun 2026-12-20, is later than the first fraction on Mon 2026-11-23 and "
              "than the last so far on Fri 2026-12-11. When treatment began the result of Fri 2026-11-20 counted, "
              "90 %.") != std::string::npos);
  CHECK(status(then_and_later(90.0, "2026-12-01")) == FindingStatus::kWarning);
  CHECK(message_of("QA-1", [&](Record& r) {
          then_and_later(98.0, "2026-12-01")(r);
          r.gamma_results[0].distance_mm = 2.0;
        }).find("When treatment began there was none by these criteria.") != std::string::npos);
  // Measured anew in the course, or mended before it.
  CHECK(status(then_and_later(97.0, "2026-12-01")) == FindingStatus::kPass);
  CHECK(status(then_and_later(90.0, "2026-11-22")) == FindingStatus::kPass);
}

TEST_CASE("A measured dose is compared by the protocol's criteria and a record that disagrees is named",
          "[QA-1][gamma]") {
  // Points of the plan's own dose, all times a factor.
  const auto measured = [](double factor) {
    return [factor](Case& c) {
      DosePoints points;
      points.frame_of_reference_uid = c.course.doses.at("").grid.frame_of_reference_uid();
      const auto& axes = c.course.doses.at("").grid.axes();
      for (std::size_t k = 0; k < axes[2].size(); k += 2) {
        for (std::size_t j = 0; j < axes[1].size(); j += 3) {
          for (std::size_t i = 0; i < axes[0].size(); i += 3) {
            points.at_mm.emplace_back(axes[0][i], axes[1][j], axes[2][k]);
            points.gy.push_back(static_cast<float>(factor) *
                                c.course.doses.at("").grid.values()[c.course.doses.at("").grid.index(i, j, k)]);
          }
        }
      }
      c.measurement.emplace().points = std::move(points);
    };
  };
  const auto both = [&](double factor, const std::function<void(Record&)>& change) {
    return [=](Case& c) {
      measured(factor)(c);
      change(*c.record);
    };
  };
  CHECK(status_of("QA-1", measured(1.0)) == FindingStatus::kPass);
  CHECK(status_of("QA-1", both(1.0, [](Record& r) { r.gamma_results.clear(); })) == FindingStatus::kPass);
  CHECK(status_of("QA-1", both(1.2, [](Record& r) { r.gamma_results.clear(); })) == kDeviation);
  // Either may be the wrong one: the worse counts.
  CHECK(status_of("QA-1", measured(1.2)) == kDeviation);
  CHECK(status_of("QA-1", both(1.0, [](Record& r) { r.gamma_results[0].pass_rate_percent = 94.0; })) == kDeviation);
  // One of a fraction, the other of the course.
  CHECK(status_of("QA-1", measured(1.0 / 15.0)) == kNotEvaluable);
  // A pass that rests on next to nothing is a warning that tells the counts.
  const auto of_points = [&](const std::function<void(DosePoints&)>& change) {
    return [=](Case& c) {
      measured(1.0)(c);
      c.record->gamma_results.clear();
      change(*c.measurement->points);
    };
  };
  const auto few = of_points([](DosePoints& points) {
    const auto hottest = std::max_element(points.gy.begin(), points.gy.end()) - points.gy.begin();
    points.at_mm = {points.at_mm[static_cast<std::size_t>(hottest)]};
    points.gy = {points.gy[static_cast<std::size_t>(hottest)]};
  });
  Case of_one_point = SoundPatient().make();
  few(of_one_point);
  const Finding f = finding_of(report_of(of_one_point), "QA-1");
  CHECK(f.status == FindingStatus::kWarning);
  CHECK(english(f.message).find("1 point compared") != std::string::npos);
  const auto outside = of_points([](DosePoints& points) {
    for (std::size_t n = points.gy.size(); n > 0; --n) {
      for (int copy = 0; copy < 2; ++copy) {
        points.at_mm.emplace_back(1e4 + static_cast<double>(2 * n) + copy, 0.0, 0.0);
        points.gy.push_back(30.0F);
      }
    }
  });
  CHECK(status_of("QA-1", outside) == FindingStatus::kWarning);
  // One place is one point, however often it was read.
  const auto repeated = of_points([&](DosePoints& points) {
    const auto hottest =
        static_cast<std::size_t>(std::max_element(points.gy.begin(), points.gy.end()) - points.gy.begin());
    points.at_mm.assign(20, Eigen::Vector3d(points.at_mm[hottest]));
    points.gy.assign(20, float{points.gy[hottest]});
  });
  CHECK(status_of("QA-1", repeated) == FindingStatus::kWarning);
}

TEST_CASE("A measurement is of another scale by the plan's dose at its own points and not by its maximum",
          "[QA-1][gamma]") {
  CHECK(off_the_maximum(1.0).status == FindingStatus::kPass);
  CHECK(off_the_maximum(0.98).status == FindingStatus::kPass);
  for (const double other : {1.0 / 15.0, 0.5, 15.0}) {
    const Finding f = off_the_maximum(other);
    INFO(english(f.message));
    CHECK(f.status == kNotEvaluable);
    CHECK(english(f.message).find("of a fraction") != std::string::npos);
  }
  // One that is wrong in shape, not in scale, is a deviation and not refused.
  CHECK(status_of("QA-1", measured_of([](DosePoints& points) {
                    std::reverse(points.gy.begin(), points.gy.end() - 40);
                  })) == kDeviation);
}

TEST_CASE("Neither a wild reading nor a dead detector makes a measurement pass", "[QA-1][gamma]") {
  const auto low = [](DosePoints& points) {
    for (float& gy : points.gy) gy *= 0.96F;
  };
  CHECK(status_of("QA-1", measured_of(low)) == kDeviation);
  CHECK(status_of("QA-1", measured_of([&](DosePoints& points) {
                    const float most = *std::max_element(points.gy.begin(), points.gy.end());
                    low(points);
                    points.gy.front() = 1.45F * most;
                  })) == kDeviation);
  CHECK(status_of("QA-1", measured_of([](DosePoints& points) {
                    for (std::size_t n = 0; n < points.gy.size(); ++n) {
                      if (points.at_mm[n].x() > points.at_mm[points.gy.size() / 2].x()) points.gy[n] = 0.0F;
                    }
                  })) == kDeviation);
}

TEST_CASE("A fraction whose fact is not known is named and makes its rule not evaluable", "[DE-1][DE-2]") {
  CHECK(message_of("DE-2", [](Record& r) { r.delivered_fractions[4].cbct_before.reset(); }) ==
        "The record does not state cbctBefore of fraction 5 (Fri 2026-11-27).");
  CHECK(message_of("DE-1", [](Record& r) { r.delivered_fractions[1].fasting_hours = 2.0; }) ==
        "At 1 of 16 times fasted less than 4 h: fraction 2 (Tue 2026-11-24): 2 h.");
  CHECK(status_of("DE-1", [](Case& c) { c.record->simulation.reset(); }) == kNotEvaluable);
}

TEST_CASE("A laboratory unit that is not known is refused, never guessed", "[EL-2]") {
  // 1.8 mg/dL of 1.2: 1.5 times; the unit of both is the same.
  CHECK(status_of("EL-2.bilirubin", [](Case& c) {
          c.record->labs[0].value = 1.8;
          c.record->labs[0].upper_limit_normal = 1.2;
          c.record->labs[0].unit = "mg/dL";
        }) == FindingStatus::kPass);
  CHECK(
      message_of("EL-2.bilirubin", [](Record& r) { r.labs[0].unit = "mmol/L"; }) ==
      "The total bilirubin of Mon 2026-11-16 is in 'mmol/L', which is no unit of it that is known (umol/L and mg/dL).");
  CHECK(status_of("EL-2.albumin", [](Case& c) { c.record->labs[3].unit.clear(); }) == kNotEvaluable);
  CHECK(status_of("EL-2.bilirubin", [](Case& c) { c.record->labs[0].upper_limit_normal.reset(); }) == kNotEvaluable);
  // 100 x 10^3/uL are 100 x 10^9/L.
  CHECK(status_of("EL-2.platelets", [](Case& c) {
          c.record->labs[6].value = 100.0;
          c.record->labs[6].unit = "10*3/uL";
        }) == FindingStatus::kPass);
}

TEST_CASE("A litre is written L or l, as UCUM has it", "[EL-2]") {
  const auto in = [](std::size_t lab, double value, const char* unit) {
    return status_of(lab == 0   ? "EL-2.bilirubin"
                     : lab == 1 ? "EL-2.transaminases"
                     : lab == 3 ? "EL-2.albumin"
                                : "EL-2.platelets",
                     [=](Case& c) {
                       c.record->labs[lab].value = value;
                       c.record->labs[lab].unit = unit;
                     });
  };
  CHECK(in(0, 12.0, "umol/l") == FindingStatus::kPass);
  CHECK(in(0, 40.0, "umol/l") == kDeviation);
  CHECK(in(1, 30.0, "[iU]/l") == FindingStatus::kPass);
  CHECK(in(3, 4.0, "g/dl") == FindingStatus::kPass);
  CHECK(in(6, 180.0, "10*3/ul") == FindingStatus::kPass);
  CHECK(in(0, 12.0, "uMol/l") == kNotEvaluable);
  CHECK(in(0, 12.0, "umol/ML") == kNotEvaluable);
}

TEST_CASE("Only samples of the window before enrolment count, and contradictory ones of one day decide nothing",
          "[EL-2]") {
  CHECK(status_of("EL-2.albumin", [](Case& c) { c.record->labs[3].date = day("2026-11-02"); }) == kNotEvaluable);
  CHECK(status_of("EL-2.albumin", [](Case& c) { c.record->labs[3].date = day("2026-11-03"); }) == FindingStatus::kPass);
  CHECK(status_of("EL-2.albumin", [](Case& c) { c.record->labs[3].date = day("2026-11-18"); }) == kNotEvaluable);
  CHECK(message_of("EL-2.albumin", [](Record& r) {
          r.labs.push_back(r.labs[3]);
          r.labs.back().value = 29.0;
        }).find("contradict each other") != std::string::npos);
  CHECK(status_of("EL-2.transaminases", [](Case& c) { c.record->labs.erase(c.record->labs.begin() + 1); }) ==
        kNotEvaluable);
}

// By the table: any portal with any hepatic invasion is 4.
TEST_CASE("The grade of the invasion follows the table", "[GR-2]") {
  const auto grade = [](PortalVein vp, HepaticVein vv) {
    const Case c = with([&](Record& r) {
      r.staging[1].vp = vp;
      r.staging[1].vv = vv;
      r.staging[1].mvi_grade.reset();
    });
    return finding_of(report_of(c), "GR-2").value.value_or(-1.0);
  };
  using Vp = PortalVein;
  using Vv = HepaticVein;
  CHECK(grade(Vp::kVp0, Vv::kVv0) == 0.0);
  CHECK(grade(Vp::kVp1, Vv::kVv0) == 1.0);
  CHECK(grade(Vp::kVp2, Vv::kVv0) == 2.0);
  CHECK(grade(Vp::kVp3, Vv::kVv0) == 3.0);
  CHECK(grade(Vp::kVp4, Vv::kVv0) == 4.0);
  CHECK(grade(Vp::kVp0, Vv::kVv1) == 3.0);
  CHECK(grade(Vp::kVp0, Vv::kVv2) == 4.0);
  CHECK(grade(Vp::kVp0, Vv::kVv3) == 4.0);
  CHECK(grade(Vp::kVp1, Vv::kVv1) == 4.0);
}

TEST_CASE("The therapy is followed as far as it has come", "[SY-1][SY-3]") {
  // On 2026-12-20 two of three have been given; the third is due on 2027-01-03.
  const auto on = [](const char* text, std::size_t given) {
    return [=](Case& c) {
      c.options.as_of = day(text);
      c.record->infusions.resize(given);
      c.record->surgery.reset();
      c.record->systemic_stop.reset();
    };
  };
  CHECK(status_of("SY-1", on("2026-12-20", 2)) == FindingStatus::kPass);
  CHECK(status_of("SY-1", on("2027-01-06", 2)) == FindingStatus::kPass);  // three days are tolerated
  CHECK(status_of("SY-1", on("2027-01-07", 2)) == kDeviation);
  CHECK(status_of("SY-1", on("2026-11-22", 1)) == FindingStatus::kPass);
  // A second infusion that is scheduled 60 days after the first is no excuse for a course that takes as long.
  CHECK(status_of("SY-1", [&](Case& c) {
          on("2026-11-23", 2)(c);
          c.record->infusions[1].given = false;
          c.record->infusions[1].date = *c.record->infusions[0].date + days{60};
        }) == kDeviation);
  CHECK(status_of("SY-3", on("2027-01-06", 2)) == FindingStatus::kPending);
  CHECK(status_of("SY-1", [](Case& c) { c.record->infusions[1].dose_mg = 100.0; }) == kDeviation);
  CHECK(status_of("SY-1", [](Case& c) { c.record->infusions[1].dose_mg.reset(); }) == kNotEvaluable);
  CHECK(status_of("SY-1", [](Case& c) { c.record->infusions[2].drug.clear(); }) != FindingStatus::kPass);
  // 2027-01-31 + 14 days is 2027-02-14; on the 18th it is four days late.
  CHECK(status_of("SY-3", [](Case& c) {
          for (std::size_t i = 3; i < c.record->infusions.size(); ++i) *c.record->infusions[i].date += days{4};
        }) == kDeviation);
  CHECK(status_of("SY-3", [](Case& c) {
          c.record->infusions.resize(10);
          c.record->systemic_stop = TreatmentStop{*c.record->infusions.back().date, StopReason::kToxicity};
        }) == FindingStatus::kPass);
  CHECK(status_of("SY-3", [](Case& c) {
          c.record->surgery = Surgery{};
          c.record->surgery->performed = false;
        }) == FindingStatus::kPending);
}

TEST_CASE("Worse in one vein is progression, whatever the other does", "[RE-1]") {
  const auto of_veins = [](PortalVein vp, HepaticVein vv) {
    return message_of("RE-1.mvi", [&](Record& r) {
      r.staging[1].vp = vp;
      r.staging[1].vv = vv;
    });
  };
  CHECK(of_veins(PortalVein::kVp2, HepaticVein::kVv0).find("downstaged: PR") != std::string::npos);
  CHECK(of_veins(PortalVein::kVp3, HepaticVein::kVv0).find("unchanged: SD") != std::string::npos);
  CHECK(of_veins(PortalVein::kVp2, HepaticVein::kVv1).find("upstaged: PD") != std::string::npos);
}

TEST_CASE("Viable tumour of 0 % is a complete, below 10 % a major response", "[RE-2]") {
  const auto text = [](double percent) {
    return message_of("RE-2", [=](Record& r) { r.surgery->viable_tumour_percent = percent; });
  };
  CHECK(text(0.0).find("pCR") != std::string::npos);
  CHECK(text(9.9).find("MPR, < 10 %") != std::string::npos);
  CHECK(text(10.0).find("no major response") != std::string::npos);
}

}  // namespace dosegate::clause_test
