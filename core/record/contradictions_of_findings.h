// Findings of one record that do not go together: stagings, resectability, laboratory values, response, events. A part
// of contradictions.h.
#pragma once

#include "core/record/contradictions.h"

namespace dosegate {

void findings_that_contradict(const Record& record, const std::set<std::string>& drugs, std::optional<Day> today,
                              std::vector<Contradiction>& out);

}  // namespace dosegate
