// Which of the engine's sentences one is: by an id that the compiler knows, so that a sentence that is gone or renamed
// is not asked for in vain.
#pragma once

#include "dosegate/v1/sentence.pb.h"
#include "proto/messages/said.h"

namespace dosegate::present {

inline bool says(const dosegate::v1::Sentence& sentence, Said id) { return sentence.id() == name_of(id); }

template <typename... Ids>
bool says_any(const dosegate::v1::Sentence& sentence, Ids... ids) {
  return (says(sentence, ids) || ...);
}

}  // namespace dosegate::present
