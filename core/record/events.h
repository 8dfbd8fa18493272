// What the record tells of, as events in time: the first treatment, the operation, what took place at all.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "core/record/record.h"
#include "core/text/message.h"

namespace dosegate {

// A fraction whose beam came on: one of 0 Gy without monitor units was broken off before, and is none.
bool took_place(const DeliveredFraction& fraction);

// Whether it was given: as stated; where nothing is stated, not known for a day up to `today`, and no for one after it.
enum class Given { kYes, kNo, kNotKnown };
Given was_given(const Infusion& infusion, std::optional<Day> today);

// Lower case, as drugs are compared.
std::string drug_name(const std::string& text);

struct TimedEvent {
  Day date;
  Message text;  // "the first fraction on Mon 2024-01-08"
};

// Of the fractions that took place up to `today`.
std::optional<Day> first_fraction(const Record& record, std::optional<Day> today);
std::optional<Day> last_fraction(const Record& record, std::optional<Day> today);

// The first infusion of one of `drugs` (of any, where there are none) or the first fraction, whichever was earlier.
// Before anything was given: what is planned first. None: neither.
std::optional<TimedEvent> first_treatment(const Record& record, const std::set<std::string>& drugs,
                                          std::optional<Day> today);

// The day of an operation that was performed, or of which only the day is stated. None: there was none, or no day.
std::optional<Day> operation_day(const Record& record);
// The same, but for one that is planned: of which only the day is stated, and that is later than `today`.
std::optional<Day> operation_by(const Record& record, std::optional<Day> today);

// An adverse event of grade 5 or a complication of grade V; of several the first. None: neither, or it has no day.
std::optional<Day> day_of_death(const Record& record);

}  // namespace dosegate
