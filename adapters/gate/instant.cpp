#include "adapters/gate/instant.h"

#include <array>
#include <cstdio>

#include "adapters/gate/document.h"

namespace dosegate::gate {

std::optional<Instant> parse_instant(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !is_digit : text[i] != kShape[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    for (const char c : text.substr(at, size)) value = value * 10 + (c - '0');
    return value;
  };
  using namespace std::chrono;
  constexpr int kFirstYear = 1970;
  const year_month_day day{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const int h = number(11, 2), m = number(14, 2), s = number(17, 2);
  if (!day.ok() || number(0, 4) < kFirstYear || h > 23 || m > 59 || s > 59) return std::nullopt;
  return sys_days(day) + hours(h) + minutes(m) + seconds(s);
}

std::string to_text(Instant instant) {
  using namespace std::chrono;
  const sys_days day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(instant - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

Instant read_instant(ObjectReader& reader, std::string_view name) {
  const std::string text = reader.text(name);
  const auto instant = parse_instant(text);
  if (!instant && !text.empty()) reader.complain(name, "\"" + text + "\" is no time such as 2026-11-30T09:15:00Z");
  return instant.value_or(Instant());
}

Instant now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace dosegate::gate
