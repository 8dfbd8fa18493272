// The stagings of vascular invasion in the clinical record, as rules name them and choose among them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/record/record.h"
#include "core/text/message.h"

namespace dosegate {

// "Vp3, Vv0 (Tue 2026-11-17)"; what is not stated is "Vp?".
Message text_of(const Staging& staging);

// The latest up to enrolment; where there is none, or no day of enrolment, the earliest. And the latest of all. Null
// where there is none. One without a date comes before all others, so that it is met and mended.
const Staging* baseline(const Record& record);
const Staging* latest_staging(const Record& record);

}  // namespace dosegate
