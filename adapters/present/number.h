// Numbers for people: fixed decimals, a point whatever the locale, as many digits as the comparison needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dosegate::present {

inline constexpr int kDecimals = 2;

// "42.31"; never "-0.00". NaN and infinity: "not a number".
std::string fixed(double value, int decimals = kDecimals);

// A count in groups of three digits, with narrow spaces that are not broken at: "125 271"; less than 10,000 as it is.
std::string grouped(long long count);

// The shortest text that reads back as the same number: "45", "49.5". NaN and infinity: "not a number".
std::string shortest(double value);

// fixed(), with further decimals where two would show a value on the limit that is not on it.
std::string against(double value, std::optional<double> limit);

// "42.31 Gy", "12.50 %", "180.00 x10^9/L" of the UCUM code 10*9/L, or the number alone where there is no unit or the
// code is that of a ratio, "1"; a count ("15") then has no decimals.
std::string with_unit(std::string number, std::string_view unit);

}  // namespace dosegate::present
