// `dosegate schedule` and --holidays as a user runs them.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>

#include "dosegate/v1/schedule.pb.h"
#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;
namespace v1 = dosegate::v1;

namespace {

constexpr char kCalendar[] =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
    "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20201225\r\nDTEND;VALUE=DATE:20201227\r\n"
    "RRULE:FREQ=YEARLY\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261208\r\nSUMMARY:Service\r\nEND:"
    "VEVENT\r\n"
    "END:VCALENDAR\r\n";

v1::ScheduleProposal proposal_of(const Outcome& o) {
  v1::ScheduleProposal out;
  INFO(o.err);
  REQUIRE(google::protobuf::util::JsonStringToMessage(o.out, &out).ok());
  return out;
}

std::string last_day(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"schedule", "--first-infusion", "2026-11-22", "--format", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const v1::ScheduleProposal p = proposal_of(run(arguments));
  REQUIRE(p.fractions_size() == 15);
  return p.fractions(14).date();
}

}  // namespace

// 22 November 2026 is a Sunday: fractions from Monday to Friday, three weeks.
TEST_CASE("schedule: dates of the course and what the protocol says of them", "[e2e][RX-4][RX-6]") {
  const Outcome text = run({"schedule", "--first-infusion", "2026-11-22"});
  INFO(text.out << text.err);
  CHECK(text.exit_code == 0);
  CHECK(text.out.rfind("POSSIBLE", 0) == 0);
  CHECK(text.out.find("Fri 2026-12-11") != std::string::npos);
  CHECK(text.out.find("2  Sun 2026-12-13  200 mg") != std::string::npos);
  CHECK(last_day({}) == "2026-12-11");
  CHECK(last_day({"--missed", "2026-11-25"}) == "2026-12-14");
  const TemporaryFolder folder;
  const std::string file = (folder / "dates.json").string();
  CHECK(run({"schedule", "--first-infusion", "2026-11-22", "--format", "json", "-o", file}).out.empty());
  CHECK(read_file(file) == run({"schedule", "--first-infusion", "2026-11-22", "--format", "json"}).out);
}

TEST_CASE("schedule: holidays from iCalendar and JSON move the course alike", "[e2e][RX-4]") {
  const TemporaryFolder folder;
  const std::string ics = (folder / "site.ics").string(), json = (folder / "site.json").string();
  write_file(ics, kCalendar);
  write_file(json, R"({"holidays": [{"date": "2026-12-08", "name": "Service"}]})");
  CHECK(last_day({"--holidays", ics}) == "2026-12-14");
  CHECK(last_day({"--holidays", json}) == "2026-12-14");
  // Christmas and the day after, of every year.
  const Outcome o = run({"schedule", "--first-infusion", "2026-12-20", "--holidays", ics, "--format", "json"});
  const v1::ScheduleProposal p = proposal_of(o);
  for (const auto& f : p.fractions()) CHECK(f.date() != "2026-12-25");
}

TEST_CASE("schedule: an event that was called off or moved is a holiday no longer, and a day that is none is refused",
          "[e2e][RX-4]") {
  const TemporaryFolder folder;
  const std::string ics = (folder / "site.ics").string();
  const auto with = [&](const std::string& events) {
    write_file(ics, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + events + "END:VCALENDAR\r\n");
    return ics;
  };
  const auto event = [](const std::string& lines) { return "BEGIN:VEVENT\r\n" + lines + "END:VEVENT\r\n"; };
  const std::string none = last_day({});
  const std::string on_tuesday = "UID:1\r\nDTSTART;VALUE=DATE:20261208\r\n",
                    yearly = "UID:1\r\nDTSTART;VALUE=DATE:20201208\r\nRRULE:FREQ=YEARLY\r\n";
  CHECK(last_day({"--holidays", with(event(on_tuesday))}) != none);
  CHECK(last_day({"--holidays", with(event(on_tuesday + "STATUS:CANCELLED\r\n"))}) == none);
  CHECK(last_day({"--holidays", with(event(yearly))}) != none);
  const auto moved = [&](const std::string& more) {
    return with(event(yearly) + event("UID:1\r\nRECURRENCE-ID;VALUE=DATE:20261208\r\n" + more));
  };
  CHECK(last_day({"--holidays", moved("DTSTART;VALUE=DATE:20261205\r\n")}) == none);  // a Saturday
  CHECK(last_day({"--holidays", moved("DTSTART;VALUE=DATE:20261209\r\n")}) != none);
  CHECK(last_day({"--holidays", moved("DTSTART;VALUE=DATE:20261208\r\nSTATUS:CANCELLED\r\n")}) == none);
  for (const auto& [lines, said] : std::vector<std::pair<std::string, std::string>>{
           {"DTSTART;VALUE=DATE:20261241\r\n", "DTSTART"},
           {"DTSTART;VALUE=DATE:20270229\r\n", "DTSTART"},
           {"DTSTART;VALUE=DATE:20261208\r\nDTEND;VALUE=DATE:20261232\r\n", "DTEND"},
           {yearly + "EXDATE;VALUE=DATE:20261131\r\n", "EXDATE"},
           {on_tuesday + "RDATE;VALUE=DATE:20261301\r\n", "RDATE"},
           {on_tuesday + "RRULE:FREQ=DAILY;UNTIL=20261232\r\n", "UNTIL"}}) {
    INFO(lines);
    const Outcome o = run({"schedule", "--first-infusion", "2026-11-22", "--holidays", with(event(lines))});
    CHECK(o.exit_code == 3);
    CHECK(o.err.find(said) != std::string::npos);
  }
  const Outcome all_later =
      run({"schedule", "--first-infusion", "2026-11-22", "--holidays",
           with(event(yearly) + event("UID:1\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261208\r\n"
                                      "DTSTART;VALUE=DATE:20261209\r\n"))});
  CHECK(all_later.exit_code == 3);
  CHECK(all_later.err.find("RANGE") != std::string::npos);
}

TEST_CASE("schedule: where no dates keep the protocol the exit code is 1 and the rule is named", "[e2e][RX-6]") {
  const TemporaryFolder folder;
  const std::string json = (folder / "site.json").string();
  write_file(json, R"({"holidays": [{"date": "2026-12-07"}, {"date": "2026-12-08"}]})");
  const Outcome o = run({"schedule", "--first-infusion", "2026-11-27", "--holidays", json});
  INFO(o.out << o.err);
  CHECK(o.exit_code == 1);
  CHECK(o.out.rfind("IMPOSSIBLE", 0) == 0);
  CHECK(o.out.find("Broken rules\n  RX-6: Fraction 15 (Tue 2026-12-22), the last, comes 1 day after infusion 2") !=
        std::string::npos);
}

TEST_CASE("schedule: what cannot be read is one line that names it", "[e2e]") {
  const TemporaryFolder folder;
  const std::string file = (folder / "x").string();
  check_refused({"schedule"}, "--first-infusion");
  check_refused({"schedule", "--first-infusion", "tomorrow"}, "2026-11-23");
  check_refused({"schedule", "--first-infusion", "2026-02-30"}, "2026-02-30");
  check_refused({"schedule", "--first-infusion", "2026-11-22", "--missed", "x"}, "--missed");
  check_refused({"schedule", "--first-infusion", "2026-11-22", "--holidays", "/no/such"}, "/no/such");
  const std::vector<std::pair<std::string, std::string>> broken = {
      {"", "HolidayCalendar"},
      {"{\"holidays\": []}", "names no holiday"},
      {"{\"holidays\": [{\"date\": \"25.12.2026\"}]}", "holidays[0].date"},
      {"{\"days\": []}", "days"},
      {"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "no event"},
      {"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "no iCalendar"},
      {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "DTSTART"},
      {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART:20261208T080000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
       "time of day"},
      {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART;VALUE=DATE:20261208\r\nRRULE:FREQ=SECONDLY\r\nEND:"
       "VEVENT\r\n"
       "END:VCALENDAR\r\n",
       "hours or less"}};
  for (const auto& [text, said] : broken) {
    INFO(text);
    write_file(file, text);
    check_refused({"schedule", "--first-infusion", "2026-11-22", "--holidays", file}, said);
  }
}
