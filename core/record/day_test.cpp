#include "core/record/day.h"

#include <catch2/catch.hpp>

using namespace dosegate;

TEST_CASE("A day is read as written and written as read") {
  for (const char* text : {"2026-11-23", "2024-02-29", "2000-02-29", "1900-01-01", "2200-12-31", "2026-03-29"}) {
    INFO(text);
    const auto day = parse_day(text);
    REQUIRE(day);
    CHECK(text_of(*day) == text);
  }
  // 2026-11-23 is a Monday: 2000-01-01 was a Saturday, and 9823 days later is 9823 mod 7 = 2 weekdays on.
  CHECK(*parse_day("2026-11-23") - *parse_day("2000-01-01") == std::chrono::days(9823));
  CHECK(weekday_of(*parse_day("2026-11-23")) == std::chrono::Monday);
  CHECK(spoken(*parse_day("2026-11-23")) == "Mon 2026-11-23");
}

TEST_CASE("A day that no calendar has or that is written otherwise is refused with the reason") {
  for (const char* text : {"2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-11-00"}) {
    INFO(text);
    const auto day = parse_day(text);
    REQUIRE_FALSE(day);
    CHECK(day.error().message.find("calendar") != std::string::npos);
  }
  for (const char* text : {"", "2026-11-2", "23.11.2026", "2026/11/23", "2026-11-23T08:00", "20261123", " 2026-11-23",
                           "2026-1a-23", "+026-11-23"}) {
    INFO(text);
    const auto day = parse_day(text);
    REQUIRE_FALSE(day);
    CHECK(day.error().message.find("YYYY-MM-DD") != std::string::npos);
  }
  CHECK_FALSE(parse_day("0026-11-23"));
  CHECK_FALSE(parse_day("2201-01-01"));
}

TEST_CASE("Days across the change of daylight saving time are one day apart") {
  CHECK(*parse_day("2026-03-30") - *parse_day("2026-03-29") == std::chrono::days(1));
  CHECK(*parse_day("2026-10-26") - *parse_day("2026-10-25") == std::chrono::days(1));
}

TEST_CASE("A time of day has two digits for hour and minute") {
  CHECK(parse_time("08:05")->since_midnight == std::chrono::minutes(485));
  CHECK(text_of(*parse_time("23:59")) == "23:59");
  CHECK(text_of(*parse_time("00:00")) == "00:00");
  for (const char* text : {"24:00", "8:05", "08:60", "08.05", "08:05:00", "", "ab:cd"}) CHECK_FALSE(parse_time(text));
}
