#include "core/schedule/calendar.h"

#include <algorithm>

namespace dosegate {

using std::chrono::days;

bool Calendar::on_weekday(Day day) const {
  const auto& week = scheme_.treatment_days;
  return std::find(week.begin(), week.end(), weekday_of(day)) != week.end();
}

bool Calendar::is_holiday(Day day) const { return std::binary_search(holidays_.begin(), holidays_.end(), day); }

bool Calendar::treats(Day day) const { return on_weekday(day) && !is_holiday(day); }

std::optional<Day> Calendar::next(Day from) const {
  constexpr int kTenYears = 3653;
  for (int n = 0; n < kTenYears; ++n, from += days{1}) {
    if (treats(from)) return from;
  }
  return {};
}

int Calendar::count(Day first, Day last) const {
  int n = 0;
  for (Day day = first; day < last; day += days{1}) n += treats(day) ? 1 : 0;
  return n;
}

Message Calendar::why_not(Day day) const {
  if (on_weekday(day)) return say<Said::kHoliday>();
  constexpr Said kDays[] = {Said::kSunday,   Said::kMonday, Said::kTuesday, Said::kWednesday,
                            Said::kThursday, Said::kFriday, Said::kSaturday};
  return {kDays[weekday_of(day).c_encoding() % 7], {}};
}

}  // namespace dosegate
