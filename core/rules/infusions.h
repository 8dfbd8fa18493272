// The infusions of one drug, as rules count them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/record/record.h"
#include "core/text/message.h"

namespace dosegate {

// Each in the order of their dates, all dated.
struct DrugInfusions {
  std::vector<Infusion> given;      // as stated, or it is not known of a day gone by (Infusion::given is absent)
  std::vector<Infusion> scheduled;  // for today or later, and nothing given that day
  std::vector<Infusion> cancelled;  // scheduled for a day gone by and not given: no infusion
  std::vector<Message> problems;    // sentences: infusions without a date or drug
};

// `drug` as in the record: case is ignored. What states no drug or no date cannot be counted: a problem. `today`: the
// day of the check; none: nothing is gone by.
DrugInfusions infusions_of(const Record& record, const std::string& drug, std::optional<Day> today);

// " (that scheduled for Tue 2024-01-02 was not given)", of those before `day`; none: every one. Of none: "".
Prose cancelled_text(const DrugInfusions& infusions, std::optional<Day> day = std::nullopt);
// The date of the `number`th of them, counted from 1, given or scheduled; none: there is none.
std::optional<Day> infusion_day(const DrugInfusions& infusions, std::size_t number);

}  // namespace dosegate
