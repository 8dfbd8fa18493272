// The days on which a site treats.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/record/day.h"
#include "core/schedule/fractionation.h"
#include "core/text/message.h"

namespace dosegate {

class Calendar {
 public:
  // Treatment days of the week, less the holidays (in ascending order). Both must outlive the calendar.
  Calendar(const Fractionation& scheme, const std::vector<Day>& holidays) : scheme_(scheme), holidays_(holidays) {}

  bool treats(Day day) const;
  // The first treatment day on or after `from`; none within ten years (a calendar of holidays only).
  std::optional<Day> next(Day from) const;
  // Treatment days in [first, last).
  int count(Day first, Day last) const;
  // "a Saturday", "a holiday"; precondition: !treats(day).
  Message why_not(Day day) const;

 private:
  bool on_weekday(Day day) const;
  bool is_holiday(Day day) const;

  const Fractionation& scheme_;
  const std::vector<Day>& holidays_;
};

}  // namespace dosegate
