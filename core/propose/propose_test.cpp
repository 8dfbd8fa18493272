// Proposed dates of the trial and of other schemes, worked out on a calendar.
//
//   2026   Mo Tu We Th Fr Sa Su
//   Nov    16 17 18 19 20 21 22
//          23 24 25 26 27 28 29
//   Dec    30  1  2  3  4  5  6
//           7  8  9 10 11 12 13
//          14 15 16 17 18 19 20
//          21 22 23 24 25 26 27
#include "core/propose/propose.h"

#include <catch2/catch.hpp>
#include <map>

#include "core/protocols/load.h"
#include "core/schedule/course.h"

namespace dosegate {
namespace {

Day day(const std::string& text) { return *parse_day(text); }

Protocol trial_protocol() { return *load_protocol(builtin_protocols().front().json); }

ScheduleProposal proposed(const Protocol& protocol, const std::string& first,
                          const std::vector<std::string>& holidays = {}, const std::vector<std::string>& missed = {}) {
  ScheduleRequest request{day(first), {}, {}};
  for (const std::string& d : holidays) request.holidays.push_back(day(d));
  for (const std::string& d : missed) request.missed.push_back(day(d));
  const auto proposal = propose_schedule(protocol, request);
  if (!proposal) FAIL(proposal.error().path << ": " << proposal.error().message);
  return *proposal;
}

// "RX-6 warning, RX-7 warning"
std::string remarks_of(const ScheduleProposal& p) {
  std::string text;
  for (const auto& r : p.remarks) text += (text.empty() ? "" : ", ") + r.rule + (r.broken ? " broken" : " warning");
  return text;
}

struct Row {
  const char* first_infusion;
  const char* start;
  const char* end;
  const char* second_infusion;
  const char* remarks;
};

void check_table(const std::vector<Row>& table, const std::vector<std::string>& holidays) {
  for (const Row& row : table) {
    const ScheduleProposal p = proposed(trial_protocol(), row.first_infusion, holidays);
    INFO("first infusion " << spoken(day(row.first_infusion)));
    CHECK(p.possible);
    REQUIRE(p.fractions.size() == 15);
    REQUIRE(p.infusions.size() == 3);
    CHECK(spoken(p.fractions.front().date) == row.start);
    CHECK(spoken(p.fractions.back().date) == row.end);
    CHECK(spoken(p.infusions[1].date) == row.second_infusion);
    CHECK((p.infusions[2].date - p.infusions[1].date).count() == 21);
    CHECK(remarks_of(p) == row.remarks);
  }
}

Protocol scheme(const std::string& fractionation, int fractions, double total_gy, double per_fraction_gy) {
  const std::string json =
      R"({"schema": "dosegate.v1.Protocol", "id": "S", "version": "1.0.0", "title": "t", "source": "s",
          "prescription": {"totalDoseGy": )" +
      std::to_string(total_gy) + R"(, "fractions": )" + std::to_string(fractions) + R"(, "dosePerFractionGy": )" +
      std::to_string(per_fraction_gy) + R"(, "targetRole": "PTV"}, "fractionation": )" + fractionation +
      R"(, "roles": [{"id": "PTV", "kind": "TARGET"}],
          "rules": [{"id": "A", "clause": "A", "text": "t", "mandatory": true, "schedule": {"check": "PATTERN"}},
                    {"id": "B", "clause": "B", "text": "t", "mandatory": true, "schedule": {"check": "OVERALL_TIME"}},
                    {"id": "C", "clause": "C", "text": "t", "mandatory": true,
                     "fractionation": {"quantity": "DOSE_PER_FRACTION"}}]})";
  const auto loaded = load_protocol(json);
  if (!loaded) FAIL(loaded.error().path << ": " << loaded.error().message);
  return *loaded;
}
const std::string kWeek = R"("treatmentDays": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"])";

}  // namespace

// The course starts the day after the infusion, or on Monday after a Friday or Saturday (RX-7 warns). 15 weekdays from
// a Monday end on a Friday, 18 days later; from any other day on the same weekday as the infusion, 20 days later. The
// second infusion is due 21 days after the first: on that very day for all but Sunday and Saturday (RX-6 warns).
TEST_CASE("For each weekday of the first infusion the proposed dates are those of the calendar",
          "[RX-4][RX-5][RX-6][RX-7]") {
  check_table({{"2026-11-22", "Mon 2026-11-23", "Fri 2026-12-11", "Sun 2026-12-13", ""},
               {"2026-11-23", "Tue 2026-11-24", "Mon 2026-12-14", "Mon 2026-12-14", "RX-6 warning"},
               {"2026-11-24", "Wed 2026-11-25", "Tue 2026-12-15", "Tue 2026-12-15", "RX-6 warning"},
               {"2026-11-25", "Thu 2026-11-26", "Wed 2026-12-16", "Wed 2026-12-16", "RX-6 warning"},
               {"2026-11-26", "Fri 2026-11-27", "Thu 2026-12-17", "Thu 2026-12-17", "RX-6 warning"},
               {"2026-11-27", "Mon 2026-11-30", "Fri 2026-12-18", "Fri 2026-12-18", "RX-6 warning, RX-7 warning"},
               {"2026-11-28", "Mon 2026-11-30", "Fri 2026-12-18", "Sat 2026-12-19", "RX-7 warning"}},
              {});
}

// Tuesday 8 December lies within every course: each ends a treatment day later and takes 22 days (RX-5 warns: the
// calendar alone makes it so). The second infusion follows to the last fraction's day, by 1 to 3 days, which SY-1
// tolerates.
TEST_CASE("A holiday moves the end of the course and the second infusion as far as is tolerated",
          "[RX-4][RX-5][RX-6][SY-1]") {
  check_table(
      {{"2026-11-22", "Mon 2026-11-23", "Mon 2026-12-14", "Mon 2026-12-14", "RX-5 warning, RX-6 warning"},
       {"2026-11-23", "Tue 2026-11-24", "Tue 2026-12-15", "Tue 2026-12-15", "RX-5 warning, RX-6 warning"},
       {"2026-11-24", "Wed 2026-11-25", "Wed 2026-12-16", "Wed 2026-12-16", "RX-5 warning, RX-6 warning"},
       {"2026-11-25", "Thu 2026-11-26", "Thu 2026-12-17", "Thu 2026-12-17", "RX-5 warning, RX-6 warning"},
       {"2026-11-26", "Fri 2026-11-27", "Fri 2026-12-18", "Fri 2026-12-18", "RX-5 warning, RX-6 warning"},
       {"2026-11-27", "Mon 2026-11-30", "Mon 2026-12-21", "Mon 2026-12-21", "RX-5 warning, RX-6 warning, RX-7 warning"},
       {"2026-11-28", "Mon 2026-11-30", "Mon 2026-12-21", "Mon 2026-12-21",
        "RX-5 warning, RX-6 warning, RX-7 warning"}},
      {"2026-12-08"});
}

// From Friday 27 November with Monday and Tuesday, 7 and 8 December, off: the course ends on Tuesday 22 December, the
// second infusion is due on the 18th and may be on the 21st at the latest.
TEST_CASE("Where no dates keep the protocol, the nearest are proposed with the rule that they break", "[RX-6]") {
  const ScheduleProposal p = proposed(trial_protocol(), "2026-11-27", {"2026-12-07", "2026-12-08"});
  CHECK_FALSE(p.possible);
  CHECK(remarks_of(p) == "RX-5 warning, RX-6 broken, RX-7 warning");
  CHECK(spoken(p.fractions.back().date) == "Tue 2026-12-22");
  CHECK(spoken(p.infusions[1].date) == "Mon 2026-12-21");
  bool said = false;
  for (const auto& r : p.remarks)
    said = said || r.text.find("1 day after infusion 2 of tislelizumab") != std::string::npos;
  CHECK(said);
}

// Wednesday 25 November missed: two fractions are given, the rest moves by a treatment day to Monday 14 December.
TEST_CASE("A missed day is passed over, and the rest of the course follows", "[RX-5]") {
  const ScheduleProposal p = proposed(trial_protocol(), "2026-11-22", {}, {"2026-11-25"});
  CHECK(p.possible);
  CHECK(spoken(p.fractions[1].date) == "Tue 2026-11-24");
  CHECK(spoken(p.fractions[2].date) == "Thu 2026-11-26");
  CHECK(spoken(p.fractions.back().date) == "Mon 2026-12-14");
  CHECK(remarks_of(p) == "RX-5 warning, RX-6 warning");
}

// The day on which the course is due to start is missed: RX-7 cannot be kept.
TEST_CASE("A missed first day breaks the rule on the start", "[RX-7]") {
  const ScheduleProposal p = proposed(trial_protocol(), "2026-11-22", {}, {"2026-11-23"});
  CHECK_FALSE(p.possible);
  CHECK(remarks_of(p) == "RX-6 warning, RX-7 broken");
}

// 2026-11-23 is a Monday: ten days, two a day, 6 h apart.
TEST_CASE("A twice-daily scheme gets two times a day", "[schedule]") {
  const ScheduleProposal p =
      proposed(scheme("{" + kWeek + R"(, "phases": [{"fractions": 20, "dosePerFractionGy": 1.5}], "mostPerDay": 2,
              "leastHoursBetween": 6, "overallDays": 12})",
                      20, 30, 1.5),
               "2026-11-23");
  CHECK(p.possible);
  CHECK(remarks_of(p).empty());
  CHECK(text_of(p.fractions[0].time.value()) == "08:00");
  CHECK(text_of(p.fractions[1].time.value()) == "14:00");
  CHECK(p.fractions[0].date == p.fractions[1].date);
  CHECK(spoken(p.fractions.back().date) == "Fri 2026-12-04");
}

// Mon 23, Wed 25, Fri 27, (Sun) Mon 30, Wed 2.
TEST_CASE("A scheme of every other day leaves one out, and the week-end", "[schedule]") {
  const ScheduleProposal p = proposed(
      scheme("{" + kWeek + R"(, "phases": [{"fractions": 5, "dosePerFractionGy": 10}], "daysBetween": 2})", 5, 50, 10),
      "2026-11-23");
  CHECK(p.possible);
  std::string dates;
  for (const auto& f : p.fractions) dates += spoken(f.date).substr(0, 3) + " ";
  CHECK(dates == "Mon Wed Fri Mon Wed ");
  CHECK(spoken(p.fractions.back().date) == "Wed 2026-12-02");
}

TEST_CASE("A sequential boost has its own dose and name, after the first phase", "[schedule]") {
  const ScheduleProposal p =
      proposed(scheme("{" + kWeek + R"(, "phases": [{"name": "whole", "fractions": 3, "dosePerFractionGy": 2},
                                          {"name": "boost", "fractions": 2, "dosePerFractionGy": 3}]})",
                      5, 12, 2.4),
               "2026-11-23");
  CHECK(p.possible);
  CHECK(p.fractions[2].phase == "whole");
  CHECK(p.fractions[3].phase == "boost");
  CHECK(p.fractions[3].dose.in_gy() == 3.0);
  CHECK(dose_of(*scheme("{" + kWeek + R"(, "phases": [{"fractions": 5, "dosePerFractionGy": 2.4}]})", 5, 12, 2.4)
                     .fractionation,
                6)
            .has_value() == false);
}

TEST_CASE("A request that cannot be read names what is wrong, a calendar without days is an error", "[schedule]") {
  const auto path = [](const char* json) { return load_schedule_request(json).error().path; };
  CHECK(path("{}") == "$.firstInfusion");
  CHECK(path(R"({"firstInfusion": "2026-02-30"})") == "$.firstInfusion");
  CHECK(path(R"({"firstInfusion": "2026-02-20", "holidays": ["x"]})") == "$.holidays");
  CHECK(path(R"({"firstInfusion": "2026-02-20", "misses": []})") == "$.misses");
  Protocol none = trial_protocol();
  none.fractionation.reset();
  CHECK(propose_schedule(none, {day("2026-11-23"), {}, {}}).error().path == "protocol");
  std::vector<Day> all;
  for (Day d = day("2026-11-23"); d < day("2040-01-01"); d += std::chrono::days{1}) all.push_back(d);
  CHECK(propose_schedule(trial_protocol(), {day("2026-11-23"), all, {}}).error().path == "$.holidays");
}

// Fowler 1989: 30 x 2 Gy with alpha/beta 10 is 72 Gy, and by definition 60 Gy in 2 Gy fractions.
TEST_CASE("Biologically effective dose by its formula", "[RX-8]") {
  CHECK(30 * bed_gy(Dose::gy(2.0), 10.0) == Approx(72.0));
  CHECK(eqd2_gy(72.0, 10.0) == Approx(60.0));
  CHECK(bed_gy(Dose::gy(10.0), 10.0) == Approx(20.0));
}

}  // namespace dosegate
