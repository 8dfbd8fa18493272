#include "adapters/present/sentences.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <iterator>

#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "proto/messages/pattern.h"

namespace dosegate::present {
namespace {

using dosegate::v1::Argument;
using dosegate::v1::ArgumentList;
using dosegate::v1::Sentence;
using messages::Piece;

constexpr CatalogueEntry kCatalogue[] = {
#define MESSAGE(id, en, de, zh) {#id, en, de, zh},
#include "proto/messages/all.inc"
#undef MESSAGE
};
constexpr std::size_t kSize = std::size(kCatalogue);

constexpr bool is_pattern(std::string_view words) {
  return messages::is_well_formed(words) && messages::names_of(words).fits;
}
// Row by row: what a compiler evaluates at once is limited.
#define MESSAGE(id, en, de, zh) \
  static_assert(is_pattern(en) && is_pattern(de) && is_pattern(zh), #id ": see pattern.h");
#include "proto/messages/all.inc"
#undef MESSAGE

// Indices of the catalogue in the order of its ids.
const std::array<std::size_t, kSize>& by_id() {
  static const auto order = [] {
    std::array<std::size_t, kSize> all{};
    for (std::size_t i = 0; i < kSize; ++i) all[i] = i;
    std::sort(all.begin(), all.end(), [](std::size_t a, std::size_t b) { return kCatalogue[a].id < kCatalogue[b].id; });
    return all;
  }();
  return order;
}

const CatalogueEntry* find(std::string_view id) {
  const auto& order = by_id();
  const auto at = std::lower_bound(order.begin(), order.end(), id,
                                   [](std::size_t i, std::string_view wanted) { return kCatalogue[i].id < wanted; });
  return at != order.end() && kCatalogue[*at].id == id ? &kCatalogue[*at] : nullptr;
}

std::string_view words_of(const CatalogueEntry& entry, Language language) {
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

// As the engine writes numbers in sentences. The point is a point in every language: the values beside the sentence,
// the planning system and the protocol have it, and a reader looks for the same digits there.
std::optional<std::string> number_text(double value, int decimals) {
  constexpr int kMostShown = 20;
  if (!std::isfinite(value) || decimals < 0 || decimals > kMostShown) return {};
  std::string text = fixed(value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

class Speaker {
 public:
  explicit Speaker(Language language) : language_(language) {}

  bool say(const SentenceSpan& sentences) {
    bool is_first = true;
    for (const Sentence* s : sentences) {
      if (!is_first) out_ += sentence_gap(language_);
      is_first = false;
      if (!say(*s)) return false;
    }
    return true;
  }
  std::string take() { return std::move(out_); }

 private:
  bool say(const Sentence& sentence) {
    const CatalogueEntry* entry = find(sentence.id());
    if (entry == nullptr) return false;
    const messages::Names names = messages::names_of(entry->en);
    if (static_cast<std::size_t>(sentence.arguments_size()) != names.size) return false;
    std::string_view rest = words_of(*entry, language_);
    while (!rest.empty()) {
      const Piece piece = messages::next_piece(rest);
      out_ += piece.words;
      if (piece.name.empty()) continue;
      const std::size_t at = names.find(piece.name);
      if (at == names.size) return false;
      const Argument& argument = sentence.arguments(static_cast<int>(at));
      const std::size_t begin = out_.size();
      if (!(piece.counts ? say_form(piece, argument) : say(argument))) return false;
      if (piece.capital) capitalise(out_, begin);
    }
    return true;
  }

  bool say_form(const Piece& piece, const Argument& argument) {
    if (argument.kind_case() != Argument::kCount) return false;
    for (const char c : argument.count() == 1 ? piece.one : piece.other) {
      if (c == '#') {
        out_ += std::to_string(argument.count());
      } else {
        out_ += c;
      }
    }
    return true;
  }

  bool say(const Argument& argument) {
    switch (argument.kind_case()) {
      case Argument::kText:
        out_ += argument.text();
        return true;
      case Argument::kNumber: {
        const auto text = number_text(argument.number(), argument.decimals());
        if (!text) return false;
        out_ += *text;
        if (const std::string& unit = argument.unit(); !unit.empty()) {
          out_ += unit.front() == '/' || unit == "°" ? unit : " " + unit;
        }
        return true;
      }
      case Argument::kCount:
        out_ += std::to_string(argument.count());
        return true;
      case Argument::kDay:
        out_ += day_text(argument.day(), language_);
        return true;
      case Argument::kSentences:
        return say(all_of(argument.sentences().sentences()));
      case Argument::kList:
        return say(argument.list());
      case Argument::KIND_NOT_SET:
        break;
    }
    return false;
  }

  bool say(const ArgumentList& list) {
    const auto joint = joint_of(list.join());
    if (!joint) return false;
    const int count = list.items_size();
    for (int i = 0; i < count; ++i) {
      if (i > 0) out_ += joint_text(*joint, i + 1 == count && list.more() == 0, language_);
      if (!say(list.items(i))) return false;
    }
    if (list.more() > 0) out_ += more(std::to_string(list.more()));
    return true;
  }

  static std::optional<Joint> joint_of(ArgumentList::Join join) {
    switch (join) {
      case ArgumentList::AND:
        return Joint::kAnd;
      case ArgumentList::OR:
        return Joint::kOr;
      case ArgumentList::COMMA:
        return Joint::kComma;
      case ArgumentList::SEMICOLON:
        return Joint::kSemicolon;
      default:
        return {};
    }
  }

  std::string more(const std::string& n) const {
    switch (language_) {
      case Language::kGerman:
        return " und " + n + " weitere";
      case Language::kChinese:
        return "等，另有 " + n + " 项";
      case Language::kEnglish:
        break;
    }
    return " and " + n + " more";
  }

  Language language_;
  std::string out_;
};

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    value = 10 * value + (c - '0');
  }
  return value;
}

}  // namespace

SentenceSpan all_of(const SentenceList& sentences) {
  SentenceSpan out;
  for (const Sentence& s : sentences) out.push_back(&s);
  return out;
}

std::optional<std::string> in_words(const SentenceSpan& sentences, Language language) {
  Speaker speaker(language);
  if (!speaker.say(sentences)) return {};
  return speaker.take();
}

std::string in_words_or(const SentenceList& sentences, Language language, const std::string& english) {
  if (language == Language::kEnglish || sentences.empty()) return english;
  return in_words(all_of(sentences), language).value_or(english);
}

std::vector<std::string> notes_in_words(const dosegate::v1::Report& report, Language language) {
  const bool are_data = report.note_sentences_size() == report.notes_size();
  std::vector<std::string> out;
  for (int i = 0; i < report.notes_size(); ++i) {
    out.push_back(are_data ? in_words_or(report.note_sentences(i).sentences(), language, report.notes(i))
                           : report.notes(i));
  }
  return out;
}

std::string day_text(std::string_view iso_day, Language language) {
  const std::string as_is(iso_day);
  if (iso_day.size() != 10 || iso_day[4] != '-' || iso_day[7] != '-') return as_is;
  const auto year = digits(iso_day.substr(0, 4)), month = digits(iso_day.substr(5, 2)), day = digits(iso_day.substr(8));
  if (!year || !month || !day) return as_is;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return as_is;
  const unsigned weekday = std::chrono::weekday(std::chrono::local_days(date)).c_encoding();
  switch (language) {
    case Language::kGerman: {
      constexpr const char* kDays[] = {"So ", "Mo ", "Di ", "Mi ", "Do ", "Fr ", "Sa "};
      return kDays[weekday] + as_is.substr(8) + "." + as_is.substr(5, 2) + "." + as_is.substr(0, 4);
    }
    case Language::kChinese: {
      constexpr const char* kDays[] = {"周日", "周一", "周二", "周三", "周四", "周五", "周六"};
      return std::to_string(*year) + "年" + std::to_string(*month) + "月" + std::to_string(*day) + "日" +
             kDays[weekday];
    }
    case Language::kEnglish:
      break;
  }
  constexpr const char* kDays[] = {"Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat "};
  return kDays[weekday] + as_is;
}

std::size_t catalogue_size() { return kSize; }
CatalogueEntry catalogue_entry(std::size_t n) { return kCatalogue[n]; }

}  // namespace dosegate::present
