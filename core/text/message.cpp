#include "core/text/message.h"

#include <array>
#include <charconv>
#include <cmath>

#include "core/text/text.h"

namespace dosegate {
namespace {

constexpr std::size_t kMostNamed = 8;

void append(std::string& out, const Prose& prose);
void append(std::string& out, const Argument& argument);

void append(std::string& out, const Listing& list) {
  const std::size_t count = list.items.size();
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_last = i + 1 == count && list.more == 0;
    if (i > 0) {
      const bool is_word = is_last && (list.join == Join::kAnd || list.join == Join::kOr);
      out += !is_word ? (list.join == Join::kSemicolon ? "; " : ", ") : list.join == Join::kAnd ? " and " : " or ";
    }
    append(out, list.items[i]);
  }
  if (list.more > 0) out += " and " + std::to_string(list.more) + " more";
}

struct InEnglish {
  std::string& out;

  void operator()(const std::string& text) const { out += text; }
  void operator()(const Number& n) const {
    out += fixed(n.value, n.decimals);
    if (!n.unit.empty()) out += n.unit.front() == '/' || n.unit == "°" ? n.unit : " " + n.unit;
  }
  void operator()(std::int64_t count) const { out += std::to_string(count); }
  void operator()(Argument::Day day) const { out += spoken(day); }
  void operator()(const Prose& prose) const { append(out, prose); }
  void operator()(const Listing& list) const { append(out, list); }
};

void append(std::string& out, const Argument& argument) { std::visit(InEnglish{out}, argument.value); }

void append_form(std::string& out, const messages::Piece& piece, const Argument& argument) {
  const auto* n = std::get_if<std::int64_t>(&argument.value);
  const std::string_view form = n != nullptr && *n == 1 ? piece.one : piece.other;
  for (const char c : form) {
    if (c == '#') {
      append(out, argument);
    } else {
      out += c;
    }
  }
}

void append(std::string& out, const Message& message) {
  std::string_view rest = english_pattern(message.id);
  // In its own pattern an argument's number is that of its name's first place.
  messages::Names seen;
  while (!rest.empty()) {
    const messages::Piece piece = messages::next_piece(rest);
    out += piece.words;
    if (piece.name.empty()) continue;
    const std::size_t at = seen.find(piece.name);
    if (at == seen.size) seen.all[seen.size++] = piece.name;
    if (at >= message.arguments.size()) continue;
    const Argument& argument = message.arguments[at];
    const std::size_t begin = out.size();
    if (piece.counts) {
      append_form(out, piece, argument);
    } else {
      append(out, argument);
    }
    if (piece.capital && begin < out.size() && out[begin] >= 'a' && out[begin] <= 'z') {
      out[begin] = static_cast<char>(out[begin] - 'a' + 'A');
    }
  }
}

void append(std::string& out, const Prose& prose) {
  bool first = true;
  for (const Message& message : prose.messages()) {
    if (!first) out += ' ';
    first = false;
    append(out, message);
  }
}

}  // namespace

Prose::Prose(Message message) { messages_.push_back(std::move(message)); }

Prose::Prose(std::string verbatim) {
  if (!verbatim.empty()) messages_.push_back(say<Said::kVerbatim>(std::move(verbatim)));
}

Prose& Prose::operator+=(Prose more) {
  if (messages_.empty()) {
    messages_ = std::move(more.messages_);
  } else {
    for (Message& m : more.messages_) messages_.push_back(std::move(m));
  }
  return *this;
}

Argument::Argument(Number number) : value(std::move(number)) {
  // JSON has no such numbers.
  if (const auto& n = std::get<Number>(value); !std::isfinite(n.value)) value = fixed(n.value, n.decimals);
}

namespace {

bool same(const Argument& a, const Argument& b);

bool same(const std::vector<Argument>& a, const std::vector<Argument>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

struct SameAs {
  const Argument& other;

  template <typename T>
  bool operator()(const T& mine) const {
    const T* its = std::get_if<T>(&other.value);
    if (its == nullptr) return false;
    if constexpr (std::is_same_v<T, Number>) {
      return mine.value == its->value && mine.decimals == its->decimals && mine.unit == its->unit;
    } else if constexpr (std::is_same_v<T, Listing>) {
      return mine.join == its->join && mine.more == its->more && same(mine.items, its->items);
    } else {
      return mine == *its;
    }
  }
};

bool same(const Argument& a, const Argument& b) { return std::visit(SameAs{b}, a.value); }

}  // namespace

bool operator==(const Prose& a, const Prose& b) {
  if (a.messages_.size() != b.messages_.size()) return false;
  for (std::size_t i = 0; i < a.messages_.size(); ++i) {
    if (a.messages_[i].id != b.messages_[i].id || !same(a.messages_[i].arguments, b.messages_[i].arguments))
      return false;
  }
  return true;
}

std::string english(const Prose& prose) {
  std::string out;
  append(out, prose);
  return out;
}

Number number(double value, int decimals, std::string unit) { return {value, decimals, std::move(unit)}; }

Number amount_number(double value, int decimals, std::string unit) {
  return {value, decimals_of_amount(value, decimals), std::move(unit)};
}

Number beside_number(double value, double limit, int decimals, std::string unit) {
  return {value, decimals_beside(value, limit, decimals), std::move(unit)};
}

Number exact_number(double value, std::string unit) {
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed).ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t point = text.find('.');
  return {value, point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1), std::move(unit)};
}

Listing listing(const std::vector<std::string>& items) {
  Listing out;
  for (std::size_t i = 0; i < items.size() && i < kMostNamed; ++i) out.items.emplace_back(items[i]);
  out.more = items.size() - out.items.size();
  return out;
}

Listing listing(std::vector<Argument> items) {
  Listing out;
  if (items.size() > kMostNamed) {
    out.more = items.size() - kMostNamed;
    items.erase(items.begin() + kMostNamed, items.end());
  }
  out.items = std::move(items);
  return out;
}

Listing listing_of_all(Join join, const std::vector<std::string>& items) {
  Listing out;
  out.join = join;
  for (const std::string& item : items) out.items.emplace_back(item);
  return out;
}

}  // namespace dosegate
