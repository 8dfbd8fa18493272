// The infusions of one drug, as rules count them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/record/record.h"

namespace dosegate {

struct DrugInfusions {
  std::vector<Infusion> given;        // in the order of their dates, all dated; `given` is not false
  std::vector<Infusion> scheduled;    // the same, not given yet
  std::vector<std::string> problems;  // sentences: infusions without a date or drug
};

// `drug` as in the record: case is ignored. What states no drug or no date cannot be counted: a problem.
DrugInfusions infusions_of(const Record& record, const std::string& drug);

// The date of the `number`th of them, counted from 1, given or scheduled; none: there is none.
std::optional<Day> infusion_day(const DrugInfusions& infusions, std::size_t number);

}  // namespace dosegate
