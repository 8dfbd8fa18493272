// RX-4 to RX-8, and RX-1 to RX-3 on the record: the course in time.
//
// November and December 2026:   Mo Tu We Th Fr Sa Su
//                                                 22   first infusion, day 0
//                               23 24 25 26 27 28 29   fractions 1 to 5
//                               30  1  2  3  4  5  6   6 to 10
//                                7  8  9 10 11 12 13   11 to 15; 13: second infusion
//                               14 15 16 17 18 19 20
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"
#include "tests/clauses/sound_record.h"

namespace dosegate::clause_test {
namespace {

using std::chrono::days;

constexpr FindingStatus kPass = FindingStatus::kPass, kWarning = FindingStatus::kWarning,
                        kDeviation = FindingStatus::kDeviation, kNotEvaluable = FindingStatus::kNotEvaluable,
                        kPending = FindingStatus::kPending;

Case with(const std::function<void(Case&)>& change) {
  Case c = SoundPatient().make();
  change(c);
  return c;
}
Finding found(const std::string& rule, const std::function<void(Case&)>& change) {
  return finding_of(report_of(with(change)), rule);
}

// Fraction `number` was given on that day; the schedule says so, too.
void give(Case& c, std::int32_t number, const char* date) {
  c.record->delivered_fractions.at(static_cast<std::size_t>(number - 1)).date = day(date);
  c.record->planned_fractions.at(static_cast<std::size_t>(number - 1)).date = day(date);
}
// As on that day: what comes later is planned.
void as_of(Case& c, const char* date) {
  c.options.as_of = day(date);
  Record& r = *c.record;
  std::erase_if(r.delivered_fractions, [&](const auto& f) { return *f.date > day(date); });
  std::erase_if(r.infusions, [&](const auto& i) { return *i.date > day("2027-01-04"); });
  for (Infusion& i : r.infusions) i.given = *i.date <= day(date);
  r.systemic_stop.reset();
  r.surgery.reset();
  r.imaging.resize(1);
  r.staging.resize(1);
  r.responses.clear();
  r.adverse_events.clear();
}

const RuleTests course({
    {"RX-1.record", "a fraction that was not given makes the total too small, the number too, and the course endless",
     [] {
       const Case c = with([](Case& x) {
         x.record->delivered_fractions.pop_back();
         x.record->planned_fractions.pop_back();
       });
       check_only(c, {"RX-1.record", kDeviation, 42.0, 1e-6, {"RX-2.record", "RX-5", "RX-6"}});
     }},
    {"RX-2.record", "a sixteenth fraction of 0 Gy is a deviation and nothing else is",
     [] {
       const Case c = with([](Case& x) {
         PlannedFraction f = x.record->planned_fractions.back();
         f.number = 16;
         f.dose = Dose::gy(0.0);
         f.date.reset();
         x.record->planned_fractions.push_back(f);
       });
       check_only(c, {"RX-2.record", kDeviation, 15.0, 1e-6, {"RX-4", "RX-5", "RX-6", "RX-7"}});
     }},
    {"RX-3.record", "2.9 and 3.1 Gy instead of 3 and 3 are deviations although the total is right",
     [] {
       const Case c = with([](Case& x) {
         x.record->delivered_fractions[3].dose = Dose::gy(2.9);
         x.record->delivered_fractions[4].dose = Dose::gy(3.1);
       });
       check_only(c, {"RX-3.record", kDeviation});
     }},
    {"RX-4", "a fraction on Saturday instead of Friday is a deviation",
     [] {
       check_only(with([](Case& c) { give(c, 5, "2026-11-28"); }), {"RX-4", kDeviation, {}, 1e-6, {"RX-5"}});
     }},
    {"RX-5", "a schedule that leaves out two weeks is a deviation where nothing was missed",
     [] {
       const Case c = with([](Case& x) {
         as_of(x, "2026-11-20");
         for (std::int32_t n = 11; n <= 15; ++n) {
           auto& f = x.record->planned_fractions.at(static_cast<std::size_t>(n - 1));
           f.date = *f.date + days{14};
         }
         x.record->infusions[1].date = day("2026-12-28");  // so that RX-6 still holds
       });
       CHECK(finding_of(report_of(c), "RX-5").status == kDeviation);
       CHECK(finding_of(report_of(c), "RX-5").mandatory);
       CHECK(report_of(c).verdict == Verdict::kFail);
     }},
    {"RX-6", "a last fraction on the day after the second infusion is a deviation",
     [] {
       // Fraction 15 on Monday 14 December; the infusion was on Sunday.
       check_only(with([](Case& c) { give(c, 15, "2026-12-14"); }), {"RX-6", kDeviation, {}, 1e-6, {"RX-5"}});
     }},
    {"RX-7", "a first fraction two days after the infusion is a deviation although the day after is a treatment day",
     [] {
       const Case c = with([](Case& x) {
         x.record->infusions[0].date = day("2026-11-21");
         x.options.holidays = {};
         give(x, 1, "2026-11-24");
         x.record->delivered_fractions[0].time = TimeOfDay{std::chrono::hours{8}};
       });
       const Finding f = finding_of(report_of(c), "RX-7");
       INFO(english(f.message));
       CHECK(f.status == kDeviation);
       CHECK(f.mandatory);
       CHECK(report_of(c).verdict == Verdict::kFail);
     }},
    // 15 x 3 x (1 + 3/10) = 58.5; 58.5 / 1.2 = 48.75.
    {"RX-8.target", "BED and EQD2 of 15 x 3 Gy with alpha/beta 10",
     [] {
       const Finding f = found("RX-8.target", [](Case&) {});
       CHECK(f.value.value_or(0.0) == Approx(58.5));
       CHECK(english(f.message).find("BED 58.5 Gy, EQD2 48.75 Gy") != std::string::npos);
     }},
    // 45 x (1 + 3/3) = 90; 90 / (1 + 2/3) = 54.
    {"RX-8.late", "BED and EQD2 of 15 x 3 Gy with alpha/beta 3",
     [] {
       const Finding f = found("RX-8.late", [](Case&) {});
       CHECK(f.value.value_or(0.0) == Approx(90.0));
       CHECK(english(f.message).find("BED 90 Gy, EQD2 54 Gy") != std::string::npos);
     }},
});

}  // namespace

TEST_CASE("The effect of what was given so far is reported", "[RX-8]") {
  const Finding f = found("RX-8.target", [](Case& c) { as_of(c, "2026-11-27"); });
  // Five fractions: 5 x 3.9 = 19.5; / 1.2 = 16.25.
  CHECK(english(f.message).find("Given so far 15 Gy: BED 19.5 Gy, EQD2 16.25 Gy in 5 fractions") != std::string::npos);
  CHECK(found("RX-8.target", [](Case& c) { c.course.plan() = plan_of(45, 5); }).status == kWarning);  // 9 Gy a fraction
  CHECK(found("RX-8.target", [](Case& c) { c.course.plans.clear(); }).status == kNotEvaluable);
}

TEST_CASE("Days: two fractions on one, a holiday, six in seven", "[RX-4]") {
  const Finding twice = found("RX-4", [](Case& c) { give(c, 6, "2026-11-27"); });
  CHECK(twice.status == kDeviation);
  CHECK(english(twice.message).find("2 fractions lie on Fri 2026-11-27; at most 1 a day.") != std::string::npos);
  const Finding holiday = found("RX-4", [](Case& c) { c.options.holidays = {day("2026-11-26")}; });
  CHECK(holiday.status == kDeviation);
  CHECK(english(holiday.message).find("Fraction 4 (Thu 2026-11-26) lies on a holiday.") != std::string::npos);
  // Saturday, too: 23 to 28 November are six.
  const Finding six = found("RX-4", [](Case& c) {
    for (std::int32_t n = 15; n > 6; --n) {
      give(c, n, text_of(*c.record->delivered_fractions[static_cast<std::size_t>(n - 2)].date).c_str());
    }
    give(c, 6, "2026-11-28");
  });
  CHECK(english(six.message).find("The 7 days from Mon 2026-11-23 on hold more than 5 fractions.") !=
        std::string::npos);
}

TEST_CASE("What cannot be is said: future days, one number twice, an order against the numbers", "[RX-4]") {
  const Finding future = found("RX-4", [](Case& c) { c.options.as_of = day("2026-12-10"); });
  CHECK(future.status == kDeviation);
  CHECK(english(future.message)
            .find("Delivered fraction 15 is dated Fri 2026-12-11, after the day of this check, Thu 2026-12-10.") !=
        std::string::npos);
  const Finding swapped = found("RX-4", [](Case& c) {
    give(c, 3, "2026-11-26");
    give(c, 4, "2026-11-25");
  });
  CHECK(english(swapped.message).find("fraction 4 (Wed 2026-11-25) comes before fraction 3 (Thu 2026-11-26)") !=
        std::string::npos);
  const Finding planned_twice =
      found("RX-4", [](Case& c) { c.record->planned_fractions.push_back(c.record->planned_fractions[2]); });
  CHECK(english(planned_twice.message).find("Fraction 3 is planned twice.") != std::string::npos);
  const Finding undated = found("RX-4", [](Case& c) { c.record->delivered_fractions[2].date.reset(); });
  CHECK(undated.status == kNotEvaluable);
  CHECK(english(undated.message) == "Delivered fraction 3 states no date.");
}

TEST_CASE("A course under way passes with what is given, and says what is to come", "[RX-4][RX-5][RX-6][RX-7]") {
  const auto on_day_4 = [](Case& c) { as_of(c, "2026-11-26"); };
  for (const char* rule : {"RX-1.record", "RX-2.record", "RX-3.record", "RX-4", "RX-5", "RX-6", "RX-7"}) {
    const Finding f = found(rule, on_day_4);
    INFO(rule << ": " << english(f.message));
    CHECK(f.status == kPass);
  }
  // Without a schedule: four are given, the rest can be given in time.
  const auto unplanned = [](Case& c) {
    as_of(c, "2026-11-26");
    c.record->planned_fractions.clear();
  };
  CHECK(found("RX-5", unplanned).status == kPass);
  const Finding end = found("RX-6", unplanned);
  CHECK(end.status == kPass);
  CHECK(english(end.message).find("4 of 15 fractions are dated; the last can be given on Fri 2026-12-11.") !=
        std::string::npos);
  // And with none given on the 30th: then it cannot.
  CHECK(found("RX-6", [](Case& c) {
          as_of(c, "2026-11-24");
          c.record->planned_fractions.clear();
          c.options.as_of = day("2026-12-01");
        }).status == kDeviation);
}

TEST_CASE("Before the first fraction the course is pending, and overdue when its day has passed", "[RX-7]") {
  const auto nothing = [](const char* date) {
    return [date](Case& c) {
      as_of(c, "2026-11-22");
      c.options.as_of = day(date);
      c.record->planned_fractions.clear();
    };
  };
  for (const char* rule : {"RX-1.record", "RX-2.record", "RX-3.record", "RX-4", "RX-5", "RX-6", "RX-7"}) {
    INFO(rule);
    CHECK(found(rule, nothing("2026-11-22")).status == kPending);
  }
  CHECK(found("RX-7", nothing("2026-11-24")).status == kDeviation);
}

TEST_CASE("A missed fraction is a gap with its length and its effect", "[RX-5][RX-6]") {
  // Thursday 26 November is left out; everything moves by a treatment day, to Monday 14 December.
  const auto missed = [](Case& c) {
    Record& r = *c.record;
    for (std::size_t i = 3; i < 15; ++i) {
      const auto weekday = weekday_of(*r.delivered_fractions[i].date);
      *r.delivered_fractions[i].date += weekday == std::chrono::Friday ? days{3} : days{1};
      r.planned_fractions[i].date = r.delivered_fractions[i].date;
    }
  };
  const Finding f = found("RX-5", missed);
  CHECK(f.status == kWarning);
  CHECK(english(f.message).find("No fraction on Thu 2026-11-26: a treatment day lost, 2 days from one "
                                "fraction to the next.") != std::string::npos);
  CHECK(english(f.message).find("The course ends on Mon 2026-12-14, 3 days later than without that.") !=
        std::string::npos);
  CHECK(english(f.message).find("takes 22 days, more than 21 days, by what was missed") != std::string::npos);
  CHECK(found("RX-6", missed).status == kDeviation);
  CHECK(found("RX-4", missed).status == kPass);
}

TEST_CASE("The day of the second infusion is a warning, and without one the end is not evaluable", "[RX-6]") {
  CHECK(found("RX-6", [](Case& c) { c.record->infusions[1].date = day("2026-12-11"); }).status == kWarning);
  CHECK(found("RX-6", [](Case& c) { c.record->infusions.resize(1); }).status == kNotEvaluable);
  // Treatment on day 0.
  CHECK(found("RX-6", [](Case& c) { c.record->infusions[0].date = day("2026-11-23"); }).status == kDeviation);
}

TEST_CASE("Where the day after the infusion is no treatment day, the next one is a warning", "[RX-7]") {
  // Infusion on Friday 20 November: Saturday was due.
  CHECK(found("RX-7", [](Case& c) { c.record->infusions[0].date = day("2026-11-20"); }).status == kWarning);
  // On Thursday: Friday was due.
  CHECK(found("RX-7", [](Case& c) { c.record->infusions[0].date = day("2026-11-19"); }).status == kDeviation);
  // On Thursday, and Friday is a holiday.
  CHECK(found("RX-7", [](Case& c) {
          c.record->infusions[0].date = day("2026-11-19");
          c.options.holidays = {day("2026-11-20")};
        }).status == kWarning);
}

TEST_CASE("Parts of one fraction add up, a double one and a partial one are told apart", "[RX-3]") {
  const auto in_parts = [](double first, double second) {
    return [=](Case& c) {
      auto& given = c.record->delivered_fractions;
      DeliveredFraction part = given[14];
      given[14].dose = Dose::gy(first);
      part.dose = Dose::gy(second);
      given.push_back(part);
    };
  };
  CHECK(found("RX-3.record", in_parts(1.2, 1.8)).status == kWarning);
  const Finding twice = found("RX-3.record", in_parts(3.0, 3.0));
  CHECK(twice.status == kDeviation);
  CHECK(english(twice.message) == "Fraction 15 is recorded 2 times, together 6 Gy instead of 3 Gy.");
  CHECK(found("RX-1.record", in_parts(3.0, 3.0)).status == kDeviation);
  const Finding partial = found("RX-3.record", [](Case& c) { c.record->delivered_fractions[7].dose = Dose::gy(1.5); });
  CHECK(english(partial.message) == "Fraction 8 is partial: 1.5 of 3 Gy.");
  CHECK(found("RX-3.record", [](Case& c) { c.record->delivered_fractions[7].dose.reset(); }).status == kNotEvaluable);
  CHECK(found("RX-3.record", [](Case& c) { c.record->delivered_fractions[7].monitor_units = 350.0; }).status ==
        kWarning);
}

TEST_CASE("A fraction left out and a schedule of another length are said", "[RX-2]") {
  const Finding left_out = found("RX-2.record", [](Case& c) {
    auto& given = c.record->delivered_fractions;
    given.erase(given.begin() + 6);
    c.record->planned_fractions.clear();
  });
  CHECK(left_out.status == kDeviation);
  CHECK(english(left_out.message) == "Fraction 7 was not given, but fraction 8 was.");
  const Finding plan = found("RX-2.record", [](Case& c) {
    as_of(c, "2026-11-20");
    c.course.plan() = plan_of(45, 16);
  });
  CHECK(english(plan.message) == "The plan has 16 fractions, the schedule 15.");
}

TEST_CASE("A day that could have had one more fraction is not said to have had none", "[RX-5]") {
  Protocol twice = shipped("ChiCTR2000036385");
  twice.fractionation->most_per_day = 2;
  twice.fractionation->least_between = std::chrono::hours{6};
  const Finding f = finding_of(report_of(SoundPatient().make(), twice), "RX-5");
  CHECK(f.status == kWarning);
  CHECK(english(f.message).find("Mon 2026-11-23 has 1 fraction, of 2 that are possible.") != std::string::npos);
  CHECK(english(f.message).find("No fraction on") == std::string::npos);
}

}  // namespace dosegate::clause_test
