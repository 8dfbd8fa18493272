#include "adapters/present/number.h"

#include <array>
#include <charconv>
#include <cmath>

#include "adapters/support/number.h"

namespace dosegate::present {
namespace {

constexpr int kMostDecimals = 15;
// to_chars in fixed form writes up to 309 digits before the point.
using Buffer = std::array<char, 400>;

double rounded(double value, int decimals) {
  const double factor = std::pow(10.0, decimals);
  return std::round(value * factor) / factor;
}

}  // namespace

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "not a number";
  Buffer buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals).ptr;
  std::string text(buffer.data(), end);
  if (text.front() == '-' && text.find_first_of("123456789") == std::string::npos) text.erase(0, 1);
  return text;
}

std::string grouped(long long count) {
  constexpr long long kLeast = 10'000;
  std::string text = std::to_string(count);
  if (count < kLeast) return text;
  for (std::size_t at = text.size() - 3; at > 0 && at<text.size(); at -= at> 3 ? 3 : at) text.insert(at, "\u202F");
  return text;
}

std::string shortest(double value) { return support::shortest(value); }

std::string against(double value, std::optional<double> limit) {
  int decimals = kDecimals;
  if (limit && value != *limit) {
    while (decimals < kMostDecimals && rounded(value, decimals) == rounded(*limit, decimals)) ++decimals;
  }
  return fixed(value, decimals);
}

std::string with_unit(std::string number, std::string_view unit) {
  // UCUM: "1" and what is in braces say that there is none, "10*9/L" is 10^9/L, brackets mark what is arbitrary.
  if (unit.empty() || unit == "1" || unit.front() == '{') return number;
  number.append(unit.starts_with("10*") ? " x" : unit.front() == '/' ? "" : " ");
  for (const char c : unit) {
    if (c == '*') number += '^';
    if (c != '*' && c != '[' && c != ']') number += c;
  }
  return number;
}

}  // namespace dosegate::present
