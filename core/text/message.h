// What the engine says, as data: sentences with an id and typed arguments, so that a face can say them in its reader's
// language. The English sentence is made of the same id and arguments and cannot differ from them. The words are in
// proto/messages/*.inc.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "proto/messages/pattern.h"

namespace dosegate {

// One for each sentence, and each part of one that several share.
enum class Said : std::uint16_t {
#define MESSAGE(id, en, de, zh) k##id,
#include "proto/messages/all.inc"
#undef MESSAGE
  kCount
};

inline constexpr std::string_view kEnglishPatterns[] = {
#define MESSAGE(id, en, de, zh) en,
#include "proto/messages/all.inc"
#undef MESSAGE
};
static_assert(std::size(kEnglishPatterns) == static_cast<std::size_t>(Said::kCount));

constexpr std::string_view english_pattern(Said id) { return kEnglishPatterns[static_cast<std::size_t>(id)]; }
std::string_view name_of(Said id);  // as in reports: "DoseMet"

struct Message;
struct Argument;

// Sentences, one after the other. As an argument: a reason, or a part of a sentence; none: nothing is put in its place.
class Prose {
 public:
  // Defined below Message, of which it consists.
  Prose();
  Prose(const Prose&);
  Prose(Prose&&) noexcept;
  Prose& operator=(const Prose&);
  Prose& operator=(Prose&&) noexcept;
  ~Prose();

  Prose(Message message);
  // Words that have no id: a face can say them in no other language. Of empty text: nothing.
  Prose(std::string verbatim);
  Prose(const char* verbatim) : Prose(std::string(verbatim)) {}

  Prose& operator+=(Prose more);
  bool empty() const { return messages_.empty(); }
  void clear();
  const std::vector<Message>& messages() const { return messages_; }

  friend bool operator==(const Prose& a, const Prose& b);

 private:
  std::vector<Message> messages_;
};

// Shown with at most so many decimals, trailing zeros dropped, and its unit.
struct Number {
  double value = 0.0;
  int decimals = 0;
  std::string unit;
};

// "a, b and c", "a, b or c", "a, b, c", "a; b; c"
enum class Join { kAnd, kOr, kComma, kSemicolon };

struct Listing {
  Join join = Join::kAnd;
  std::vector<Argument> items;
  std::size_t more = 0;  // that are not named
};

struct Argument {
  using Day = std::chrono::local_days;

  std::variant<std::string, Number, std::int64_t, Day, Prose, Listing> value;

  Argument(std::string text) : value(std::move(text)) {}
  Argument(std::string_view text) : value(std::string(text)) {}
  Argument(const char* text) : value(std::string(text)) {}
  Argument(Number number);
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Argument(T count)
      : value(static_cast<std::int64_t>(count)) {}
  Argument(Day day) : value(day) {}
  Argument(Prose prose) : value(std::move(prose)) {}
  Argument(Message message);
  Argument(Listing list) : value(std::move(list)) {}
};

struct Message {
  Said id{};
  std::vector<Argument> arguments;  // those that the English pattern names, in its order
};

inline Prose::Prose() = default;
inline Prose::Prose(const Prose&) = default;
inline Prose::Prose(Prose&&) noexcept = default;
inline Prose& Prose::operator=(const Prose&) = default;
inline Prose& Prose::operator=(Prose&&) noexcept = default;
inline Prose::~Prose() = default;
inline void Prose::clear() { messages_.clear(); }

inline Argument::Argument(Message message) : value(Prose(std::move(message))) {}

namespace detail {
// For the check of arguments at compile time alone.
inline constexpr std::array<std::string_view, 2> kPatternsElsewhere[] = {
#define MESSAGE(id, en, de, zh) {de, zh},
#include "proto/messages/all.inc"
#undef MESSAGE
};

// In some language a form depends on it.
template <Said id>
consteval bool counts_anywhere(std::string_view name, bool counts) {
  for (const std::string_view pattern : kPatternsElsewhere[static_cast<std::size_t>(id)]) {
    const messages::Names names = messages::names_of(pattern);
    const std::size_t at = names.find(name);
    counts = counts || (at < names.size && names.counts[at]);
  }
  return counts;
}

template <typename T>
inline constexpr bool kIsCount = std::is_integral_v<std::remove_cvref_t<T>>;

template <Said id, typename... T>
consteval bool fits() {
  constexpr messages::Names names = messages::names_of(english_pattern(id));
  constexpr std::array<bool, sizeof...(T) + 1> counts = {kIsCount<T>..., false};
  if (!messages::is_well_formed(english_pattern(id)) || !names.fits || names.size != sizeof...(T)) return false;
  for (std::size_t i = 0; i < sizeof...(T); ++i) {
    if (counts_anywhere<id>(names.all[i], names.counts[i]) && !counts[i]) return false;
  }
  return true;
}
}  // namespace detail

// The sentence with its arguments, in the order in which its English pattern names them. Does not compile with more or
// fewer arguments than it names, or where a form depends on what is no whole number.
template <Said id, typename... T>
Message say(T&&... arguments) {
  static_assert(detail::fits<id, T...>(), "other arguments than proto/messages/*.inc names");
  Message message;
  message.id = id;
  message.arguments.reserve(sizeof...(T));
  (message.arguments.emplace_back(std::forward<T>(arguments)), ...);
  return message;
}

// In English, sentences parted by a space.
std::string english(const Prose& prose);

// As numbers stand in sentences: core/text/text.h has the same as text.
Number number(double value, int decimals, std::string unit = {});
Number amount_number(double value, int decimals, std::string unit = {});
Number beside_number(double value, double limit, int decimals, std::string unit = {});
// With as many decimals as tell it from every other number.
Number exact_number(double value, std::string unit = {});

// Of many the first eight.
Listing listing(const std::vector<std::string>& items);
Listing listing(std::vector<Argument> items);
// All of them.
Listing listing_of_all(Join join, const std::vector<std::string>& items);

}  // namespace dosegate
