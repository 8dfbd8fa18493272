// The ids of all sentences, their English words, and the check that a sentence is said with the arguments that its
// words name, when it is compiled. Of the standard library alone: the engine (core/text/message.h) and the reader of
// DICOM (adapters/dicom/say.h) say sentences.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <type_traits>

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

inline constexpr std::string_view kNamesOfSentences[] = {
#define MESSAGE(id, en, de, zh) #id,
#include "proto/messages/all.inc"
#undef MESSAGE
};

constexpr std::string_view english_pattern(Said id) { return kEnglishPatterns[static_cast<std::size_t>(id)]; }
// As in reports: "DoseMet".
constexpr std::string_view name_of(Said id) { return kNamesOfSentences[static_cast<std::size_t>(id)]; }

namespace messages {

// For the check of arguments alone.
inline constexpr std::array<std::string_view, 2> kPatternsElsewhere[] = {
#define MESSAGE(id, en, de, zh) {de, zh},
#include "proto/messages/all.inc"
#undef MESSAGE
};

// Whether in some language a form depends on the argument of that name.
constexpr bool counts_anywhere(Said id, std::string_view name) {
  const auto counts_in = [&](std::string_view pattern) {
    const Names names = names_of(pattern);
    const std::size_t at = names.find(name);
    return at < names.size && names.counts[at];
  };
  const auto& elsewhere = kPatternsElsewhere[static_cast<std::size_t>(id)];
  return counts_in(english_pattern(id)) || counts_in(elsewhere[0]) || counts_in(elsewhere[1]);
}

// Arguments of these types are as many as the English words name, and whole numbers where a form depends on one.
template <Said id, typename... T>
consteval bool fits() {
  constexpr Names names = names_of(english_pattern(id));
  constexpr std::array<bool, sizeof...(T) + 1> is_count = {std::is_integral_v<std::remove_cvref_t<T>>..., false};
  if (!is_well_formed(english_pattern(id)) || !names.fits || names.size != sizeof...(T)) return false;
  for (std::size_t i = 0; i < sizeof...(T); ++i) {
    if (counts_anywhere(id, names.all[i]) && !is_count[i]) return false;
  }
  return true;
}

}  // namespace messages
}  // namespace dosegate
