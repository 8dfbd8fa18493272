// What the engine says, as data: sentences with an id and typed arguments, so that a face can say them in its reader's
// language. The English sentence is made of the same id and arguments and cannot differ from them. The words are in
// proto/messages/*.inc.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "proto/messages/said.h"

namespace dosegate {

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

// The sentence with its arguments, in the order in which its English pattern names them. Does not compile with more or
// fewer arguments than it names, or where a form depends on what is no whole number.
template <Said id, typename... T>
Message say(T&&... arguments) {
  static_assert(messages::fits<id, T...>(), "other arguments than proto/messages/*.inc names");
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
