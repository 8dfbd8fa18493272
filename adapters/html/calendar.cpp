#include "adapters/html/calendar.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace dosegate::html {
namespace {

using Days = std::chrono::days;
using v1::Fractionation;

constexpr int kMostWeeks = 30;

std::optional<int> number_in(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int weekday_of(CivilDay day) { return static_cast<int>(std::chrono::weekday(day).iso_encoding()); }

std::map<CivilDay, std::vector<DayOfCourse::Fraction>> fractions_of(const v1::ClinicalRecord& record) {
  std::map<CivilDay, std::vector<DayOfCourse::Fraction>> found;
  std::map<int, bool> given;
  for (const auto& f : record.delivered_fractions()) {
    given[f.number()] = f.dose_gy() > 0.0;
    if (const auto day = day_of(f.date()); day && f.dose_gy() > 0.0)
      found[*day].push_back({f.number(), true, f.dose_gy()});
  }
  for (const auto& f : record.planned_fractions()) {
    if (f.has_number() && given[f.number()]) continue;
    if (const auto day = day_of(f.date())) found[*day].push_back({f.number(), false, f.dose_gy()});
  }
  return found;
}

// Infusions of the drug, each day once, in order of time.
std::map<CivilDay, bool> infusions_of(const v1::ClinicalRecord& record, const std::string& drug) {
  std::map<CivilDay, bool> found;
  for (const auto& i : record.infusions()) {
    if (!drug.empty() && i.drug() != drug) continue;
    if (const auto day = day_of(i.date())) found[*day] = found[*day] || i.given();
  }
  return found;
}

struct Allowed {
  std::optional<CivilDay> anchor, from, to;
  // Where only the last day is stated, that day alone: all before it would say nothing.
  bool holds(CivilDay day) const { return anchor && to && day >= from.value_or(*to) && day <= *to; }
};

Allowed allowed(const Fractionation::Timing& timing, const std::map<CivilDay, bool>& infusions) {
  Allowed a;
  const auto n = static_cast<std::size_t>(timing.infusion());
  if (n < 1 || n > infusions.size()) return a;
  a.anchor = std::next(infusions.begin(), static_cast<std::ptrdiff_t>(n) - 1)->first;
  if (timing.has_due_day()) a.from = a.to = *a.anchor + Days(timing.due_day());
  if (timing.has_earliest_day()) a.from = *a.anchor + Days(timing.earliest_day());
  if (timing.has_latest_day()) {
    a.to = *a.anchor + Days(timing.latest_day());
  } else if (timing.has_warning_from_day()) {
    a.to = *a.anchor + Days(timing.warning_from_day() - 1);
  }
  return a;
}

}  // namespace

std::optional<CivilDay> day_of(std::string_view text) {
  using namespace std::chrono;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto y = number_in(text.substr(0, 4)), m = number_in(text.substr(5, 2)), d = number_in(text.substr(8, 2));
  if (!y || !m || !d || *y < 1900 || *y > 2199 || *m < 1 || *d < 1) return std::nullopt;
  const year_month_day date{year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

std::string iso(CivilDay at) {
  const std::chrono::year_month_day date(at);
  const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day()));
}

std::vector<DayOfCourse> days_of(const v1::ClinicalRecord& record, const Fractionation& fractionation,
                                 const std::vector<std::string>& holidays, const std::string& as_of) {
  const auto fractions = fractions_of(record);
  if (fractions.empty()) return {};
  const auto infusions = infusions_of(record, fractionation.infusion_drug());
  const Allowed start = allowed(fractionation.start(), infusions), end = allowed(fractionation.end(), infusions);
  const CivilDay first = fractions.begin()->first, last = fractions.rbegin()->first;
  CivilDay from = first, to = last;
  for (const Allowed* a : {&start, &end}) {
    for (const auto& day : {a->anchor, a->from, a->to}) {
      if (day) from = std::min(from, *day), to = std::max(to, *day);
    }
  }
  from -= Days(weekday_of(from) - 1);
  to += Days(7 - weekday_of(to));
  to = std::min(to, from + Days(7 * kMostWeeks - 1));

  std::vector<DayOfCourse> out;
  double sum = 0.0;
  for (CivilDay day = from; day <= to; day += Days(1)) {
    DayOfCourse& d = out.emplace_back();
    d.day = day;
    if (const auto found = fractions.find(day); found != fractions.end()) d.fractions = found->second;
    for (const auto& f : d.fractions) sum += f.dose_gy;
    d.sum_gy = sum;
    int n = 0;
    for (const auto& [at, given] : infusions) {
      ++n;
      if (at == day) d.infusions.push_back(n), d.infusion_given.push_back(given);
    }
    const auto& week = fractionation.treatment_days();
    const bool in_week = std::find(week.begin(), week.end(), weekday_of(day)) != week.end();
    d.is_holiday = std::find(holidays.begin(), holidays.end(), iso(day)) != holidays.end();
    d.is_treatment_day = in_week && !d.is_holiday;
    d.is_gap =
        d.is_treatment_day && fractionation.days_between() <= 1 && day > first && day < last && d.fractions.empty();
    d.may_start = start.holds(day);
    d.may_end = end.holds(day);
    d.is_as_of = day_of(as_of) == day;
  }
  return out;
}

}  // namespace dosegate::html
