// The invasion of vessels, as rules read and name it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/record/record.h"
#include "core/text/message.h"

namespace dosegate {

Message text_of(const Staging& staging);  // "Vp3, Vv0 (Tue 2026-11-17)"; what is not stated is "Vp?"

// The earliest by date; nullptr: there is none. One without a date comes first: it has to be mended.
const Staging* baseline(const Record& record);
const Staging* latest_staging(const Record& record);

}  // namespace dosegate
