// English words that the requirements (RuleKind::requirement) of several kinds of rule share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dosegate {

// The shortest text that reads back as the same number, with its unit: "45 Gy", "3 %".
std::string plain(double value, const std::string& unit = "");

// "3 fractions", "1 fraction".
std::string counted(std::int64_t n, const std::string& one, const std::string& many);

// "18 to 70", "at least 18", "at most 2"; empty without bounds.
std::string bounds_text(std::optional<std::int32_t> least, std::optional<std::int32_t> most);

// "a", "a or b", "a, b or c".
std::string either(const std::vector<std::string>& items);

// ", at most 28 days before the first treatment"; empty without a window.
std::string window_text(std::optional<std::int32_t> days, const std::string& before);

// ", give or take 3 days"; empty for 0 days.
std::string give_or_take(std::int32_t days);

}  // namespace dosegate
