// Numbers and names as they stand in sentences for the user. Independent of the locale.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace dosegate {

// Fixed notation with at most `decimals` digits after the point, trailing zeros dropped ("43.1", "40").
std::string fixed(double value, int decimals);

// The same with further decimals, up to 6, where so few would show nothing ("0.002", not "0").
std::string amount(double value, int decimals);

// The same with as many further decimals as show on which side of the limit the value is.
std::string beside(double value, double limit, int decimals);

// How many decimals these two take.
int decimals_of_amount(double value, int decimals);
int decimals_beside(double value, double limit, int decimals);

// An interval's ends with so many decimals, rounded outwards: "53.9999 to 54.0001".
std::string outwards(double lower, double upper, int decimals);

// The same ends as numbers.
double down_to(double value, int decimals);
double up_to(double value, int decimals);

std::string spoken(std::chrono::local_days day);  // "Mon 2026-11-23"

// With a capital first letter, to begin a sentence.
std::string capital(std::string text);

std::string day_count(std::int64_t n);  // "1 day", "21 days"

// The name in single quotes, as it stands in messages.
std::string quoted(std::string_view name);

}  // namespace dosegate
