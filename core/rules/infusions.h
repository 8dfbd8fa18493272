// The infusions of one drug, as rules count them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/record/record.h"
#include "core/text/message.h"

namespace dosegate {

// All of them are dated, and each list is in the order of the dates.
struct DrugInfusions {
  std::vector<Infusion> given;       // those stated as given, and those of a day gone by of which it is not stated
  std::vector<Infusion> scheduled;   // those for today or later, on days on which none was given
  std::vector<Infusion> cancelled;   // those that were scheduled for a day gone by and not given: they are no infusions
  std::vector<Message> problems;     // a sentence for each infusion without a date or drug
  std::map<Day, std::size_t> parts;  // of days on which more than one is recorded as given: how many
};

// `drug` is compared with the record's names without regard to case. An infusion that states no drug or no date cannot
// be counted, and is a problem. What was given on one day is one infusion, of all the dose of that day. `today` is the
// day of the check; without it no day counts as gone by.
DrugInfusions infusions_of(const Record& record, const std::string& drug, std::optional<Day> today);

// " (that scheduled for Tue 2024-01-02 was not given)", of all cancelled infusions or of those before `day`; empty
// where there is none.
Prose cancelled_text(const DrugInfusions& infusions, std::optional<Day> day = std::nullopt);
// The date of the infusion of that number, counted from 1 over those given and those scheduled; none where there are
// fewer.
std::optional<Day> infusion_day(const DrugInfusions& infusions, std::size_t number);

}  // namespace dosegate
