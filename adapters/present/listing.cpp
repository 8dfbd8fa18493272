#include "adapters/present/listing.h"

namespace dosegate::present {

std::string_view joint_text(Joint joint, bool is_last, Language language) {
  const bool is_chinese = language == Language::kChinese, is_german = language == Language::kGerman;
  if (joint == Joint::kSemicolon) return is_chinese ? "；" : "; ";
  if (!is_last || joint == Joint::kComma) return is_chinese ? "、" : ", ";
  if (joint == Joint::kOr) return is_chinese ? "或" : is_german ? " oder " : " or ";
  return is_chinese ? "和" : is_german ? " und " : " and ";
}

std::string_view sentence_gap(Language language) { return language == Language::kChinese ? "" : " "; }

void capitalise(std::string& text, std::size_t at) {
  if (at < text.size() && text[at] >= 'a' && text[at] <= 'z') text[at] = static_cast<char>(text[at] - 'a' + 'A');
}

}  // namespace dosegate::present
