#include "core/schedule/layout.h"

#include <algorithm>

namespace dosegate {

using std::chrono::days;

std::optional<Day> Layout::next(const std::vector<Day>& placed, Day from) const {
  const auto keep = [&](std::int32_t back, days distance) {
    if (back > 0 && placed.size() >= static_cast<std::size_t>(back)) {
      from = std::max(from, placed[placed.size() - static_cast<std::size_t>(back)] + distance);
    }
  };
  if (scheme_.most_per_day == 1) {
    keep(1, days{scheme_.days_between});
  } else {
    keep(1, days{0});
    keep(scheme_.most_per_day, days{1});
  }
  for (const FractionWindow& window : scheme_.windows) keep(window.most_fractions, days{window.days});
  return calendar_.next(from);
}

std::optional<std::vector<Day>> Layout::complete(std::vector<Day> placed, std::size_t count, Day from) const {
  while (placed.size() < count) {
    const auto day = next(placed, from);
    if (!day) return {};
    placed.push_back(*day);
  }
  return placed;
}

}  // namespace dosegate
