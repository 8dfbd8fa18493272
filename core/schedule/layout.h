// The earliest days on which a scheme's fractions can be given.
#pragma once

#include <optional>
#include <vector>

#include "core/schedule/calendar.h"
#include "core/schedule/fractionation.h"

namespace dosegate {

// Every constraint of a scheme is a least distance to an earlier fraction: to the previous one (the day after, or
// days_between), to the one most_per_day before (the next day), to the one a window's most_fractions before (its days).
// So the k-th fraction laid as early as possible is no later than the k-th of any sequence of days that keeps them, by
// induction over k: laying greedily is exact. (A scheme with several fractions a day and days_between of more than 1
// has a constraint of another kind, and is refused where protocols are read.)
class Layout {
 public:
  // Both must outlive it.
  Layout(const Fractionation& scheme, const Calendar& calendar) : scheme_(scheme), calendar_(calendar) {}

  // The earliest day of the fraction after those `placed` (ascending), on or after `from`. None within ten years.
  std::optional<Day> next(const std::vector<Day>& placed, Day from) const;
  // `placed` and the earliest days for what is missing of `count`, none before `from`. None within ten years.
  std::optional<std::vector<Day>> complete(std::vector<Day> placed, std::size_t count, Day from) const;

 private:
  const Fractionation& scheme_;
  const Calendar& calendar_;
};

}  // namespace dosegate
