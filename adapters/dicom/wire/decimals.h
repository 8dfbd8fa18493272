// Numbers written as text (VR DS and IS).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace dosegate::dicom {

// Without the padding of DICOM: spaces around it, NUL behind it.
std::string_view trimmed(std::string_view text);

// A decimal or integer string of DICOM, spaces around it allowed, '+' allowed. Nothing else: no NaN, no
// infinity, no comma. nullopt when it is not one. The double nearest to what is written.
std::optional<double> parse_decimal(std::string_view text);
std::optional<std::int32_t> parse_integer(std::string_view text);

// Appends every value of a '\'-separated list; false at the first that is no finite number.
bool parse_decimals(std::string_view text, std::vector<double>& out);

}  // namespace dosegate::dicom
