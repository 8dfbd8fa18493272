// Days and times as members of a JSON document.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/json/reader.h"
#include "core/record/day.h"

namespace dosegate {

// None where the member is absent, or is no day or time, which is then an error of the reader.
std::optional<Day> read_day(ObjectReader& reader, std::string_view name);
std::optional<TimeOfDay> read_time(ObjectReader& reader, std::string_view name);
// An array of days: ascending, each once. What is no day is an error of the reader.
std::vector<Day> read_days(ObjectReader& reader, std::string_view name);

}  // namespace dosegate
