#include "core/metric/suggest.h"

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

enum class Unit { kNone, kGy, kCgy, kPercent, kCc };

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
  // The longest spelling first.
  Unit unit() {
    static constexpr std::pair<std::string_view, Unit> kSpellings[] = {
        {"percent", Unit::kPercent}, {"gray", Unit::kGy},  {"pct", Unit::kPercent}, {"cgy", Unit::kCgy},
        {"cm3", Unit::kCc},          {"ccm", Unit::kCc},   {"gy", Unit::kGy},       {"cc", Unit::kCc},
        {"ml", Unit::kCc},           {"%", Unit::kPercent}};
    for (const auto& [spelling, unit] : kSpellings) {
      if (take(spelling)) return unit;
    }
    return Unit::kNone;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

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
  reader.take("[");
  const Unit unit = reader.unit();
  const std::string head(name);
  if (is_dose(unit) || unit == Unit::kPercent) return {head + "[" + text_of(unit) + "]"};
  return {head + "[Gy]"};
}

std::vector<std::string> point(std::string head, Reader& reader) {
  const std::string number = reader.number();
  if (number.empty()) return {};
  Unit argument = reader.unit();
  reader.take("[");
  Unit result = reader.unit();

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
