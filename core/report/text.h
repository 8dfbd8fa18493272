// Numbers and names as they stand in sentences for the user. Independent of the locale.
#pragma once

#include <string>
#include <string_view>

namespace dosegate {

// Fixed notation with at most `decimals` digits after the point, trailing zeros dropped ("43.1", "40").
std::string fixed(double value, int decimals);

// The name in single quotes, as it stands in messages.
std::string quoted(std::string_view name);

}  // namespace dosegate
