#include "core/rules/requirement_words.h"

#include "core/json/writer.h"
#include "core/text/text.h"

namespace dosegate {

std::string plain(double value, const std::string& unit) {
  return number_text(value) + (unit.empty() ? "" : " " + unit);
}

std::string counted(std::int64_t n, const std::string& one, const std::string& many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string bounds_text(std::optional<std::int32_t> least, std::optional<std::int32_t> most) {
  if (least && most) return std::to_string(*least) + " to " + std::to_string(*most);
  if (least) return "at least " + std::to_string(*least);
  return most ? "at most " + std::to_string(*most) : "";
}

std::string either(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " or " : ", ";
    text += items[i];
  }
  return text;
}

std::string window_text(std::optional<std::int32_t> days, const std::string& before) {
  return days ? ", at most " + day_count(*days) + " before " + before : "";
}

std::string give_or_take(std::int32_t days) { return days == 0 ? "" : ", give or take " + day_count(days); }

}  // namespace dosegate
