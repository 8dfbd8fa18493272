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
  std::sort(course.fractions.begin(), course.fractions.end(), earlier);
  std::sort(course.missed.begin(), course.missed.end(), earlier);
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

void join_parts(Course& course, const Fractionation& scheme) {
  constexpr double kMostOfFraction = 1.05;
  std::vector<CourseFraction> joined;
  for (const CourseFraction& f : course.fractions) {
    if (!joined.empty() && f.number > 0) {
      CourseFraction& before = joined.back();
      const auto due = dose_of(scheme, f.number);
      const bool is_same = before.number == f.number && before.date == f.date && before.delivered && f.delivered;
      if (is_same && due && before.dose && f.dose && *before.dose + *f.dose <= kMostOfFraction * *due) {
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
