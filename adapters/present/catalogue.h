// The sentences and words that every face adds to a report, in each language. Sentences of the findings themselves come
// from the engine and are English.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace dosegate::present {

enum class Language { kEnglish, kGerman, kChinese };
inline constexpr Language kLanguages[] = {Language::kEnglish, Language::kGerman, Language::kChinese};

// "en", "de", "zh": BCP 47, as --language has them. None: no such language.
std::optional<Language> language_of(std::string_view tag);
// What <html lang> says: "en", "de", "zh-Hans".
std::string_view html_tag(Language language);

// One for each sentence; catalogue_texts.inc says what each is in every language.
enum class Text : std::size_t {
#define DOSEGATE_TEXT(id, en, de, zh) id,
#include "adapters/present/catalogue_texts.inc"
#undef DOSEGATE_TEXT
  kCount
};

// As it stands in the catalogue, with {0}, {1}, ... where arguments go, and forms of number divided by '|'.
std::string_view pattern(Text id, Language language);

// With its arguments in place. An argument is not looked into for places of arguments.
std::string say(Text id, Language language, std::initializer_list<std::string> arguments = {});

// Of a sentence that depends on a number: the first form where `n` is 1, else the last; {0} is `n`.
std::string say_count(Text id, Language language, std::size_t n);

// `pattern` with its arguments in place.
std::string fill(std::string_view pattern, std::initializer_list<std::string> arguments);

}  // namespace dosegate::present
