#include "core/record/day.h"

#include <array>
#include <optional>

#include "core/json/reader.h"

namespace dosegate {
namespace {

constexpr int kFirstYear = 1900, kLastYear = 2200;

// The digits from `begin` on as a number; none where one is no digit.
std::optional<int> digits(std::string_view text, std::size_t begin, std::size_t count) {
  int value = 0;
  for (std::size_t i = begin; i < begin + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return {};
    value = 10 * value + (text[i] - '0');
  }
  return value;
}

std::string two(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

Error bad(std::string message) { return Error{ErrorCode::kInvalidData, "", std::move(message)}; }

}  // namespace

Result<Day> parse_day(std::string_view text) {
  const Error shape = bad("must be a day as YYYY-MM-DD, e.g. \"2026-11-23\", found " + shown(text));
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return shape;
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (!year || !month || !day) return shape;
  if (*year < kFirstYear || *year > kLastYear) {
    return bad(shown(text) + " lies outside the years 1900 to 2200; check the year");
  }
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return bad("the calendar has no " + shown(text) + "; check day and month");
  return Day(date);
}

std::string text_of(Day day) {
  const std::chrono::year_month_day date(day);
  const int year = static_cast<int>(date.year());
  return std::to_string(year) + "-" + two(static_cast<int>(static_cast<unsigned>(date.month()))) + "-" +
         two(static_cast<int>(static_cast<unsigned>(date.day())));
}

std::string_view name_of(std::chrono::weekday weekday) {
  constexpr std::array<std::string_view, 7> kNames = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                      "Thursday", "Friday", "Saturday"};
  return kNames[weekday.c_encoding() % 7];
}

Result<TimeOfDay> parse_time(std::string_view text) {
  const Error shape = bad("must be a time of day as HH:MM of 24 hours, e.g. \"08:05\", found " + shown(text));
  if (text.size() != 5 || text[2] != ':') return shape;
  const auto hours = digits(text, 0, 2), minutes = digits(text, 3, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return shape;
  return TimeOfDay{std::chrono::hours(*hours) + std::chrono::minutes(*minutes)};
}

std::string text_of(TimeOfDay time) {
  const int minutes = static_cast<int>(time.since_midnight.count());
  return two(minutes / 60) + ":" + two(minutes % 60);
}

}  // namespace dosegate
