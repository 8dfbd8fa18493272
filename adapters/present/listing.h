// How several things are said one after the other, and how a sentence begins.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "adapters/present/catalogue.h"

namespace dosegate::present {

// "a, b and c"; "a, b or c"; "a, b, c"; "a; b; c".
enum class Joint { kAnd, kOr, kComma, kSemicolon };

// What stands before an item of a list that is not its first; `is_last`: it is the last one.
std::string_view joint_text(Joint joint, bool is_last, Language language);

// `items` (any range of strings), joined.
template <typename Items>
std::string listing(const Items& items, Language language, Joint joint = Joint::kComma) {
  std::string text;
  for (auto item = items.begin(); item != items.end();) {
    const auto here = item++;
    if (here != items.begin()) text += joint_text(joint, item == items.end(), language);
    text += *here;
  }
  return text;
}

// What stands between two sentences: nothing in Chinese.
std::string_view sentence_gap(Language language);

// A capital letter instead of a small one of a to z that stands at `at`.
void capitalise(std::string& text, std::size_t at = 0);

}  // namespace dosegate::present
