#include "adapters/dicom/wire/decimals.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace dosegate::dicom {
namespace {

template <typename T>
std::optional<T> parse(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10U; }

// What contours consist of, [-]digits[.digits] up to '\' or the end, read from `at` on. Digits and divisor are exact as
// doubles, so their quotient is the nearest double (W. D. Clinger, How to Read Floating Point Numbers Accurately,
// 1990). False, with `at` where it was: anything else, which is for parse_decimal to judge.
bool parse_plain(const char*& at, const char* end, double& value) {
  constexpr std::size_t kMostDigits = 15;  // 10^15 < 2^53
  static constexpr std::array<double, kMostDigits + 1> kPowers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const char* p = at;
  const bool negative = p != end && *p == '-';
  if (negative) ++p;
  std::uint64_t digits = 0;  // may wrap round; then there are too many
  const char* const whole = p;
  while (p != end && is_digit(*p)) digits = digits * 10U + static_cast<std::uint64_t>(*p++ - '0');
  auto count = static_cast<std::size_t>(p - whole);
  if (count == 0) return false;
  std::size_t decimals = 0;
  if (p != end && *p == '.') {
    const char* const fraction = ++p;
    while (p != end && is_digit(*p)) digits = digits * 10U + static_cast<std::uint64_t>(*p++ - '0');
    decimals = static_cast<std::size_t>(p - fraction);
    count += decimals;
  }
  if (count > kMostDigits || (p != end && *p != '\\')) return false;
  const double size = static_cast<double>(static_cast<std::int64_t>(digits)) / kPowers[decimals];
  value = negative ? -size : size;
  at = p;
  return true;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

std::optional<double> parse_decimal(std::string_view text) {
  const auto value = parse<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return value;
}

std::optional<std::int32_t> parse_integer(std::string_view text) { return parse<std::int32_t>(text); }

bool parse_decimals(std::string_view text, std::vector<double>& out) {
  text = trimmed(text);
  if (text.empty()) return true;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    double value = 0.0;
    if (!parse_plain(at, end, value)) {
      const std::string_view rest(at, static_cast<std::size_t>(end - at));
      const std::string_view one = rest.substr(0, rest.find('\\'));
      const auto parsed = parse_decimal(one);
      if (!parsed) return false;
      value = *parsed;
      at += one.size();
    }
    out.push_back(value);
    if (at == end) return true;
    ++at;  // the '\'
  }
}

}  // namespace dosegate::dicom
