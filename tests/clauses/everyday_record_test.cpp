// What clinics record every day: a schedule that stands beside what was given, an infusion that was cancelled, a dose
// as a machine writes it down, a session that was broken off. None of it breaks a rule that was kept.
#include <catch2/catch.hpp>

#include "core/schedule/course.h"
#include "tests/clauses/clause_test.h"
#include "tests/clauses/sound_record.h"

namespace dosegate::clause_test::everyday_record {
namespace {

using std::chrono::days;

constexpr auto kPass = FindingStatus::kPass, kWarning = FindingStatus::kWarning, kDeviation = FindingStatus::kDeviation,
               kOpen = FindingStatus::kNotEvaluable;

Report report_with(const std::function<void(Record&)>& change) {
  Case c = SoundPatient().make();
  change(*c.record);
  return report_of(c);
}

Finding found(const char* rule, const std::function<void(Record&)>& change) {
  const Finding f = finding_of(report_with(change), rule);
  UNSCOPED_INFO(rule << ": " << english(f.message));
  return f;
}

bool says(const Finding& f, const std::string& text) { return english(f.message).find(text) != std::string::npos; }

Infusion scheduled(const char* date) {
  Infusion i;
  i.date = day(date);
  i.drug = "Tislelizumab";
  i.dose_mg = 200.0;
  i.given = false;
  return i;
}

void give_each(Record& r, double gy) {
  for (auto& f : r.delivered_fractions) f.dose = Dose::gy(gy);
}

}  // namespace

TEST_CASE("An infusion that was scheduled for a day gone by and not given is none", "[RX-6][RX-7][SY-1][SY-2][SY-3]") {
  const auto cancelled = [](Record& r) {
    r.infusions.insert(r.infusions.begin(), scheduled("2026-11-17"));
    r.infusions.push_back(scheduled("2027-03-01"));
  };
  for (const char* rule : {"RX-6", "RX-7", "SY-1", "SY-2", "SY-3"}) CHECK(found(rule, cancelled).status == kPass);
  CHECK(says(found("RX-7", cancelled), "(that scheduled for Tue 2026-11-17 was not given)"));
  CHECK(report_with(cancelled).verdict == Verdict::kPass);
  // The whole schedule, beside what was given by it.
  const auto beside = [](Record& r) {
    const std::vector<Infusion> given = r.infusions;
    for (Infusion i : given) {
      i.given = false;
      r.infusions.push_back(i);
    }
  };
  for (const char* rule : {"RX-6", "RX-7", "SY-1", "SY-2", "SY-3"}) CHECK(found(rule, beside).status == kPass);
  // One that nothing stands for is missing.
  const auto left_out = [](Record& r) { r.infusions[1].given = false; };
  const Finding f = found("SY-1", left_out);
  CHECK(f.status == kDeviation);
  CHECK(says(f, "after 42 days, not 21 days"));
  // Scheduled for a day to come it still counts as the second.
  Case c = SoundPatient().make();
  c.options.as_of = day("2026-12-11");
  c.record->infusions.resize(2);
  c.record->infusions[1].given = false;
  CHECK(finding_of(report_of(c), "RX-6").status == kPass);
}

TEST_CASE("What is recorded as two infusions of one day is one, of the whole dose", "[RX-6][RX-7][SY-1][SY-2][SY-3]") {
  const auto broken_off = [](Record& r) {
    r.infusions[1].dose_mg = 120.0;
    r.infusions.push_back(r.infusions[1]);
    r.infusions.back().dose_mg = 80.0;
  };
  for (const char* rule : {"RX-6", "RX-7", "SY-2", "SY-3"}) CHECK(found(rule, broken_off).status == kPass);
  const Finding f = found("SY-1", broken_off);
  CHECK(f.status == kWarning);
  CHECK(says(f, "is recorded as 2 infusions of that day"));
  // Recorded twice, or given twice: the dose of the day tells.
  const auto twice = [](Record& r) { r.infusions.insert(r.infusions.begin(), r.infusions.front()); };
  CHECK(found("RX-6", twice).status == kPass);
  CHECK(found("SY-1", twice).status == kDeviation);
  CHECK(says(found("SY-1", twice), "was 400 mg, not 200 mg"));
  const auto part_unknown = [&](Record& r) {
    broken_off(r);
    r.infusions.back().dose_mg.reset();
  };
  CHECK(found("SY-1", part_unknown).status == kOpen);
}

TEST_CASE("A fraction that went on the same day is one fraction of that day", "[RX-1][RX-3][RX-4][RX-5][RX-6]") {
  const auto in_parts = [](double first, double second) {
    return [=](Record& r) {
      DeliveredFraction part = r.delivered_fractions[5];
      r.delivered_fractions[5].dose = Dose::gy(first);
      part.dose = Dose::gy(second);
      r.delivered_fractions.push_back(part);
    };
  };
  for (const char* rule : {"RX-1.record", "RX-4", "RX-5", "RX-6"}) {
    CHECK(found(rule, in_parts(1.2, 1.8)).status == kPass);
  }
  CHECK(found("RX-3.record", in_parts(1.2, 1.8)).status == kWarning);
  // Together more than the fraction they are two.
  CHECK(found("RX-4", in_parts(3.0, 3.0)).status == kDeviation);
  // The rest on the next day is a fraction of that day.
  const auto next_day = [&](Record& r) {
    in_parts(1.2, 1.8)(r);
    r.delivered_fractions.back().date = *r.delivered_fractions.back().date + days{1};
  };
  CHECK(found("RX-4", next_day).status == kDeviation);
}

TEST_CASE("A time that is not stated breaks no order of fractions", "[RX-4][RX-5]") {
  Record r;
  for (const std::int32_t number : {1, 2, 3, 4}) {
    DeliveredFraction f;
    f.number = number;
    f.date = day(number <= 2 ? "2026-11-23" : "2026-11-24");
    f.time = TimeOfDay{std::chrono::hours{number % 2 == 1 ? 8 : 15}};
    r.delivered_fractions.push_back(f);
  }
  r.delivered_fractions[1].time.reset();
  CHECK(course_of(r, {}).wrong.empty());
  CHECK(course_of(r, {}).fractions[1].number == 2);
  r.delivered_fractions[2].time = TimeOfDay{std::chrono::hours{16}};  // after the fourth, as both state
  CHECK(course_of(r, {}).wrong.size() == 1);
}

TEST_CASE("A course of which one fraction was given in parts is not complete by them", "[RX-5]") {
  Case c = SoundPatient().make();
  c.record->delivered_fractions.resize(14);
  c.record->delivered_fractions.push_back(c.record->delivered_fractions.back());
  c.record->delivered_fractions.back().date = *c.record->delivered_fractions.back().date + days{3};
  c.record->planned_fractions.clear();
  CHECK(says(finding_of(report_of(c), "RX-5"), "14 of 15 fractions are dated"));
}

TEST_CASE("One year of three-weekly infusions is kept to a cycle", "[SY-3]") {
  // 14 days after surgery, on 2027-02-14; day 336 is 2028-01-16, day 365 is 2028-02-14.
  const auto adjuvant = [](std::size_t cycles, const char* stop) {
    return [=](Record& r) {
      r.infusions.resize(3 + cycles);
      r.systemic_stop.reset();
      if (stop != nullptr) r.systemic_stop = TreatmentStop{day(stop), StopReason::kCompleted};
    };
  };
  const Finding of_17 = found("SY-3", adjuvant(17, "2028-02-14"));
  CHECK(of_17.status == kWarning);
  CHECK(says(of_17, "17 infusions cover the time up to Sun 2028-02-06"));
  CHECK(found("SY-3", adjuvant(17, "2028-01-16")).status == kWarning);
  CHECK(found("SY-3", adjuvant(17, nullptr)).status == kWarning);
  CHECK(found("SY-3", adjuvant(18, "2028-02-14")).status == kPass);
  CHECK(found("SY-3", adjuvant(18, "2028-02-06")).status == kPass);
  // Two too few are: the one that is missing is named, not an end on the day on which it was due to end.
  const Finding of_16 = found("SY-3", adjuvant(16, "2028-02-14"));
  CHECK(of_16.status == kDeviation);
  CHECK(says(of_16, "Infusion 17 of tislelizumab after surgery was due on Sun 2028-01-16"));
  const Finding early = found("SY-3", adjuvant(7, "2027-06-27"));
  CHECK(early.status == kDeviation);
  CHECK(says(early, "was ended on Sun 2027-06-27 without progression or toxicity; it was due until Mon 2028-02-14"));
}

TEST_CASE("A dose as a machine writes it down is the dose that was due", "[RX-1][RX-3]") {
  for (const double gy : {3.001, 2.999, 3.01, 2.99}) {
    INFO(gy);
    const auto given = [gy](Record& r) { give_each(r, gy); };
    CHECK(found("RX-1.record", given).status == kPass);
    CHECK(found("RX-3.record", given).status == kPass);
  }
  for (const double gy : {3.03, 2.97}) {
    INFO(gy);
    const auto given = [gy](Record& r) { give_each(r, gy); };
    CHECK(found("RX-1.record", given).status == kDeviation);
    CHECK(found("RX-3.record", given).status == kDeviation);
  }
  // What is planned is exact.
  CHECK(found("RX-3.record", [](Record& r) { r.planned_fractions[0].dose = Dose::gy(3.01); }).status == kDeviation);
}

TEST_CASE("A session that was broken off before the beam came on is no fraction",
          "[RX-2][RX-3][RX-4][DE-1][DE-2][DE-3]") {
  const auto broken_off = [](Record& r) {
    DeliveredFraction none;
    none.number = 5;
    none.date = r.delivered_fractions[4].date;
    none.time = TimeOfDay{std::chrono::hours{9}};
    none.dose = Dose::gy(0.0);
    r.delivered_fractions.push_back(none);
  };
  for (const char* rule : {"RX-1.record", "RX-2.record", "RX-3.record", "RX-4", "RX-5", "DE-1", "DE-2", "DE-3"}) {
    CHECK(found(rule, broken_off).status == kPass);
  }
}

TEST_CASE("A fraction that was planned for a day gone by, and for no other, is not still to come", "[RX-2]") {
  const auto lost = [](Record& r) { r.delivered_fractions.pop_back(); };
  const Finding operated = found("RX-2.record", lost);
  CHECK(operated.status == kDeviation);
  CHECK(says(operated, "fraction 15 (Fri 2026-12-11)"));
  CHECK(says(operated, "Surgery was on Sun 2027-01-31"));
  Case c = SoundPatient().make();
  lost(*c.record);
  c.record->surgery.reset();
  c.options.as_of = day("2026-12-14");
  CHECK(finding_of(report_of(c), "RX-2.record").status == kOpen);
  c.record->planned_fractions.back().date = day("2026-12-14");  // to be made up today
  CHECK(finding_of(report_of(c), "RX-2.record").status == kPass);
}

TEST_CASE("A laboratory value that nobody has lets no patient in", "[EL-2]") {
  struct Slip {
    const char* rule;
    std::size_t lab;
    double value;
    const char* unit;
    double normal;
  };
  const auto with = [](const Slip& s) {
    return [s](Record& r) {
      r.labs[s.lab].value = s.value;
      r.labs[s.lab].unit = s.unit;
      r.labs[s.lab].upper_limit_normal = s.normal;
    };
  };
  // In the other unit, with digits too many, nothing for "not known"; and so the upper limit of normal.
  for (const Slip& s :
       {Slip{"EL-2.albumin", 3, 28.0, "g/dL", 5.2}, Slip{"EL-2.albumin", 3, 290.0, "g/L", 52.0},
        Slip{"EL-2.platelets", 6, 90'000.0, "10*9/L", 350.0}, Slip{"EL-2.bilirubin", 0, 0.0, "umol/L", 20.0},
        Slip{"EL-2.bilirubin", 0, 0.8, "umol/L", 20.0}, Slip{"EL-2.bilirubin", 0, 40.0, "umol/L", 200.0},
        Slip{"EL-2.bilirubin", 0, 2.4, "mg/dL", 20.0}, Slip{"EL-2.transaminases", 1, 0.0, "U/L", 40.0},
        Slip{"EL-2.transaminases", 2, 80.0, "U/L", 400.0}}) {
    CAPTURE(s.rule, s.value, s.unit, s.normal);
    const Finding f = found(s.rule, with(s));
    CHECK(f.status == kOpen);
    CHECK(says(f, "is recorded as "));
  }
  // What is far from normal, and possible, is judged.
  CHECK(found("EL-2.bilirubin", with({"", 0, 700.0, "umol/L", 20.0})).status == kDeviation);
  CHECK(found("EL-2.bilirubin", with({"", 0, 0.3, "mg/dL", 1.2})).status == kPass);
  CHECK(found("EL-2.platelets", with({"", 6, 3.0, "10*9/L", 350.0})).status == kDeviation);
  CHECK(found("EL-2.albumin", with({"", 3, 4.0, "g/dL", 5.2})).status == kPass);
  CHECK(found("EL-2.transaminases", with({"", 1, 6000.0, "U/L", 35.0})).status == kDeviation);
}

TEST_CASE("A ratio has no unit, and a count is written as people do", "[EL-2]") {
  const Finding clotting = found("EL-2.coagulation", [](Record&) {});
  CHECK(says(clotting, "INR of Mon 2026-11-16 is 1, limit <= 1.5 x ULN of 1.2; APTT"));
  CHECK(says(clotting, "is 30 s, limit <= 1.5 x ULN of 37 s."));
  for (const char* unit : {"1", "{INR}"}) {
    CHECK_FALSE(
        says(found("EL-2.coagulation", [&](Record& r) { r.labs[4].unit = unit; }), "INR of Mon 2026-11-16 is 1 "));
  }
  CHECK(says(found("EL-2.platelets", [](Record&) {}), "is 180 x10^9/L, limit >= 100 x10^9/L."));
  const auto counted = [](Record& r) {
    r.labs[6].value = 180000.0;
    r.labs[6].unit = "/uL";
  };
  CHECK(says(found("EL-2.platelets", counted), "is 180000/uL, limit"));
  CHECK(says(found("EL-2.transaminases", [](Record& r) { r.labs[1].unit = "[IU]/L"; }), "is 30 IU/L, limit"));
}

}  // namespace dosegate::clause_test::everyday_record
