// What clinics record every day: a schedule that stands beside what was given, an infusion that was cancelled, a dose
// as a machine writes it down, a session that was broken off. None of it breaks a rule that was kept.
#include <catch2/catch.hpp>

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
