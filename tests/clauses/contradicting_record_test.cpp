// Two facts of one record that cannot both be true, or hardly: never a pass without a word, and both are named.
#include <catch2/catch.hpp>

#include "core/record/contradictions.h"
#include "tests/clauses/clause_test.h"
#include "tests/clauses/sound_record.h"

namespace dosegate::clause_test::contradicting_record {
namespace {

using std::chrono::days;

constexpr auto kOpen = FindingStatus::kNotEvaluable, kWarning = FindingStatus::kWarning, kPass = FindingStatus::kPass;

struct Row {
  const char* what;
  std::function<void(Record&)> change;
  std::vector<const char*> rules;
  FindingStatus status;
  std::vector<const char*> said;
};

Report report_with(const std::function<void(Record&)>& change) {
  Case c = SoundPatient().make();
  change(*c.record);
  return report_of(c);
}

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const Report report = report_with(row.change);
    for (const char* rule : row.rules) {
      const Finding f = finding_of(report, rule);
      INFO(row.what << ", " << rule << ": " << english(f.message));
      CHECK(f.status == row.status);
      CHECK_FALSE(f.hint.empty());
      for (const char* text : row.said) CHECK(english(f.message).find(text) != std::string::npos);
      if (row.status == kOpen && f.mandatory) CHECK(report.verdict != Verdict::kPass);
      if (row.status == kOpen) CHECK_FALSE(f.value);
    }
  }
}

void set_veins(Staging& s, PortalVein vp, HepaticVein vv, int grade) {
  s.vp = vp;
  s.vv = vv;
  s.mvi_grade = grade;
}
void set_way(Record& r, R0Way way) { r.eligibility->resectability->r0_way = way; }

}  // namespace

TEST_CASE("A record that goes together contradicts itself nowhere", "[record]") {
  for (const dosegate::Contradiction& c : contradictions_in(sound_record(), {"tislelizumab"}, sound_day())) {
    FAIL_CHECK(english(c.text));
  }
}

TEST_CASE("An order of simulation, measurement and fractions that cannot be is never a pass", "[DE-1][DE-3][QA-1]") {
  check_rows({
      {"simulated in mid-treatment",
       [](Record& r) { r.simulation->date = day("2026-12-02"); },
       {"DE-1", "DE-3"},
       kOpen,
       {"Wed 2026-12-02", "Mon 2026-11-23"}},
      {"simulated after the first fraction of the day",
       [](Record& r) {
         r.simulation->date = day("2026-11-23");
         r.simulation->time = TimeOfDay{std::chrono::hours{11}};
       },
       {"DE-1", "DE-3"},
       kOpen,
       {"Mon 2026-11-23 at 11:00"}},
      {"simulated after a first fraction that is only planned",
       [](Record& r) {
         r.delivered_fractions.clear();
         r.simulation->date = day("2026-12-02");
       },
       {"DE-1"},
       kOpen,
       {"planned for Mon 2026-11-23"}},
      {"measured before the simulation",
       [](Record& r) { r.gamma_results[0].date = day("2026-11-17"); },
       {"QA-1"},
       kOpen,
       {"Tue 2026-11-17", "Wed 2026-11-18"}},
      {"measured before the simulation and again after it",
       [](Record& r) {
         r.gamma_results.push_back(r.gamma_results[0]);
         r.gamma_results[0].date = day("2026-11-17");
       },
       {"QA-1"},
       kWarning,
       {"Tue 2026-11-17", "Wed 2026-11-18"}},
      {"measured in mid-treatment",
       [](Record& r) { r.gamma_results[0].date = day("2026-12-01"); },
       {"QA-1"},
       kWarning,
       {"Tue 2026-12-01", "Mon 2026-11-23"}},
      {"measured after the last fraction",
       [](Record& r) { r.gamma_results[0].date = day("2026-12-20"); },
       {"QA-1"},
       kWarning,
       {"Sun 2026-12-20", "after the last so far on Fri 2026-12-11"}},
      {"simulated seven weeks before",
       [](Record& r) { r.simulation->date = day("2026-10-01"); },
       {"DE-1"},
       kWarning,
       {"Thu 2026-10-01", "53 days before", "at most 28 days"}},
      {"fasting in minutes", [](Record& r) { r.simulation->fasting_hours = 240.0; }, {"DE-1"}, kWarning, {"240 h"}},
      {"a dose without monitor units",
       [](Record& r) { r.delivered_fractions[3].monitor_units = 0.0; },
       {"RX-1.record"},
       kWarning,
       {"fraction 4", "0 monitor units"}},
  });
}

TEST_CASE("Enrolment, staging and resectability that do not go together are never a pass",
          "[EL-1][EL-2][EL-3][GR-1][GR-2]") {
  check_rows({
      {"enrolled after the first infusion",
       [](Record& r) { r.eligibility->date = day("2026-11-24"); },
       {"EL-1.naive", "EL-1.ecog", "EL-2.albumin"},
       kOpen,
       {"Tue 2026-11-24", "first infusion on Sun 2026-11-22"}},
      {"staged seven months before",
       [](Record& r) { r.staging[0].date = day("2026-04-20"); },
       {"EL-1.mvi"},
       kWarning,
       {"Mon 2026-04-20", "216 days before the first infusion on Sun 2026-11-22", "at most 28 days"}},
      {"staged after treatment began",
       [](Record& r) {
         r.eligibility->date.reset();
         r.staging[0].date = day("2026-11-25");
       },
       {"EL-1.mvi"},
       kOpen,
       {"Wed 2026-11-25", "Sun 2026-11-22"}},
      {"enrolled long before",
       [](Record& r) { r.eligibility->date = day("2026-09-01"); },
       {"EL-1.ecog"},
       kWarning,
       {"Tue 2026-09-01", "82 days"}},
      {"two stagings of a day",
       [](Record& r) {
         r.staging.push_back(r.staging[0]);
         set_veins(r.staging[2], PortalVein::kVp2, HepaticVein::kVv0, 2);
       },
       {"GR-1", "GR-2", "EL-1.mvi"},
       kOpen,
       {"Tue 2026-11-17", "Vp3, Vv0", "Vp2, Vv0"}},
      {"way A with the main trunk",
       [](Record& r) { set_veins(r.staging[0], PortalVein::kVp4, HepaticVein::kVv0, 4); },
       {"EL-3.r0"},
       kOpen,
       {"way A", "Vp4", "Tue 2026-11-17"}},
      {"way A with the inferior vena cava",
       [](Record& r) { set_veins(r.staging[0], PortalVein::kVp0, HepaticVein::kVv3, 4); },
       {"EL-3.r0"},
       kOpen,
       {"way A", "Vv3"}},
      {"way B with a peripheral thrombus",
       [](Record& r) {
         set_way(r, R0Way::kVascularResection);
         set_veins(r.staging[0], PortalVein::kVp1, HepaticVein::kVv0, 1);
       },
       {"EL-3.r0"},
       kOpen,
       {"way B", "Vp1"}},
      {"way C without a hepatic vein",
       [](Record& r) { set_way(r, R0Way::kBloodFlowOcclusion); },
       {"EL-3.r0"},
       kOpen,
       {"way C", "Vv0"}},
      {"Child-Pugh A with the values of C",
       [](Record& r) {
         r.labs[0].value = 60.0;
         r.labs[3].value = 25.0;
       },
       {"EL-3.childpugh"},
       kWarning,
       {"class A has 5 to 6 points", "leave 9 to 13"}},
      {"baseline images seven months old",
       [](Record& r) { r.imaging[0].date = day("2026-04-20"); },
       {"SY-4"},
       kWarning,
       {"Mon 2026-04-20", "216 days"}},
  });
}

TEST_CASE("An old staging beside one of the enrolment is no doubt", "[EL-1]") {
  const Report report = report_with([](Record& r) {
    r.staging.push_back(r.staging[0]);
    r.staging[2].date = day("2026-04-20");
  });
  CHECK(finding_of(report, "EL-1.mvi").status == kPass);
}

TEST_CASE("The ways to R0 pass with the veins that they are made for", "[EL-3]") {
  struct Sound {
    R0Way way;
    PortalVein vp;
    HepaticVein vv;
    int grade;
  };
  for (const Sound& s : {Sound{R0Way::kVascularResection, PortalVein::kVp4, HepaticVein::kVv0, 4},
                         Sound{R0Way::kVascularResection, PortalVein::kVp3, HepaticVein::kVv0, 3},
                         Sound{R0Way::kBloodFlowOcclusion, PortalVein::kVp0, HepaticVein::kVv3, 4},
                         Sound{R0Way::kSameSide, PortalVein::kVp3, HepaticVein::kVv1, 4}}) {
    const Report report = report_with([&](Record& r) {
      set_way(r, s.way);
      set_veins(r.staging[0], s.vp, s.vv, s.grade);
    });
    CHECK(finding_of(report, "EL-3.r0").status == kPass);
    CHECK(report.verdict == Verdict::kPass);
  }
}

TEST_CASE("Surgery, specimen, response and events that do not go together are never a pass",
          "[SY-1][SY-2][SY-3][SY-4][RE-1][RE-2][RE-3]") {
  check_rows({
      {"operated before the last fraction",
       [](Record& r) { r.delivered_fractions[14].date = day("2027-02-02"); },
       {"SY-1", "SY-3", "SY-4"},
       kOpen,
       {"Sun 2027-01-31", "Tue 2027-02-02"}},
      {"not performed, but examined",
       [](Record& r) { r.surgery->performed = false; },
       {"SY-3", "RE-2"},
       kOpen,
       {"was not performed"}},
      {"not known whether performed",
       [](Record& r) { r.surgery->performed.reset(); },
       {"SY-1", "SY-3", "RE-2"},
       kOpen,
       {"surgery.performed", "Sun 2027-01-31"}},
      {"tumour at the margin of a specimen without tumour",
       [](Record& r) {
         r.surgery->viable_tumour_percent = 0.0;
         r.surgery->margin = SurgicalMargin::kR1;
       },
       {"RE-2"},
       kOpen,
       {"no viable tumour", "R1"}},
      {"a complication before surgery",
       [](Record& r) { r.surgery->complications[0].date = day("2027-01-30"); },
       {"RE-3"},
       kOpen,
       {"Sat 2027-01-30", "Sun 2027-01-31"}},
      {"an adverse event before enrolment",
       [](Record& r) { r.adverse_events[0].date = day("2026-11-01"); },
       {"RE-3"},
       kWarning,
       {"Sun 2026-11-01", "Tue 2026-11-17"}},
      {"one adverse event in two grades",
       [](Record& r) {
         r.adverse_events.push_back(r.adverse_events[0]);
         r.adverse_events[1].grade = 3;
       },
       {"RE-3"},
       kWarning,
       {"Tue 2026-12-15", "1 and 3"}},
      {"infusions after the end of the therapy",
       [](Record& r) { r.systemic_stop->date = day("2027-06-01"); },
       {"SY-1", "SY-3"},
       kOpen,
       {"Sun 2027-06-20", "Tue 2027-06-01"}},
      {"response before treatment",
       [](Record& r) {
         r.responses.push_back({day("2026-11-20"), Recist::kSd, {}});
       },
       {"SY-2", "RE-1.recist"},
       kOpen,
       {"Fri 2026-11-20", "Sun 2026-11-22"}},
      {"two responses of a day",
       [](Record& r) {
         r.responses.push_back({r.responses[0].date, Recist::kPd, r.responses[0].resectability});
       },
       {"SY-2", "RE-1.recist"},
       kOpen,
       {"PR and PD", "Sun 2027-01-24"}},
      {"a complete response that becomes a partial one",
       [](Record& r) {
         r.responses.push_back({day("2027-01-20"), Recist::kCr, r.responses[0].resectability});
       },
       {"RE-1.recist"},
       kWarning,
       {"PR after a complete response on Wed 2027-01-20"}},
      {"a metastasis without progression",
       [](Record& r) { r.responses[0].resectability->extrahepatic_metastasis = true; },
       {"SY-2", "RE-1.recist"},
       kWarning,
       {"PR and an extrahepatic metastasis"}},
      {"operated though not resectable",
       [](Record& r) { r.responses[0].resectability->r0_way = R0Way::kNotAchievable; },
       {"SY-2"},
       kWarning,
       {"Sun 2027-01-31", "Sun 2027-01-24", "R0 cannot be achieved"}},
      {"assessed by a way that the staging rules out",
       [](Record& r) { r.responses[0].resectability->r0_way = R0Way::kBloodFlowOcclusion; },
       {"SY-2"},
       kOpen,
       {"way C", "Vp2, Vv0"}},
      {"baseline images in mid-treatment",
       [](Record& r) {
         r.imaging.push_back({day("2026-11-30"), ImagingModality::kCt, ImagingPurpose::kBaseline});
       },
       {"SY-4"},
       kWarning,
       {"Mon 2026-11-30", "Sun 2026-11-22"}},
      {"images after the cycles before them",
       [](Record& r) {
         r.imaging.push_back({day("2026-11-20"), ImagingModality::kCt, ImagingPurpose::kAfterCycles});
       },
       {"SY-4"},
       kWarning,
       {"Fri 2026-11-20", "Sun 2026-11-22"}},
      {"follow-up before surgery",
       [](Record& r) {
         r.imaging.push_back({day("2027-01-02"), ImagingModality::kCt, ImagingPurpose::kFollowUp});
       },
       {"SY-4"},
       kWarning,
       {"Sat 2027-01-02", "Sun 2027-01-31"}},
      {"not known whether an infusion was given",
       [](Record& r) { r.infusions[1].given.reset(); },
       {"SY-1", "RX-6"},
       kOpen,
       {"Sun 2026-12-13", "(given)"}},
  });
}

TEST_CASE("What took place after the day of the check is said, and the plan alone is not doubted", "[record]") {
  Case c = SoundPatient().make();
  c.options.as_of = day("2027-01-01");
  const auto all = contradictions_in(*c.record, {"tislelizumab"}, c.options.as_of);
  const auto says = [&](const char* text) {
    return std::any_of(all.begin(), all.end(), [&](const dosegate::Contradiction& one) {
      return english(one.text).find(text) != std::string::npos;
    });
  };
  CHECK(says("The surgery performed is dated Sun 2027-01-31, after the day of this check, Fri 2027-01-01."));
  CHECK(says("An assessment is dated Sun 2027-01-24"));
  CHECK_FALSE(says("The simulation"));

  c = SoundPatient().make();
  c.record->simulation->date = day("2026-12-02");
  c.options.scope = Scope::kPlan;
  const Report plan_only = report_of(c);
  CHECK(finding_of(plan_only, "DE-1").status == FindingStatus::kPending);
  CHECK(plan_only.notes == report_of(SoundPatient().make()).notes);
}

// A protocol without rules on the record is not the judge of it; that it contradicts itself is still said.
TEST_CASE("What no rule rests on becomes a note", "[record]") {
  Protocol few = trial();
  std::erase_if(few.rules, [](const Rule& r) { return r.clause == "DE-1" || r.clause == "DE-3"; });
  Case c = SoundPatient().make();
  c.record->simulation->date = day("2026-12-02");
  const Report report = report_of(c, few);
  CHECK(std::any_of(report.notes.begin(), report.notes.end(), [](const Prose& note) {
    return english(note).find(
               "In the clinical record: The simulation on Wed 2026-12-02 is later than the first fraction") == 0;
  }));
}

TEST_CASE("The order of a record's lists moves no verdict", "[record]") {
  Case c = SoundPatient().make();
  const Report before = report_of(c);
  Record& r = *c.record;
  const auto turn = [](auto& list) { std::reverse(list.begin(), list.end()); };
  turn(r.planned_fractions), turn(r.delivered_fractions), turn(r.infusions), turn(r.labs), turn(r.imaging);
  turn(r.staging), turn(r.responses), turn(r.adverse_events);
  const Report after = report_of(c);
  CHECK(after.verdict == before.verdict);
  REQUIRE(after.findings.size() == before.findings.size());
  for (std::size_t i = 0; i < before.findings.size(); ++i) {
    INFO(before.findings[i].rule_id << ": " << english(after.findings[i].message));
    CHECK(after.findings[i].status == before.findings[i].status);
  }
}

}  // namespace dosegate::clause_test::contradicting_record
