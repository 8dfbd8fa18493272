#include "core/metric/suggest.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

namespace dosegate {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Lower case, without spaces and separators; look-alikes of other scripts become the ASCII ones.
std::string simplified(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> kLookAlikes[] = {
      {"\xC2\xB3", "3"},                             // superscript three
      {"\xC2\xA0", ""},                              // no-break space
      {"\xE3\x80\x80", ""},                          // ideographic space
      {"\xEF\xBC\x85", "%"},                         // full-width percent sign
      {"\xEF\xBC\xBB", "["},                         // full-width brackets
      {"\xEF\xBC\xBD", "]"}, {"\xEF\xBC\x88", "["},  // full-width parentheses
      {"\xEF\xBC\x89", "]"},
  };
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    bool replaced = false;
    for (const auto& [from, to] : kLookAlikes) {
      if (!text.substr(i).starts_with(from)) continue;
      out += to;
      i += from.size();
      replaced = true;
      break;
    }
    if (replaced) continue;
    const char c = text[i++];
    switch (c) {
      case ' ':
      case '\t':
      case '_':
      case '^':
        break;
      case '(':
      case '{':
        out += '[';
        break;
      case ')':
      case '}':
        out += ']';
        break;
      case ',':
        out += '.';
        break;
      default:
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return out;
}

enum class Unit { kNone, kGy, kCgy, kPercent, kCc, kUnknown };

bool is_dose(Unit u) { return u == Unit::kGy || u == Unit::kCgy; }

std::string text_of(Unit u) {
  switch (u) {
    case Unit::kGy:
      return "Gy";
    case Unit::kCgy:
      return "cGy";
    case Unit::kPercent:
      return "%";
    case Unit::kCc:
      return "cc";
    case Unit::kNone:
    case Unit::kUnknown:
      break;
  }
  return "";
}

class Reader {
 public:
  explicit Reader(std::string text) : text_(std::move(text)) {}

  bool take(std::string_view token) {
    if (!std::string_view(text_).substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  std::string number() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    return text_.substr(start, at_ - start);
  }
  // All up to the next bracket, which is a unit or none that is known.
  Unit unit() {
    static constexpr std::pair<std::string_view, Unit> kSpellings[] = {
        {"", Unit::kNone},   {"percent", Unit::kPercent}, {"gray", Unit::kGy},  {"pct", Unit::kPercent},
        {"cgy", Unit::kCgy}, {"cm3", Unit::kCc},          {"ccm", Unit::kCc},   {"gy", Unit::kGy},
        {"cc", Unit::kCc},   {"ml", Unit::kCc},           {"%", Unit::kPercent}};
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != '[' && text_[at_] != ']') ++at_;
    word_ = text_.substr(start, at_ - start);
    for (const auto& [spelling, unit] : kSpellings) {
      if (word_ == spelling) return unit;
    }
    return Unit::kUnknown;
  }
  const std::string& word() const { return word_; }  // what unit() looked at

 private:
  std::string text_, word_;
  std::size_t at_ = 0;
};

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// A unit of something else, or of the same in another measure.
std::string foreign_unit(std::string_view word) {
  const auto one_of = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (holds(word, "rbe") || holds(word, "cge") || holds(word, "gye") || holds(word, "cobalt") ||
      one_of({"sv", "msv"})) {
    return "dose weighted by biological effect is not supported; write the limit of the physical dose, in Gy, where "
           "the "
           "protocol has one";
  }
  const bool numbered = word.starts_with("gy") && word.size() > 2 && is_digit(word[2]);
  if (holds(word, "eqd") || holds(word, "bed") || numbered) {
    return "dose converted to another fractionation (EQD2, BED) is not supported; write the limit that it makes of the "
           "physical dose in the protocol's own fractions";
  }
  if (one_of({"mm", "cm", "dm", "m", "in", "inch"})) {
    return "a dose or volume at a distance from a structure is not supported; write the limit for a structure that is "
           "drawn at that distance";
  }
  if (one_of({"mm3", "dm3", "m3", "ul", "dl", "cl", "l", "\xC2\xB5l", "\xCE\xBCl", "liter", "litre"})) {
    return std::string(word) +
           " is no unit of volume here; write the volume in cc, converted: 1 cc is 1000 mm3, and 1 l is 1000 cc";
  }
  if (one_of({"mgy", "\xC2\xB5gy", "ugy", "rad", "rads", "krad"})) {
    return std::string(word) +
           " is no unit of dose here; write the dose in Gy or cGy, converted: 1 Gy is 1000 mGy or 100 rad";
  }
  return {};
}

// Whole quantities that are not limits of one point of a DVH.
std::string foreign_quantity(std::string_view text) {
  static constexpr std::string_view kIndices[] = {"geud", "eud", "ntcp", "tcp", "ci",  "hi",
                                                  "gi",   "r50", "eqd",  "bed", "rci", "pitv"};
  for (const std::string_view index : kIndices) {
    if (!text.starts_with(index)) continue;
    const std::string_view rest = text.substr(index.size());
    if (!rest.empty() && rest.front() >= 'a' && rest.front() <= 'z') continue;
    return "an index or a modelled effect is not supported; write the limits of dose and volume that it is made of";
  }
  return {};
}

struct Head {
  std::string_view spelling;
  std::string_view name;
};
constexpr Head kStatistics[] = {{"dmaximum", "Max"}, {"dmean", "Mean"},  {"dmax", "Max"},
                                {"dmin", "Min"},     {"maximum", "Max"}, {"minimum", "Min"},
                                {"mean", "Mean"},    {"max", "Max"},     {"min", "Min"}};
constexpr Head kPoints[] = {{"cv", "CV"}, {"dc", "DC"}, {"v", "V"}, {"d", "D"}};

std::vector<std::string> statistic(std::string_view name, Reader& reader) {
  reader.take("dose");
  Unit unit = reader.unit();
  if (unit == Unit::kNone && reader.take("[")) unit = reader.unit();
  if (unit == Unit::kUnknown || unit == Unit::kCc || reader.take("[")) return {};
  const std::string head(name);
  if (is_dose(unit) || unit == Unit::kPercent) return {head + "[" + text_of(unit) + "]"};
  return {head + "[Gy]"};
}

std::vector<std::string> point(std::string head, Reader& reader) {
  const std::string number = reader.number();
  if (number.empty()) return {};
  Unit argument = reader.unit();
  reader.take("[");
  const Unit result = reader.unit();
  if (argument == Unit::kUnknown || result == Unit::kUnknown || reader.take("[")) return {};

  // Where the units can only be those of the other kind, the letter is what is wrong.
  const bool asks_volume = head == "V" || head == "CV";
  const bool contradicts = asks_volume ? argument == Unit::kCc || (is_dose(result) && !is_dose(argument))
                                       : is_dose(argument) || result == Unit::kCc;
  if (contradicts && asks_volume) {
    head = "D";
  } else if (contradicts) {
    head = "V";
  }

  std::vector<Unit> arguments, results;
  if (head == "V" || head == "CV") {
    if (argument == Unit::kNone) argument = Unit::kGy;
    arguments = {argument};
    results = result == Unit::kPercent || result == Unit::kCc ? std::vector<Unit>{result}
                                                              : std::vector<Unit>{Unit::kPercent, Unit::kCc};
  } else {
    arguments = argument == Unit::kPercent || argument == Unit::kCc ? std::vector<Unit>{argument}
                                                                    : std::vector<Unit>{Unit::kPercent, Unit::kCc};
    results = {is_dose(result) || result == Unit::kPercent ? result : Unit::kGy};
  }
  std::vector<std::string> out;
  for (const Unit a : arguments) {
    for (const Unit r : results) {
      std::string candidate = head;
      candidate += number + text_of(a) + "[" + text_of(r) + "]";
      out.push_back(std::move(candidate));
    }
  }
  return out;
}

}  // namespace

std::string unsupported_metric(std::string_view text) {
  const std::string simple = simplified(text);
  if (std::string whole = foreign_quantity(simple); !whole.empty()) return whole;
  Reader reader(simple);
  bool known = false;
  for (const Head& h : kStatistics) {
    if (!known && reader.take(h.spelling)) {
      known = true;
      reader.take("dose");
    }
  }
  for (const Head& h : kPoints) {
    if (!known && reader.take(h.spelling)) {
      known = true;
      if (reader.number().empty()) return {};
    }
  }
  if (!known) return {};
  // The unit of the argument, that of the result, and what a bracket within it holds.
  for (int i = 0; i < 3; ++i) {
    if (reader.unit() == Unit::kUnknown) {
      if (std::string unit = foreign_unit(reader.word()); !unit.empty()) return unit;
    }
    if (!reader.take("[")) break;
  }
  return {};
}

std::vector<std::string> suggest_metrics(std::string_view text) {
  Reader reader(simplified(text));
  for (const Head& h : kStatistics) {
    if (reader.take(h.spelling)) return statistic(h.name, reader);
  }
  for (const Head& h : kPoints) {
    if (reader.take(h.spelling)) return point(std::string(h.name), reader);
  }
  return {};
}

}  // namespace dosegate
