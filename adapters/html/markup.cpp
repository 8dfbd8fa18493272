#include "adapters/html/markup.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "adapters/present/display.h"
#include "adapters/present/listing.h"
#include "adapters/present/typeset.h"

namespace dosegate::html {
namespace {

using present::Status;
using present::Text;

std::string entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// At most `most` characters of printable text; never inside one.
std::string_view beginning(std::string_view printable, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < printable.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(printable[at]) & 0xC0U) != 0x80U;
    if (starts && ++characters > most) return printable.substr(0, at);
  }
  return printable;
}

struct Cut {
  std::string shown, whole;  // escaped; whole: empty where nothing was cut off
};

Cut cut(std::string_view text, std::size_t most) {
  const std::string printable = present::printable(text);
  const std::string_view start = beginning(printable, most);
  if (start.size() == printable.size()) return {entities(printable), ""};
  return {entities(start) + "…", entities(printable)};
}

// Where the last run of ASCII characters of `word` begins: Chinese words stand before it without a space.
std::size_t last_run(std::string_view word) {
  std::size_t at = word.size();
  while (at > 0 && (static_cast<unsigned char>(word[at - 1]) & 0x80U) == 0) --at;
  return at;
}

// Dates, rules and options are not broken at their hyphens: what stands between two spaces, holds a hyphen before a
// digit or begins with two and is short, is one piece. `entities`: text whose markup is written as entities.
std::string in_one_piece(std::string_view entities) {
  constexpr std::size_t kLongest = 24;
  std::string out;
  for (std::size_t at = 0; at < entities.size();) {
    const std::size_t end = std::min(entities.find(' ', at), entities.size());
    const std::string_view word = entities.substr(at, end - at);
    const std::size_t option = last_run(word);
    bool is_piece = false;
    for (std::size_t i = 1; i + 1 < word.size() && word.size() <= kLongest; ++i)
      is_piece = is_piece || (word[i] == '-' && word[i - 1] != '-' && word[i + 1] >= '0' && word[i + 1] <= '9');
    const std::size_t from = is_piece ? 0 : word.substr(option).starts_with("--") ? option : word.size();
    out += word.substr(0, from);
    if (from < word.size()) out += "<span class=\"nb\">" + std::string(word.substr(from)) + "</span>";
    if (end < entities.size()) out += ' ';
    at = end + 1;
  }
  return out;
}

std::string element(const char* tag, const Cut& cut) {
  const std::string title = cut.whole.empty() ? "" : " title=\"" + cut.whole + "\"";
  return "<" + std::string(tag) + title + ">" + cut.shown + "</" + tag + ">";
}

}  // namespace

std::string escaped(std::string_view text) { return entities(present::printable(text)); }

std::string typeset(std::string_view text) {
  return in_one_piece(entities(present::typeset(present::printable(text))));
}

std::string name(std::string_view text, std::size_t most) { return element("bdi", cut(text, most)); }

std::string sentence(std::string_view text) {
  const Cut c = cut(text, kMostOfSentence);
  return c.whole.empty() ? typeset(text) : element("span", c);
}

std::string opened(std::string_view text) {
  std::string whole(text);
  present::capitalise(whole);
  return sentence(whole);
}

std::string closed(const std::string& markup, present::Language language) {
  return markup.ends_with('.') || markup.ends_with("。") ? markup : phrase(Text::kSentence, language, {markup});
}

void add_sentence(std::string& text, const std::string& next, present::Language language) {
  if (!text.empty() && !next.empty()) text += present::sentence_gap(language);
  text += next;
}

std::string labelled(const std::string& label, const std::string& text, present::Language language) {
  return phrase(Text::kLabelled, language, {"<span class=\"mu nb\">" + label, "</span>" + text});
}

std::string short_text(std::string_view text, std::size_t most) { return cut(text, most).shown; }

std::string phrase(Text id, present::Language language, std::initializer_list<std::string> arguments) {
  return present::fill(entities(present::pattern(id, language)), arguments);
}

std::string coordinate(double value, int decimals) {
  if (!std::isfinite(value)) return "0";
  std::array<char, 400> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals).ptr;
  std::string text(buffer.data(), end);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string signed_number(const std::string& number) {
  return number.starts_with('-') ? "−" + number.substr(1) : number;
}

std::string_view class_of(Status status) {
  constexpr std::string_view kClasses[] = {"broken", "unknown", "undecided", "near", "pending", "passed", "info"};
  return kClasses[static_cast<std::size_t>(status)];
}

std::string word_of(Status status, present::Language language) {
  return present::say(present::word_of(status), language);
}

std::string glyph(Status status, int size) {
  constexpr std::string_view kShapes[] = {
      R"(<rect class="g-broken" x="1" y="1" width="10" height="10"/>)",
      R"(<circle class="g-unknown" cx="6" cy="6" r="4.3"/>)",
      R"(<circle class="g-half" cx="6" cy="6" r="4.6"/><path class="g-undecided" d="M6 1.4a4.6 4.6 0 0 1 0 9.2z"/>)",
      R"(<path class="g-near" d="M6 1.2 11.2 10.8H.8z"/>)",
      R"(<path class="g-pending" d="M1 4.8h2.4v2.4H1zM4.8 4.8h2.4v2.4H4.8zM8.6 4.8H11v2.4H8.6z"/>)",
      R"(<circle class="g-passed" cx="6" cy="6" r="5"/>)",
      R"(<path class="g-info" d="M1.5 5.2h9v1.6h-9z"/>)"};
  const std::string pixels = std::to_string(size);
  return "<svg class=\"g\" width=\"" + pixels + "\" height=\"" + pixels +
         "\" viewBox=\"0 0 12 12\" aria-hidden=\"true\">" + std::string(kShapes[static_cast<std::size_t>(status)]) +
         "</svg>";
}

}  // namespace dosegate::html
