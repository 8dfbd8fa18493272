// Files that say on which days a site does not treat.
#pragma once

#include <string>
#include <vector>

namespace dosegate::cli {

// Days as "2026-12-25", ascending, each once; of no path none. `path` is iCalendar (RFC 5545) or JSON
// (dosegate.v1.HolidayCalendar). Of an iCalendar every event counts that has whole days, DTEND not included; a yearly,
// monthly, weekly or daily rule is laid out from 2000 to 2100. Throws a Problem: what cannot be read, an event with a
// time of day, a rule of hours or less, more than 10,000 days, a file over 1 MiB.
std::vector<std::string> holidays_of(const std::string& path);

}  // namespace dosegate::cli
