#include "core/schedule/course.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "core/record/events.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

Message which(const std::optional<std::int32_t>& number, std::size_t place, bool delivered) {
  if (delivered) {
    return number ? say<Said::kGivenFraction>(*number) : say<Said::kGivenFractionAtPlace>(place + 1);
  }
  return number ? say<Said::kPlannedFractionNumber>(*number) : say<Said::kPlannedFractionAtPlace>(place + 1);
}

bool earlier(const CourseFraction& a, const CourseFraction& b) {
  return std::tuple(a.date, a.time, a.number) < std::tuple(b.date, b.time, b.number);
}

// A day of which one states no time is in the order of the numbers: what is not known contradicts nothing.
void sort_by_time(std::vector<CourseFraction>& fractions) {
  std::sort(fractions.begin(), fractions.end(), earlier);
  for (auto from = fractions.begin(); from != fractions.end();) {
    const auto to = std::find_if(from, fractions.end(), [&](const CourseFraction& f) { return f.date != from->date; });
    if (std::any_of(from, to, [](const CourseFraction& f) { return !f.time; })) {
      std::stable_sort(from, to, [](const CourseFraction& a, const CourseFraction& b) { return a.number < b.number; });
    }
    from = to;
  }
}

}  // namespace

Message name_of(const CourseFraction& f) {
  return f.number > 0 ? say<Said::kCourseFraction>(f.number, f.date) : say<Said::kCourseFractionUnnumbered>(f.date);
}

Course course_of(const Record& record, std::optional<Day> today) {
  Course course;
  std::set<std::int32_t> given;
  const auto take = [&](const auto& f, std::size_t place, bool delivered) {
    const Message name = which(f.number, place, delivered);
    if (!f.number) course.missing.push_back(say<Said::kFractionStatesNoNumber>(name));
    if (!f.date) {
      course.missing.push_back(say<Said::kFractionStatesNoDate>(name));
      return;
    }
    CourseFraction out{f.number.value_or(0), *f.date, f.time, f.dose, delivered};
    if (delivered && today && *f.date > *today) {
      course.wrong.push_back(say<Said::kAfterThisCheck>(name, *f.date, *today));
    }
    if (!delivered && today && *f.date < *today) {
      course.missed.push_back(out);
    } else {
      course.fractions.push_back(out);
    }
  };
  for (std::size_t i = 0; i < record.delivered_fractions.size(); ++i) {
    if (!took_place(record.delivered_fractions[i])) continue;
    take(record.delivered_fractions[i], i, true);
    if (record.delivered_fractions[i].number) given.insert(*record.delivered_fractions[i].number);
  }
  std::set<std::int32_t> planned;
  for (std::size_t i = 0; i < record.planned_fractions.size(); ++i) {
    const PlannedFraction& f = record.planned_fractions[i];
    if (f.number && !planned.insert(*f.number).second) {
      course.wrong.push_back(say<Said::kFractionPlannedTwice>(*f.number));
      continue;
    }
    if (f.number && given.count(*f.number) > 0) continue;
    take(f, i, false);
  }
  sort_by_time(course.fractions);
  sort_by_time(course.missed);
  const CourseFraction* before = nullptr;
  for (const CourseFraction& f : course.fractions) {
    if (f.number == 0) continue;
    if (before != nullptr && f.number < before->number) {
      course.wrong.push_back(say<Said::kOrderOfNumbers>(name_of(*before), name_of(f)));
    }
    before = &f;
  }
  return course;
}

namespace {

// Whether so much more on the same day is a part of the same fraction.
bool goes_on(const Fractionation& scheme, std::int32_t number, const std::optional<Dose>& before,
             const std::optional<Dose>& more) {
  constexpr double kMostOfFraction = 1.05;
  const auto due = dose_of(scheme, number);
  return due && before && more && *before + *more <= kMostOfFraction * *due;
}

}  // namespace

std::vector<DeliveredFraction> join_parts(const std::vector<DeliveredFraction>& given,
                                          const std::optional<Fractionation>& scheme) {
  std::vector<DeliveredFraction> joined;
  for (const DeliveredFraction& f : given) {
    if (!took_place(f)) continue;
    const auto part = std::find_if(joined.begin(), joined.end(), [&](const DeliveredFraction& before) {
      return scheme && f.number && f.date && before.number == f.number && before.date == f.date &&
             goes_on(*scheme, *f.number, before.dose, f.dose);
    });
    if (part == joined.end()) {
      joined.push_back(f);
    } else {
      part->dose = *part->dose + *f.dose;
    }
  }
  return joined;
}

void join_parts(Course& course, const Fractionation& scheme) {
  std::vector<CourseFraction> joined;
  for (const CourseFraction& f : course.fractions) {
    if (!joined.empty() && f.number > 0) {
      CourseFraction& before = joined.back();
      const bool is_same = before.number == f.number && before.date == f.date && before.delivered && f.delivered;
      if (is_same && goes_on(scheme, f.number, before.dose, f.dose)) {
        before.dose = *before.dose + *f.dose;
        continue;
      }
    }
    joined.push_back(f);
  }
  course.fractions = std::move(joined);
}

std::optional<Dose> dose_of(const Fractionation& scheme, std::int32_t number) {
  for (const Phase& phase : scheme.phases) {
    if (number <= phase.fractions) return number > 0 ? std::optional<Dose>(phase.per_fraction) : std::nullopt;
    number -= phase.fractions;
  }
  return {};
}

double bed_gy(Dose fraction, double alpha_beta_gy) {
  return fraction.in_gy() * (1.0 + fraction.in_gy() / alpha_beta_gy);
}
double eqd2_gy(double bed, double alpha_beta_gy) { return bed / (1.0 + 2.0 / alpha_beta_gy); }

}  // namespace dosegate
