// Pieces of HTML and SVG. What comes from outside (names, sentences) goes in through here alone, so that it can neither
// become markup nor turn the text beside it round.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "adapters/present/catalogue.h"
#include "adapters/present/view.h"

namespace dosegate::html {

// With & < > " ' written as entities, and what steers a reader's eye (control characters, marks that reorder text,
// bytes that are not UTF-8) written out, as on a terminal.
std::string escaped(std::string_view text);

// The same, as print has it: real minus signs, numbers that stay with their units, and dates and rules in one piece.
std::string typeset(std::string_view text);

// A name: isolated from the direction of the text beside it; longer than `most` characters cut, and the whole in a
// title.
inline constexpr std::size_t kMostOfName = 48;
std::string name(std::string_view text, std::size_t most = kMostOfName);

// A sentence of the engine, which may hold names: cut where no person reads on, the whole in a title.
inline constexpr std::size_t kMostOfSentence = 900;
std::string sentence(std::string_view text);

// The same of a part of one, that begins in small letters: with a capital.
std::string opened(std::string_view text);

// Markup of a sentence, or of a part of one that has no full stop yet: with one.
std::string closed(const std::string& markup, present::Language language);

// Markup of one sentence after another; either may be empty.
void add_sentence(std::string& text, const std::string& next, present::Language language);

// "Label: text", the label in grey. Both are markup.
std::string labelled(const std::string& label, const std::string& text, present::Language language);

// The same cut, as plain text for an attribute or SVG, escaped.
std::string short_text(std::string_view text, std::size_t most = kMostOfName);

// A sentence of the catalogue, its arguments markup already.
std::string phrase(present::Text id, present::Language language, std::initializer_list<std::string> arguments = {});

// A number in an attribute or a path: the shortest of at most `decimals` decimals; "0" for what is not finite.
std::string coordinate(double value, int decimals = 1);

// With a real minus sign.
std::string signed_number(const std::string& number);

// The shape of a status, `size` pixels wide. Its word stands beside it.
std::string glyph(present::Status status, int size);
std::string_view class_of(present::Status status);
// Of what the status is, in words.
std::string word_of(present::Status status, present::Language language);

}  // namespace dosegate::html
