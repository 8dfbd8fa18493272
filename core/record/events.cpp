#include "core/record/events.h"

#include <functional>

namespace dosegate {

bool took_place(const DeliveredFraction& f) {
  return !(f.dose && f.dose->in_gy() == 0.0 && f.monitor_units.value_or(0.0) == 0.0);
}

Given was_given(const Infusion& infusion, std::optional<Day> today) {
  if (infusion.given) return *infusion.given ? Given::kYes : Given::kNo;
  return today && infusion.date && *infusion.date > *today ? Given::kNo : Given::kNotKnown;
}

std::string drug_name(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t';
    if (is_blank && (out.empty() || out.back() == ' ')) continue;
    out.push_back(is_blank ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

namespace {

// The first, or the last, day of fractions that took place up to `today`.
template <typename Better>
std::optional<Day> fraction_day(const Record& record, std::optional<Day> today, const Better& better) {
  std::optional<Day> found;
  for (const DeliveredFraction& f : record.delivered_fractions) {
    if (!f.date || !took_place(f) || (today && *f.date > *today)) continue;
    if (!found || better(*f.date, *found)) found = f.date;
  }
  return found;
}

template <Said event>
void take_earlier(std::optional<TimedEvent>& first, Day date) {
  if (!first || date < first->date) first = TimedEvent{date, say<event>(date)};
}

}  // namespace

std::optional<Day> first_fraction(const Record& record, std::optional<Day> today) {
  return fraction_day(record, today, std::less<>());
}
std::optional<Day> last_fraction(const Record& record, std::optional<Day> today) {
  return fraction_day(record, today, std::greater<>());
}

std::optional<TimedEvent> first_treatment(const Record& record, const std::set<std::string>& drugs,
                                          std::optional<Day> today) {
  std::optional<TimedEvent> given, planned;
  for (const Infusion& i : record.infusions) {
    if (!i.date || (!drugs.empty() && drugs.count(drug_name(i.drug)) == 0)) continue;
    if (was_given(i, today) != Given::kNo) {
      if (!today || *i.date <= *today) take_earlier<Said::kFirstInfusionOn>(given, *i.date);
    } else if (!today || *i.date >= *today) {
      take_earlier<Said::kFirstInfusionScheduledOn>(planned, *i.date);
    }
  }
  if (const auto first = first_fraction(record, today)) take_earlier<Said::kFirstFractionOn>(given, *first);
  if (given) return given;
  for (const PlannedFraction& f : record.planned_fractions) {
    if (f.date && (!today || *f.date >= *today)) take_earlier<Said::kFirstFractionPlannedOn>(planned, *f.date);
  }
  return planned;
}

std::optional<Day> operation_day(const Record& record) {
  return record.surgery && record.surgery->performed.value_or(true) ? record.surgery->date : std::nullopt;
}

std::optional<Day> operation_by(const Record& record, std::optional<Day> today) {
  const auto day = operation_day(record);
  const bool is_planned = day && !record.surgery->performed && today && *day > *today;
  return is_planned ? std::nullopt : day;
}

std::optional<Day> day_of_death(const Record& record) {
  std::optional<Day> died;
  const auto take = [&](const std::optional<Day>& date) {
    if (date && (!died || *date < *died)) died = date;
  };
  for (const AdverseEvent& e : record.adverse_events) {
    if (e.grade == 5) take(e.date);
  }
  if (record.surgery) {
    for (const Complication& c : record.surgery->complications) {
      if (c.grade == ClavienDindo::kV) take(c.date);
    }
  }
  return died;
}

}  // namespace dosegate
