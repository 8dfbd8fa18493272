#include "core/rules/infusions.h"

#include <algorithm>
#include <utility>

#include "core/record/events.h"
#include "core/rules/tally.h"

namespace dosegate {
namespace {

// One that was broken off and went on, or stands in the record in two parts. Precondition: by date.
void join_days(DrugInfusions& infusions) {
  std::vector<Infusion> joined;
  for (const Infusion& i : infusions.given) {
    if (joined.empty() || *joined.back().date != *i.date) {
      joined.push_back(i);
      continue;
    }
    Infusion& day = joined.back();
    day.dose_mg = day.dose_mg && i.dose_mg ? std::optional<double>(*day.dose_mg + *i.dose_mg) : std::nullopt;
    if (!i.given) day.given = std::nullopt;
    ++infusions.parts.try_emplace(*i.date, 1).first->second;
  }
  infusions.given = std::move(joined);
}

}  // namespace

DrugInfusions infusions_of(const Record& record, const std::string& drug, std::optional<Day> today) {
  DrugInfusions out;
  for (std::size_t i = 0; i < record.infusions.size(); ++i) {
    const Infusion& infusion = record.infusions[i];
    if (infusion.drug.empty()) {
      out.problems.push_back(say<Said::kInfusionWithoutDrug>(i + 1));
    } else if (drug_name(infusion.drug) != drug_name(drug)) {
      continue;
    } else if (!infusion.date) {
      out.problems.push_back(say<Said::kInfusionWithoutDate>(i + 1));
    } else if (was_given(infusion, today) != Given::kNo) {
      out.given.push_back(infusion);
    } else {
      (today && *infusion.date < *today ? out.cancelled : out.scheduled).push_back(infusion);
    }
  }
  const auto earlier = [](const Infusion& a, const Infusion& b) { return *a.date < *b.date; };
  for (auto* list : {&out.given, &out.scheduled, &out.cancelled}) std::stable_sort(list->begin(), list->end(), earlier);
  join_days(out);
  // A schedule may stand beside what was given by it.
  for (auto* list : {&out.scheduled, &out.cancelled}) {
    std::erase_if(
        *list, [&](const Infusion& i) { return std::binary_search(out.given.begin(), out.given.end(), i, earlier); });
  }
  return out;
}

Prose cancelled_text(const DrugInfusions& infusions, std::optional<Day> day) {
  std::vector<Argument> days;
  for (const Infusion& i : infusions.cancelled) {
    if (!day || *i.date < *day) days.emplace_back(*i.date);
  }
  if (days.empty()) return {};
  if (days.size() == 1) return say<Said::kCancelledOne>(std::move(days.front()));
  return say<Said::kCancelledSeveral>(listing(std::move(days)));
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
