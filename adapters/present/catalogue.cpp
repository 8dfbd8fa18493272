#include "adapters/present/catalogue.h"

#include <array>

namespace dosegate::present {
namespace {

struct Entry {
  std::string_view en, de, zh;
};

constexpr Entry kEntries[] = {
#define DOSEGATE_TEXT(id, en, de, zh) {en, de, zh},
#include "adapters/present/catalogue_texts.inc"
#undef DOSEGATE_TEXT
};
static_assert(std::size(kEntries) == static_cast<std::size_t>(Text::kCount));

}  // namespace

std::optional<Language> language_of(std::string_view tag) {
  if (tag == "en") return Language::kEnglish;
  if (tag == "de") return Language::kGerman;
  if (tag == "zh") return Language::kChinese;
  return std::nullopt;
}

std::string_view html_tag(Language language) {
  switch (language) {
    case Language::kGerman:
      return "de";
    case Language::kChinese:
      return "zh-Hans";
    case Language::kEnglish:
      break;
  }
  return "en";
}

std::string_view pattern(Text id, Language language) {
  const Entry& entry = kEntries[static_cast<std::size_t>(id)];
  switch (language) {
    case Language::kGerman:
      return entry.de;
    case Language::kChinese:
      return entry.zh;
    case Language::kEnglish:
      break;
  }
  return entry.en;
}

std::string fill(std::string_view text, std::initializer_list<std::string> arguments) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_place = at + 2 < text.size() && text[at] == '{' && text[at + 2] == '}';
    const auto n = is_place ? static_cast<std::size_t>(text[at + 1] - '0') : arguments.size();
    if (n < arguments.size()) {
      out += *(arguments.begin() + n);
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string say(Text id, Language language, std::initializer_list<std::string> arguments) {
  return fill(pattern(id, language), arguments);
}

std::string say_count(Text id, Language language, std::size_t n) {
  const std::string_view forms = pattern(id, language);
  const std::size_t bar = forms.find('|');
  if (bar == std::string_view::npos) return fill(forms, {std::to_string(n)});
  return fill(n == 1 ? forms.substr(0, bar) : forms.substr(forms.rfind('|') + 1), {std::to_string(n)});
}

}  // namespace dosegate::present
