#include "core/text/text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace dosegate {

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "?";
  std::array<char, 400> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
  std::string text(buffer.data(), end.ptr);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

namespace {

// Exact to 10^22. C libraries differ in the last bit of pow, and reports may not.
double power_of_ten(int decimals) {
  double power = 1.0;
  for (int i = 0; i < decimals; ++i) power *= 10.0;
  return power;
}

double rounded(double value, int decimals) {
  const double factor = power_of_ten(decimals);
  return std::round(value * factor) / factor;
}

}  // namespace

int decimals_of_amount(double value, int decimals) {
  constexpr int kMost = 6;
  while (value != 0.0 && decimals < kMost && rounded(value, decimals) == 0.0) ++decimals;
  return decimals;
}

std::string amount(double value, int decimals) { return fixed(value, decimals_of_amount(value, decimals)); }

int decimals_beside(double value, double limit, int decimals) {
  constexpr int kMost = 15;
  while (value != limit && decimals < kMost && rounded(value, decimals) == rounded(limit, decimals)) ++decimals;
  return decimals;
}

std::string beside(double value, double limit, int decimals) {
  return fixed(value, decimals_beside(value, limit, decimals));
}

double down_to(double value, int decimals) {
  const double factor = power_of_ten(decimals);
  return std::floor(value * factor) / factor;
}

double up_to(double value, int decimals) {
  const double factor = power_of_ten(decimals);
  return std::ceil(value * factor) / factor;
}

std::string outwards(double lower, double upper, int decimals) {
  return fixed(down_to(lower, decimals), decimals) + " to " + fixed(up_to(upper, decimals), decimals);
}

std::string spoken(std::chrono::local_days day) {
  constexpr const char* kDays[] = {"Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat "};
  const std::chrono::year_month_day date(day);
  const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return kDays[std::chrono::weekday(day).c_encoding() % 7] + std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day()));
}

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string day_count(std::int64_t n) { return std::to_string(n) + (n == 1 ? " day" : " days"); }

}  // namespace dosegate
