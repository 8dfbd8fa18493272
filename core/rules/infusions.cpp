#include "core/rules/infusions.h"

#include <algorithm>

#include "core/report/text.h"

namespace dosegate {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

DrugInfusions infusions_of(const Record& record, const std::string& drug) {
  DrugInfusions out;
  for (std::size_t i = 0; i < record.infusions.size(); ++i) {
    const Infusion& infusion = record.infusions[i];
    const std::string place = "The infusion at place " + std::to_string(i + 1);
    if (infusion.drug.empty()) {
      out.problems.push_back(place + " states no drug.");
    } else if (lower(infusion.drug) != lower(drug)) {
      continue;
    } else if (!infusion.date) {
      out.problems.push_back(place + " states no date.");
    } else {
      (infusion.given.value_or(true) ? out.given : out.scheduled).push_back(infusion);
    }
  }
  for (auto* list : {&out.given, &out.scheduled}) {
    std::stable_sort(list->begin(), list->end(), [](const auto& a, const auto& b) { return *a.date < *b.date; });
  }
  return out;
}

std::optional<Day> infusion_day(const DrugInfusions& infusions, std::size_t number) {
  std::vector<Day> days;
  for (const auto* list : {&infusions.given, &infusions.scheduled}) {
    for (const Infusion& i : *list) days.push_back(*i.date);
  }
  std::sort(days.begin(), days.end());
  if (number == 0 || number > days.size()) return {};
  return days[number - 1];
}

}  // namespace dosegate
