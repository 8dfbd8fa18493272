#include "core/report/text.h"

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

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string day_count(std::int64_t n) { return std::to_string(n) + (n == 1 ? " day" : " days"); }

}  // namespace dosegate
