// Patterns: how a sentence of a catalogue is written. Of the standard library alone, for the engine, which says them in
// English, and for the faces, which say them in every language.
//
//   {name}            an argument
//   {name^}           an argument with a capital first letter, where it begins a sentence
//   {name|one|other}  a count: the first form where it is 1, else the second; # in a form is the number
//
// A brace or a bar stands for nothing else. The arguments of a sentence are those that its English pattern names, in
// the order in which it first names them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace dosegate::messages {

inline constexpr std::size_t kMostArguments = 12;

// Words, and after them a place for an argument.
struct Piece {
  std::string_view words;
  std::string_view name;  // empty: no place follows
  bool capital = false;
  bool counts = false;
  std::string_view one, other;  // of a count
};

// The beginning of `rest`, which is shortened by it. Precondition: is_well_formed(rest).
constexpr Piece next_piece(std::string_view& rest) {
  Piece piece;
  const std::size_t open = rest.find('{');
  piece.words = rest.substr(0, open);
  if (open == std::string_view::npos) {
    rest = {};
    return piece;
  }
  const std::size_t close = rest.find('}', open);
  std::string_view place = rest.substr(open + 1, close - open - 1);
  rest = rest.substr(close + 1);
  if (const std::size_t bar = place.find('|'); bar != std::string_view::npos) {
    piece.counts = true;
    const std::string_view forms = place.substr(bar + 1);
    const std::size_t second = forms.find('|');
    piece.one = forms.substr(0, second);
    piece.other = forms.substr(second + 1);
    place = place.substr(0, bar);
  }
  if (place.ends_with('^')) {
    piece.capital = true;
    place.remove_suffix(1);
  }
  piece.name = place;
  return piece;
}

constexpr bool is_name(std::string_view name) {
  for (const char c : name) {
    if (c < 'a' || c > 'z') return false;
  }
  return !name.empty();
}

constexpr bool is_well_formed(std::string_view pattern) {
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    if (pattern.substr(0, open).find_first_of("}|") != std::string_view::npos) return false;
    if (open == std::string_view::npos) return true;
    const std::size_t close = pattern.find('}', open);
    if (close == std::string_view::npos) return false;
    const std::string_view place = pattern.substr(open + 1, close - open - 1);
    const std::size_t bar = place.find('|');
    std::string_view name = place.substr(0, bar);
    if (bar != std::string_view::npos) {
      const std::string_view forms = place.substr(bar + 1);
      const std::size_t second = forms.find('|');
      if (second == std::string_view::npos || forms.find('|', second + 1) != std::string_view::npos) return false;
    } else if (name.ends_with('^')) {
      name.remove_suffix(1);
    }
    if (!is_name(name) || place.find('{') != std::string_view::npos) return false;
    pattern = pattern.substr(close + 1);
  }
  return true;
}

// The names of a pattern's arguments, each once.
struct Names {
  std::array<std::string_view, kMostArguments> all{};
  std::array<bool, kMostArguments> counts{};  // somewhere a form depends on it
  std::size_t size = 0;
  bool fits = true;  // no more than kMostArguments

  constexpr std::size_t find(std::string_view name) const {  // size: there is none
    std::size_t i = 0;
    while (i < size && all[i] != name) ++i;
    return i;
  }
};

constexpr Names names_of(std::string_view pattern) {
  Names names;
  while (!pattern.empty()) {
    const Piece piece = next_piece(pattern);
    if (piece.name.empty()) continue;
    const std::size_t at = names.find(piece.name);
    if (at == kMostArguments) {
      names.fits = false;
      continue;
    }
    if (at == names.size) names.all[names.size++] = piece.name;
    names.counts[at] = names.counts[at] || piece.counts;
  }
  return names;
}

}  // namespace dosegate::messages
