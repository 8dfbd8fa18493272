// The clinical record of the sound patient: everything of the trial done in time, up to follow-up a year after surgery.
//
// First infusion on Sunday 2026-11-22, so that radiotherapy starts the day after on a Monday, ends on Friday 2026-12-11
// and the second infusion on Sunday 2026-12-13 comes strictly later. Assessed on 2027-01-24, nine weeks after the first
// dose; surgery on 2027-01-31; adjuvant infusions every three weeks from 2027-02-14 for a year.
#pragma once

#include "core/record/record.h"

namespace dosegate::clause_test {

Record sound_record();
// The day on which the sound patient is looked at: after all of it.
Day sound_day();

Day day(const char* text);  // "2026-11-23"; ends the program where it is none

}  // namespace dosegate::clause_test
