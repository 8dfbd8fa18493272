#include "core/schedule/course.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "core/record/events.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

std::string which(const std::optional<std::int32_t>& number, std::size_t place, const char* kind) {
  return number ? std::string(kind) + " fraction " + std::to_string(*number)
                : "The " + std::string(kind) + " fraction at place " + std::to_string(place + 1);
}

bool earlier(const CourseFraction& a, const CourseFraction& b) {
  return std::tuple(a.date, a.time, a.number) < std::tuple(b.date, b.time, b.number);
}

}  // namespace

std::string name_of(const CourseFraction& f) {
  return (f.number > 0 ? "fraction " + std::to_string(f.number) : std::string("a fraction without number")) + " (" +
         spoken(f.date) + ")";
}

Course course_of(const Record& record, std::optional<Day> today) {
  Course course;
  std::set<std::int32_t> given;
  const auto take = [&](const auto& f, std::size_t place, bool delivered) {
    const std::string name = capital(which(f.number, place, delivered ? "delivered" : "planned"));
    if (!f.number) course.missing.push_back(name + " states no number.");
    if (!f.date) {
      course.missing.push_back(name + " states no date.");
      return;
    }
    CourseFraction out{f.number.value_or(0), *f.date, f.time, f.dose, delivered};
    if (delivered && today && *f.date > *today) {
      course.wrong.push_back(name + " is dated " + spoken(*f.date) + ", after the day of this check, " +
                             spoken(*today) + ".");
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
      course.wrong.push_back("Fraction " + std::to_string(*f.number) + " is planned twice.");
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
      course.wrong.push_back("The order of numbers is not that of dates: " + name_of(*before) + " comes before " +
                             name_of(f) + ".");
    }
    before = &f;
  }
  return course;
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
