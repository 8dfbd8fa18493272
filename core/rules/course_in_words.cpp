#include "core/rules/course_in_words.h"

#include <vector>

#include "core/record/day.h"
#include "core/rules/requirement_words.h"
#include "core/rules/tally.h"
#include "core/text/text.h"

namespace dosegate {

std::string pattern_in_words(const Fractionation& f) {
  std::vector<std::string> days;
  for (const auto day : f.treatment_days) days.emplace_back(name_of(day));
  std::string text = "fractions on " + enumerated(days) + ", at most " + std::to_string(f.most_per_day) + " a day";
  if (f.most_per_day > 1) {
    text += " and " + plain(static_cast<double>(f.least_between.count()) / 60.0, "h") + " apart";
  }
  if (f.days_between > 1) text += ", " + day_count(f.days_between) + " from one to the next at least";
  for (const FractionWindow& w : f.windows) {
    text += ", at most " + std::to_string(w.most_fractions) + " in " + day_count(w.days);
  }
  return text;
}

std::string timing_in_words(const FractionTiming& t, const std::string& drug) {
  std::vector<std::string> parts;
  if (t.due_day) parts.push_back("on day " + std::to_string(*t.due_day) + " or the next treatment day");
  if (t.earliest_day) parts.push_back("not before day " + std::to_string(*t.earliest_day));
  if (t.latest_day) parts.push_back("not after day " + std::to_string(*t.latest_day));
  if (t.warning_from) parts.push_back("a warning from day " + std::to_string(*t.warning_from));
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text + ", counted from infusion " + std::to_string(t.infusion) + " of " + drug;
}

}  // namespace dosegate
