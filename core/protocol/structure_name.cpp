#include "core/protocol/structure_name.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "core/json/utf8.h"

namespace dosegate {
namespace {

using Text = std::u32string;

constexpr std::size_t kLongestCompared = 64;
constexpr char32_t kStrayByte = 0x110000;  // above Unicode: a byte that is not UTF-8

Text decode(std::string_view s) {
  Text out;
  out.reserve(s.size());
  while (!s.empty()) {
    const std::size_t n = utf8_length(s);
    const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(s[i])); };
    if (n == 0) {
      out.push_back(kStrayByte + byte(0));
      s.remove_prefix(1);
      continue;
    }
    char32_t c = n == 1 ? byte(0) : byte(0) & (0x7Fu >> n);
    for (std::size_t i = 1; i < n; ++i) c = (c << 6) | (byte(i) & 0x3F);
    out.push_back(c);
    s.remove_prefix(n);
  }
  return out;
}

std::string encode(const Text& text) {
  std::string out;
  for (const char32_t c : text) {
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (c >= kStrayByte) {
      put(c - kStrayByte);
    } else if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0 | (c >> 6));
      put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      put(0xE0 | (c >> 12));
      put(0x80 | ((c >> 6) & 0x3F));
      put(0x80 | (c & 0x3F));
    } else {
      put(0xF0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3F));
      put(0x80 | ((c >> 6) & 0x3F));
      put(0x80 | (c & 0x3F));
    }
  }
  return out;
}

bool is_lower(char32_t c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char32_t c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

// ASCII, and Latin letters of U+00C0..U+017F.
char32_t lower(char32_t c) {
  if (is_upper(c)) return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  if (c == 0x130) return 'i';
  if (c == 0x178) return 0xFF;
  if (c == 0x17F) return 's';
  const bool even_is_capital = (c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177);
  if (even_is_capital && c != 0x131 && c % 2 == 0) return c + 1;
  const bool odd_is_capital = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  if (odd_is_capital && c % 2 == 1) return c + 1;
  return c;
}

// Typographic spaces and hyphens, and full-width ASCII, mean what their plain forms mean.
char32_t plain(char32_t c) {
  if (c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200B) || c == '\t') return ' ';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFF01 + 0x21;
  return c;
}

Text plain_text(std::string_view name) {
  Text text = decode(name);
  std::transform(text.begin(), text.end(), text.begin(), plain);
  return text;
}

bool is_separator(char32_t c) { return c == ' ' || c == '_' || c == '-' || c == '.'; }

bool starts_with_target(const Text& text, std::size_t at) {
  static const std::array<std::u32string_view, 5> kTargets = {U"gtv", U"ctv", U"ptv", U"itv", U"igtv"};
  return std::any_of(kTargets.begin(), kTargets.end(), [&](std::u32string_view target) {
    if (text.size() - at < target.size()) return false;
    for (std::size_t k = 0; k < target.size(); ++k) {
      if (lower(text[at + k]) != target[k]) return false;
    }
    return true;
  });
}

std::size_t end_of_separators(const Text& text, std::size_t begin) {
  while (begin < text.size() && is_separator(text[begin])) ++begin;
  return begin;
}

// A hyphen takes something away where a target volume follows it, as in "Liver-GTV" or "Liver - PTV45".
// [begin, end) is a run of separators; "-GTV" takes nothing from nothing.
bool is_minus(const Text& text, std::size_t begin, std::size_t end) {
  const auto at = [&](std::size_t i) { return text.begin() + static_cast<std::ptrdiff_t>(i); };
  return begin > 0 && std::find(at(begin), at(end), U'-') != at(end) && starts_with_target(text, end);
}

// GTV_1.0 is not GTV_10; and two stray bytes must not come together as a character that was not there.
bool must_stay_apart(char32_t before, char32_t after) {
  return (is_digit(before) && is_digit(after)) || (before >= kStrayByte && after >= kStrayByte);
}

Text fold(const Text& text) {
  Text out;
  std::size_t i = 0;
  while (i < text.size()) {
    if (!is_separator(text[i])) {
      out.push_back(lower(text[i++]));
      continue;
    }
    const std::size_t begin = i;
    i = end_of_separators(text, begin);
    if (is_minus(text, begin, i)) {
      out.push_back('-');
    } else if (begin > 0 && i < text.size() && must_stay_apart(text[begin - 1], text[i])) {
      out.push_back('_');
    }
  }
  return out;
}

struct Word {
  std::size_t begin = 0, end = 0;
};

bool is_side_sign(char32_t c) { return c == U'左' || c == U'右'; }

std::vector<Word> words_of(const Text& text) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_separator(text[i])) continue;
    Word word{i, i + 1};
    if (is_side_sign(text[i])) {
      if (word.end < text.size() && (text[word.end] == U'侧' || text[word.end] == U'側')) ++word.end;
    } else {
      for (; word.end < text.size() && !is_separator(text[word.end]) && !is_side_sign(text[word.end]); ++word.end) {
        const char32_t before = text[word.end - 1], here = text[word.end];
        const bool next_is_lower = word.end + 1 < text.size() && is_lower(text[word.end + 1]);
        if (is_upper(here) && (is_lower(before) || (is_upper(before) && next_is_lower))) break;
      }
    }
    words.push_back(word);
    i = word.end - 1;
  }
  return words;
}

struct SideWord {
  std::u32string_view word;
  Side side;
  bool weak;
};

const SideWord* find_side_word(const Text& folded) {
  static const std::array<SideWord, 28> kWords = {{
      {U"l", Side::kLeft, false},        {U"left", Side::kLeft, false},     {U"links", Side::kLeft, false},
      {U"linke", Side::kLeft, false},    {U"linker", Side::kLeft, false},   {U"linkes", Side::kLeft, false},
      {U"gauche", Side::kLeft, false},   {U"sinister", Side::kLeft, false}, {U"左", Side::kLeft, false},
      {U"左侧", Side::kLeft, false},     {U"左側", Side::kLeft, false},     {U"lt", Side::kLeft, true},
      {U"li", Side::kLeft, true},        {U"r", Side::kRight, false},       {U"right", Side::kRight, false},
      {U"rechts", Side::kRight, false},  {U"rechte", Side::kRight, false},  {U"rechter", Side::kRight, false},
      {U"rechtes", Side::kRight, false}, {U"droit", Side::kRight, false},   {U"droite", Side::kRight, false},
      {U"dexter", Side::kRight, false},  {U"右", Side::kRight, false},      {U"右侧", Side::kRight, false},
      {U"右側", Side::kRight, false},    {U"rt", Side::kRight, true},       {U"re", Side::kRight, true},
      {U"dextra", Side::kRight, false},
  }};
  for (const auto& entry : kWords) {
    if (entry.word == folded) return &entry;
  }
  return nullptr;
}

}  // namespace

std::string fold_name(std::string_view name) { return encode(fold(plain_text(name))); }

SidedName split_side(std::string_view name) {
  const Text text = plain_text(name);
  SidedName out{Side::kNone, encode(fold(text)), {}};
  const std::vector<Word> words = words_of(text);
  const Word* strong = nullptr;
  const Word* weak = nullptr;
  Side strong_side = Side::kNone, weak_side = Side::kNone;
  const auto note = [](const Word& word, Side side, const Word*& kept, Side& kept_side) {
    if (kept_side == Side::kNone) {
      kept = &word;
      kept_side = side;
    } else if (kept_side != side) {
      kept_side = Side::kBoth;
    }
  };
  for (const Word& word : words) {
    const SideWord* entry = find_side_word(fold(text.substr(word.begin, word.end - word.begin)));
    if (entry == nullptr) continue;
    if (entry->weak) {
      note(word, entry->side, weak, weak_side);
    } else {
      note(word, entry->side, strong, strong_side);
    }
  }
  out.side = strong_side != Side::kNone ? strong_side : weak_side;
  if (out.side == Side::kNone || out.side == Side::kBoth) return out;

  const Word* word = strong != nullptr ? strong : weak;
  out.word = encode(text.substr(word->begin, word->end - word->begin));
  // One separator goes with the word, so that "Kidney_L-PTV" leaves "Kidney-PTV" and not "Kidney_-PTV".
  std::size_t begin = word->begin, end = word->end;
  if (begin > 0) {
    while (begin > 0 && is_separator(text[begin - 1])) --begin;
  } else {
    while (end < text.size() && is_separator(text[end])) ++end;
  }
  const bool was_apart = begin < word->begin && end < text.size();
  out.rest =
      encode(fold(text.substr(0, begin) + (was_apart && !is_separator(text[end]) ? U" " : U"") + text.substr(end)));
  return out;
}

std::optional<std::string> reverse_order(std::string_view tg263_name) {
  const Text text = plain_text(tg263_name);
  for (const char32_t c : text) {
    if (c == '^' || c == '~' || c == '-' || c == '+') return std::nullopt;
  }
  // A capital begins a part only where both parts read as words: SpinalCord does, GTVp does not.
  const auto is_word = [&](const Word& w) {
    return w.end - w.begin >= 3 && is_upper(text[w.begin]) &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(w.begin) + 1,
                       text.begin() + static_cast<std::ptrdiff_t>(w.end), is_lower);
  };
  std::vector<Word> parts;
  for (const Word& word : words_of(text)) {
    const bool joined = !parts.empty() && parts.back().end == word.begin;
    if (joined && !(is_word(parts.back()) && is_word(word))) {
      parts.back().end = word.end;
    } else {
      parts.push_back(word);
    }
  }
  if (parts.size() < 2) return std::nullopt;
  std::string out;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!out.empty()) out += '_';
    out += encode(text.substr(part->begin, part->end - part->begin));
  }
  return out;
}

bool is_another_structure(std::string_view name) {
  const Text text = plain_text(name);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '^' || text[i] == '~' || text[i] == '+') return true;
    if (!is_separator(text[i])) continue;
    const std::size_t begin = i;
    const std::size_t end = end_of_separators(text, begin);
    if (is_minus(text, begin, end)) return true;
    i = end - 1;
  }
  if (text.size() > 1 && lower(text[0]) == 'z' && (is_separator(text[1]) || is_upper(text[1]))) return true;
  return encode(fold(text)).find("prv") != std::string::npos;
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t too_far = limit + 1;
  if (a.size() > 4 * kLongestCompared || b.size() > 4 * kLongestCompared) return too_far;
  const Text s = decode(a), t = decode(b);
  if (s.size() > kLongestCompared || t.size() > kLongestCompared) return too_far;
  if (s.size() > t.size() + limit || t.size() > s.size() + limit) return too_far;
  std::vector<std::size_t> two_back(t.size() + 1), back(t.size() + 1), row(t.size() + 1);
  for (std::size_t j = 0; j <= t.size(); ++j) back[j] = j;
  for (std::size_t i = 1; i <= s.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= t.size(); ++j) {
      row[j] = std::min({row[j - 1] + 1, back[j] + 1, back[j - 1] + (s[i - 1] == t[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && s[i - 1] == t[j - 2] && s[i - 2] == t[j - 1])
        row[j] = std::min(row[j], two_back[j - 2] + 1);
    }
    std::swap(two_back, back);
    std::swap(back, row);
  }
  return std::min(back[t.size()], too_far);
}

std::string shown_name(std::string_view name) {
  Text text = decode(name.substr(0, 8 * kLongestCompared));
  const bool cut = text.size() > kLongestCompared || name.size() > 8 * kLongestCompared;
  if (cut) text.resize(std::min(text.size(), kLongestCompared));
  for (char32_t& c : text) {
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) || c >= kStrayByte;
    if (control) c = '?';
  }
  return "'" + encode(text) + (cut ? "...'" : "'");
}

}  // namespace dosegate
