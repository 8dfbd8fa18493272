// Numbers and names as they stand in sentences for the user. Independent of the locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dosegate {

// Fixed notation with at most `decimals` digits after the point, trailing zeros dropped ("43.1", "40").
std::string fixed(double value, int decimals);

// With a capital first letter, to begin a sentence.
std::string capital(std::string text);

std::string day_count(std::int64_t n);  // "1 day", "21 days"

// The name in single quotes, as it stands in messages.
std::string quoted(std::string_view name);

}  // namespace dosegate
