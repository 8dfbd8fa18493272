// Which of the engine's sentences one is: by an id that the compiler knows, so that a sentence that is gone or renamed
// is not asked for in vain.
#pragma once

#include "dosegate/v1/sentence.pb.h"
#include "proto/messages/said.h"

namespace dosegate::present {

// Whether it is one of these.
template <typename... Ids>
bool says(const dosegate::v1::Sentence& sentence, Ids... ids) {
  return ((sentence.id() == name_of(ids)) || ...);
}

}  // namespace dosegate::present
