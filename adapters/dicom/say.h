// What reading found, as data: sentences of proto/messages/reading.inc, for the notes of CaseOptions. The library makes
// their English, and whoever shows a report has all languages.
#pragma once

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include "dosegate/v1/sentence.pb.h"
#include "proto/messages/said.h"

namespace dosegate::dicom {

// Names, in their order; of many the first twenty.
inline v1::ArgumentList names_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  v1::ArgumentList list;
  list.set_join(v1::ArgumentList::COMMA);
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i) list.add_items()->set_text(names[i]);
  if (names.size() > kMost) list.set_more(static_cast<std::int64_t>(names.size() - kMost));
  return list;
}

inline void set(v1::Argument& to, std::string text) { to.set_text(std::move(text)); }
inline void set(v1::Argument& to, std::integral auto count) { to.set_count(static_cast<std::int64_t>(count)); }
inline void set(v1::Argument& to, v1::Sentence part) { *to.mutable_sentences()->add_sentences() = std::move(part); }
inline void set(v1::Argument& to, v1::ArgumentList list) { *to.mutable_list() = std::move(list); }

// As say() of the engine: does not compile with other arguments than the English words name.
template <Said id, typename... T>
v1::Sentence say(T&&... arguments) {
  static_assert(messages::fits<id, T...>(), "other arguments than proto/messages/*.inc names");
  v1::Sentence sentence;
  sentence.set_id(std::string(name_of(id)));
  (set(*sentence.add_arguments(), std::forward<T>(arguments)), ...);
  return sentence;
}

// A note of one sentence.
inline v1::Sentences note_of(v1::Sentence sentence) {
  v1::Sentences note;
  *note.add_sentences() = std::move(sentence);
  return note;
}

}  // namespace dosegate::dicom
