// Text as a terminal shows it: what is safe to print, how many columns it takes, where it breaks.
// Text is UTF-8 and may be hostile: ROI names come out of files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dosegate::present {

// `text` with everything that could steer a terminal or deceive a reader written out: control characters,
// bidirectional overrides and invisible separators as "\u{202E}", bytes that are not UTF-8 as "\xE9".
// One line: a line feed becomes "\u{A}".
std::string printable(std::string_view text);

// Terminal columns of printable text: 0 for combining marks, 2 for East Asian wide characters and emoji
// (Unicode Standard Annex 11, classes W and F), otherwise 1. Independent of the locale.
std::size_t display_width(std::string_view text);

// Spaces appended, or put in front, until `columns` wide. Longer text stays as it is.
std::string pad_right(std::string_view text, std::size_t columns);
std::string pad_left(std::string_view text, std::size_t columns);

// At most `columns` wide, with "..." where something was cut off.
std::string shorten(std::string_view text, std::size_t columns);

// Lines of at most `columns` (at least 2), broken at spaces, inside a word only where it is longer than a line.
// Empty text is one empty line.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

}  // namespace dosegate::present
