// Civil days and times of day, in the site's time zone. A day has no length and knows no daylight saving: what is
// counted in days is counted on the calendar.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/quantity/result.h"
#include "core/text/text.h"

namespace dosegate {

using Day = std::chrono::local_days;

// "2026-11-23": four, two and two digits of a day that the Gregorian calendar has, from 1900 to 2200 (beyond, a number
// is a mistake). Anything else: kInvalidData with what is wrong and an example.
Result<Day> parse_day(std::string_view text);

std::string text_of(Day day);                            // "2026-11-23"
std::string_view name_of(std::chrono::weekday weekday);  // "Monday"
inline std::chrono::weekday weekday_of(Day day) { return std::chrono::weekday(day); }

// Since midnight on the wall clock.
struct TimeOfDay {
  std::chrono::minutes since_midnight{0};
  friend auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;
};

// "08:05" of 24 hours; "24:00" is refused.
Result<TimeOfDay> parse_time(std::string_view text);
std::string text_of(TimeOfDay time);  // "08:05"

}  // namespace dosegate
