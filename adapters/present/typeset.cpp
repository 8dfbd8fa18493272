#include "adapters/present/typeset.h"

#include <algorithm>
#include <array>

namespace dosegate::present {
namespace {

constexpr std::string_view kNoBreak = "\u00A0", kMinus = "−";
constexpr std::array<std::string_view, 11> kUnits = {"Gy", "cGy", "cc", "%", "mm", "cm", "HU", "MU", "g/L", "x", "ULN"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(std::string_view word) {
  if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
  bool has_point = false;
  if (word.empty() || !is_digit(word.front()) || !is_digit(word.back())) return false;
  return std::all_of(word.begin(), word.end(), [&](char c) {
    if (c == '.' && !has_point) return has_point = true;
    return is_digit(c);
  });
}

// Without the bracket before it and the punctuation behind it.
std::string_view bare(std::string_view word) {
  while (!word.empty() && word.front() == '(') word.remove_prefix(1);
  constexpr std::string_view kBehind = ".,;:)";
  while (!word.empty() && kBehind.find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  return word;
}

// In Chinese words stand beside each other without a space: a unit before the first of them, a number behind the last.
bool is_plain(char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; }
std::string_view beginning_of(std::string_view word) {
  return word.substr(0, static_cast<std::size_t>(std::find_if_not(word.begin(), word.end(), is_plain) - word.begin()));
}
std::string_view end_of(std::string_view word) {
  const auto after = std::find_if_not(word.rbegin(), word.rend(), is_plain);
  return word.substr(word.size() - static_cast<std::size_t>(after - word.rbegin()));
}

bool is_unit(std::string_view word) {
  return std::find(kUnits.begin(), kUnits.end(), bare(beginning_of(word))) != kUnits.end();
}
bool is_sign(std::string_view word) {
  return word == "<" || word == ">" || word == "<=" || word == ">=" || word == "=";
}
bool is_axis(std::string_view word) {
  word = bare(word);
  return word == "x" || word == "y" || word == "z";
}

// "2024-01-26", "26.01.2024"
bool is_date(std::string_view word) {
  word = bare(word);
  constexpr std::size_t kSigns = 10;
  if (word.size() != kSigns) return false;
  const std::string_view form = word[4] == '-' ? "0000-00-00" : "00.00.0000";
  for (std::size_t i = 0; i < kSigns; ++i) {
    if (form[i] == '0' ? !is_digit(word[i]) : word[i] != form[i]) return false;
  }
  return true;
}

// "Fri", "(Fr": two or three letters.
bool is_weekday(std::string_view word) {
  word = bare(word);
  constexpr std::size_t kMost = 3;
  return word.size() > 1 && word.size() <= kMost && word[0] >= 'A' && word[0] <= 'Z';
}

std::string set(std::string_view word, bool is_amount) {
  if (word == "<=") return "≤";
  if (word == ">=") return "≥";
  const std::string_view number = bare(end_of(word));
  if (!is_amount || !number.starts_with('-')) return std::string(word);
  std::string out(word);
  out.replace(static_cast<std::size_t>(number.data() - word.data()), 1, kMinus);
  return out;
}

}  // namespace

std::string typeset(std::string_view text) {
  std::string out;
  std::string_view before;
  bool was_amount = false, was_unit = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    const std::size_t next_end = end < text.size() ? std::min(text.find(' ', end + 1), text.size()) : end;
    const std::string_view next = end < text.size() ? text.substr(end + 1, next_end - end - 1) : std::string_view();
    // A number that its unit, a limit's sign or an axis stands beside.
    const std::string_view number = end_of(word);
    const bool has_unit = bare(number) == number.substr(number.starts_with('(') ? 1 : 0) && is_unit(next);
    const bool is_amount = is_number(bare(number)) && (has_unit || is_sign(before) || is_axis(before));
    // "x -2.5 mm (right)"
    const bool is_side = bare(before) == "mm" && was_unit && word.size() > 1 && word[0] == '(' && !is_digit(word[1]);
    const bool sticks = is_side || (is_unit(word) && was_amount) || (is_date(word) && is_weekday(before)) ||
                        (is_amount && (is_sign(before) || is_axis(before)));
    if (at > 0) out += sticks ? kNoBreak : " ";
    const bool is_limit = is_sign(word) && is_number(bare(next));
    out += is_limit || is_amount ? set(word, is_amount) : std::string(word);
    was_unit = is_unit(word) && was_amount;
    before = word;
    was_amount = is_amount;
    at = end + 1;
  }
  return out;
}

}  // namespace dosegate::present
