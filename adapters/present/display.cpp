#include "adapters/present/display.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>

#include "adapters/support/utf8.h"

namespace dosegate::present {
namespace {

using support::Decoded, support::decode_utf8;

struct Range {
  std::uint32_t first, last;
};

// Marks that take no column of their own: the blocks of combining characters that names in DICOM's character
// sets can hold, variation selectors and the zero-width joiners.
constexpr Range kZeroWidth[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2}, {0x05C4, 0x05C5},
    {0x05C7, 0x05C7}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x06DF, 0x06E4},
    {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1160, 0x11FF}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200C, 0x200D},
    {0x20D0, 0x20FF}, {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF},
};

constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},   {0x25FD, 0x25FE},
    {0x2614, 0x2615},   {0x26A1, 0x26A1},   {0x2705, 0x2705},   {0x274C, 0x274C},   {0x2753, 0x2755},
    {0x2E80, 0x3029},   {0x302E, 0x303E},   {0x3041, 0x3098},   {0x309B, 0x33FF},   {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF},
    {0x1AFF0, 0x1B2FF}, {0x1F200, 0x1F2FF}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF},
    {0x20000, 0x3FFFD},
};

// Never shown as they are: C0, C1, marks that reorder or hide text, separators that break lines.
constexpr Range kUnsafe[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x115F, 0x1160},
    {0x180E, 0x180E}, {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
    {0x3164, 0x3164}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE007F},
};

template <std::size_t N>
bool within(const Range (&ranges)[N], std::uint32_t c) {
  const auto* after = std::upper_bound(std::begin(ranges), std::end(ranges), c,
                                       [](std::uint32_t value, const Range& r) { return value < r.first; });
  return after != std::begin(ranges) && c <= std::prev(after)->last;
}

std::size_t columns_of(std::uint32_t code) {
  if (within(kZeroWidth, code)) return 0;
  return within(kWide, code) ? 2 : 1;
}

std::string hex(std::uint32_t value, std::size_t digits) {
  std::array<char, 8> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, 16).ptr;
  std::string text(buffer.data(), end);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

// Bytes of the longest beginning of `text` that is at most `columns` wide.
std::size_t fitting_prefix(std::string_view text, std::size_t columns) {
  std::size_t at = 0, used = 0;
  while (at < text.size()) {
    const Decoded d = decode_utf8(text.substr(at));
    const std::size_t width = d.length == 0 ? 1 : columns_of(d.code);
    if (used + width > columns) break;
    used += width;
    at += std::max<std::size_t>(d.length, 1);
  }
  return at;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded d = decode_utf8(text.substr(at));
    if (d.length == 0) {
      out += "\\x" + hex(static_cast<std::uint8_t>(text[at]), 2);
      ++at;
      continue;
    }
    if (within(kUnsafe, d.code)) {
      out += "\\u{" + hex(d.code, 1) + "}";
    } else {
      out += text.substr(at, d.length);
    }
    at += d.length;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Decoded d = decode_utf8(text.substr(at));
    columns += d.length == 0 ? 1 : columns_of(d.code);
    at += std::max<std::size_t>(d.length, 1);
  }
  return columns;
}

std::string pad_right(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(text) + std::string(columns > width ? columns - width : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(columns > width ? columns - width : 0, ' ') + std::string(text);
}

std::string shorten(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  constexpr std::string_view kDots = "...";
  const std::size_t room = columns > kDots.size() ? columns - kDots.size() : 0;
  return std::string(text.substr(0, fitting_prefix(text, room))) + std::string(kDots.substr(0, columns));
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  columns = std::max<std::size_t>(columns, 2);
  std::vector<std::string> lines;
  std::string line;
  std::size_t used = 0;  // columns of `line`
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    std::string_view word = text.substr(at, text.find(' ', at) - at);
    at += word.size();
    std::size_t width = display_width(word);
    if (!line.empty() && used + 1 + width <= columns) {
      line += ' ';
      line += word;
      used += 1 + width;
      continue;
    }
    if (!line.empty()) lines.push_back(std::move(line));
    while (width > columns) {
      const std::size_t bytes = fitting_prefix(word, columns);
      lines.emplace_back(word.substr(0, bytes));
      word.remove_prefix(bytes);
      width = display_width(word);
    }
    line = std::string(word);
    used = width;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace dosegate::present
