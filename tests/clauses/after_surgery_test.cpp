// From the last cycle before surgery to the end of the therapy after it: what was due before a stop or a death, what
// came too long, a surgery that is still planned.
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"
#include "tests/clauses/sound_record.h"

namespace dosegate::clause_test::after_surgery {
namespace {

using std::chrono::days;

constexpr auto kPass = FindingStatus::kPass, kWarning = FindingStatus::kWarning, kDeviation = FindingStatus::kDeviation,
               kOpen = FindingStatus::kNotEvaluable, kPending = FindingStatus::kPending;
constexpr std::size_t kBefore = 3;  // infusions before surgery on 2027-01-31; after it from 2027-02-14 on

Finding found(const char* rule, const std::function<void(Record&)>& change, const char* as_of = nullptr) {
  Case c = SoundPatient().make();
  if (as_of != nullptr) c.options.as_of = day(as_of);
  change(*c.record);
  const Finding f = finding_of(report_of(c), rule);
  UNSCOPED_INFO(rule << ": " << english(f.message));
  return f;
}
bool says(const Finding& f, const std::string& text) { return english(f.message).find(text) != std::string::npos; }

// So many infusions after surgery, and the end of the therapy so many days after the last of them.
std::function<void(Record&)> stopped(std::size_t given, StopReason reason, int days_after) {
  return [=](Record& r) {
    r.infusions.resize(kBefore + given);
    const Day last = given == 0 ? *r.surgery->date - days{7} : *r.infusions.back().date;
    r.systemic_stop = TreatmentStop{last + days{days_after}, reason};
  };
}

// So many infusions after surgery, three weeks apart.
std::function<void(Record&)> lasting(std::size_t given) {
  return [=](Record& r) {
    Infusion last = r.infusions.back();
    r.infusions.resize(std::min(r.infusions.size(), kBefore + given));
    while (r.infusions.size() < kBefore + given) {
      *last.date += days{21};
      r.infusions.push_back(last);
    }
    r.systemic_stop.reset();
  };
}

void die_on(Record& r, const char* date) {
  r.adverse_events.push_back({day(date), "Liver failure", 5});
  const auto later = [&](const auto& item) { return *item.date > day(date); };
  std::erase_if(r.infusions, later);
  std::erase_if(r.imaging, later);
  r.systemic_stop.reset();
}

// As it stands before surgery, which is planned for 2027-01-31.
void before_surgery(Record& r, const char* today) {
  const auto later = [&](const auto& item) { return *item.date > day(today); };
  r.infusions.resize(kBefore);
  std::erase_if(r.imaging, later);
  std::erase_if(r.staging, later);
  std::erase_if(r.responses, later);
  std::erase_if(r.adverse_events, later);
  r.systemic_stop.reset();
  r.surgery = Surgery{};
  r.surgery->date = day("2027-01-31");
}

}  // namespace

TEST_CASE("Progression or toxicity excuses no infusion that was due before it", "[SY-3]") {
  for (const StopReason reason : {StopReason::kProgression, StopReason::kToxicity}) {
    CHECK(found("SY-3", stopped(7, reason, 0)).status == kPass);
    CHECK(found("SY-3", stopped(7, reason, 24)).status == kPass);
    // One may have been withheld while it was decided.
    CHECK(found("SY-3", stopped(7, reason, 25)).status == kWarning);
    CHECK(found("SY-3", stopped(7, reason, 45)).status == kWarning);
    CHECK(found("SY-3", stopped(7, reason, 46)).status == kDeviation);
    CHECK(found("SY-3", stopped(0, reason, 21)).status == kPass);
    CHECK(found("SY-3", stopped(0, reason, 270)).status == kDeviation);
  }
  CHECK(says(found("SY-3", stopped(0, StopReason::kToxicity, 270)),
             "Infusion 1 of tislelizumab after surgery was due on Sun 2027-02-14"));
}

TEST_CASE("A therapy for one year does not last two", "[SY-3]") {
  // The year from 2027-02-14 ends on 2028-02-14; the 19th comes on 2028-02-27.
  CHECK(found("SY-3", lasting(18)).status == kPass);
  const Finding one = found("SY-3", lasting(19));
  CHECK(one.status == kWarning);
  CHECK(says(one, "1 infusion of tislelizumab came after the time had ended on Mon 2028-02-14"));
  CHECK(found("SY-3", lasting(20), "2029-06-01").status == kDeviation);
  CHECK(says(found("SY-3", lasting(36), "2029-06-01"), "18 infusions of tislelizumab came after"));
}

TEST_CASE("Therapy that goes on after progression is named", "[SY-3]") {
  const auto progressed = [](const char* date) {
    return [=](Record& r) { r.responses.push_back({day(date), Recist::kPd, {}}); };
  };
  const Finding f = found("SY-3", progressed("2027-04-28"));
  CHECK(f.status == kWarning);
  CHECK(says(
      f, "Progressive disease (PD) is recorded for Wed 2027-04-28, and tislelizumab was given after it (14 infusions"));
  CHECK(found("SY-3", [](Record& r) { r.responses[0].recist = Recist::kPd; }).status == kPass);  // before surgery
  CHECK(found("SY-3", [](Record& r) {
          stopped(4, StopReason::kProgression, 8)(r);
          r.responses.push_back({*r.systemic_stop->date, Recist::kPd, {}});
        }).status == kPass);
}

TEST_CASE("Nothing is due after the patient's death", "[SY-1][SY-2][SY-3][SY-4]") {
  const auto died = [](const char* date) { return [=](Record& r) { die_on(r, date); }; };
  const Finding therapy = found("SY-3", died("2027-03-20"));
  CHECK(therapy.status == kPass);
  CHECK(says(therapy, "The patient died on Sat 2027-03-20."));
  CHECK(found("SY-4", died("2027-03-20")).status == kPass);
  CHECK(found("SY-4", [](Record& r) {
          die_on(r, "2027-06-20");
          std::erase_if(r.imaging, [](const ImagingStudy& s) { return *s.date == day("2027-02-28"); });
        }).status == kDeviation);
  CHECK(found("SY-3",
              [](Record& r) {  // what was due before it was
                die_on(r, "2027-06-20");
                r.infusions.resize(kBefore + 1);
              })
            .status == kDeviation);
  const auto early = [](Record& r) {
    die_on(r, "2026-12-20");
    r.surgery.reset();
    r.responses.clear();
    r.staging.resize(1);
  };
  CHECK(found("SY-1", early).status == kPass);
  CHECK(says(found("SY-1", early), "The patient died on Sun 2026-12-20."));
  CHECK(found("SY-2", early).status == kPending);
}

TEST_CASE("An assessment says whether the tumour can be resected, or leaves it open", "[SY-2]") {
  const auto with = [](const std::function<void(Resectability&)>& change) {
    return [=](Record& r) { change(*r.responses[0].resectability); };
  };
  CHECK(found("SY-2", with([](Resectability& r) { r = Resectability{}; })).status == kOpen);
  CHECK(found("SY-2", [](Record& r) { r.responses[0].resectability.reset(); }).status == kOpen);
  const Finding partly = found("SY-2", with([](Resectability& r) { r.r0_way.reset(); }));
  CHECK(partly.status == kOpen);
  CHECK(says(partly, "Of the resectability r0Way is not stated"));
  // One part that forbids it says enough; that it was done nevertheless is another thing.
  const auto forbidden = [](const std::function<void(Resectability&)>& change, const char* said) {
    const Finding f = found("SY-2", [&](Record& r) {
      r.responses[0].resectability = Resectability{};
      change(*r.responses[0].resectability);
    });
    CHECK(f.status == kWarning);
    CHECK(says(f, said));
  };
  forbidden([](Resectability& r) { r.remnant_liver_enough = false; }, "too little liver would remain");
  forbidden([](Resectability& r) { r.child_pugh = ChildPugh::kC; }, "states Child-Pugh C");
  forbidden([](Resectability& r) { r.r0_way = R0Way::kNotAchievable; }, "R0 cannot be achieved");
}

TEST_CASE("A surgery that is planned breaks nothing and is not the day of the check",
          "[RE-2][SY-1][SY-2][SY-3][SY-4]") {
  const char* const today = "2027-01-10";
  const auto planned = [&](Record& r) { before_surgery(r, today); };
  for (const char* rule : {"SY-2", "SY-3", "RE-2"}) CHECK(found(rule, planned, today).status == kPending);
  for (const char* rule : {"SY-1", "SY-4"}) CHECK(found(rule, planned, today).status != kDeviation);
  CHECK(found("SY-4", planned, "2027-02-01").status == kDeviation);  // the day has come, and no images were made
  Case c = SoundPatient().make();
  c.options.as_of.reset();
  planned(*c.record);
  const Report report = report_of(c);
  CHECK(report.as_of == day("2027-01-03"));  // the third infusion
  CHECK(report.verdict == Verdict::kPass);
  c.record->surgery->margin = SurgicalMargin::kR0;  // what the pathologist found was there
  CHECK(report_of(c).as_of == day("2027-01-31"));
}

TEST_CASE("A cycle that came after surgery is not the last before it", "[SY-4]") {
  const Finding f = found("SY-4", [](Record& r) { r.infusions[1].given = false; });
  CHECK(f.status == kPass);
  CHECK(found("SY-1", [](Record& r) { r.infusions[1].given = false; }).status == kDeviation);
}

TEST_CASE("The staging at enrolment is the latest up to it", "[EL-1][RE-1]") {
  const auto also = [](const char* date, PortalVein vp) {
    return [=](Record& r) {
      Staging s = r.staging[0];
      s.date = day(date);
      s.vp = vp;
      s.mvi_grade.reset();
      r.staging.push_back(s);
    };
  };
  CHECK(found("EL-1.mvi", also("2026-11-10", PortalVein::kVp0)).status == kPass);
  const Finding f = found("EL-1.mvi", [&](Record& r) {
    r.staging[0].date = day("2026-11-10");
    also("2026-11-17", PortalVein::kVp0)(r);
  });
  CHECK(f.status == kDeviation);
  CHECK(says(f, "Vp0, Vv0 (Tue 2026-11-17)"));
}

TEST_CASE("A fraction in parts counts once in the biologically effective dose", "[RX-8]") {
  const Finding f = found("RX-8.target", [](Record& r) {
    DeliveredFraction& first = r.delivered_fractions[4];
    first.dose = Dose::gy(2.0);
    DeliveredFraction rest = first;
    rest.dose = Dose::gy(1.0);
    r.delivered_fractions.push_back(rest);
  });
  CHECK(says(f, "Given so far 45 Gy: BED 58.5 Gy, EQD2 48.75 Gy in 15 fractions"));
}

}  // namespace dosegate::clause_test::after_surgery
