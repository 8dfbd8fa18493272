// The fractions of one course in the order of treatment: what was given, then what is planned and still to come.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/record/record.h"
#include "core/schedule/fractionation.h"
#include "core/text/message.h"

namespace dosegate {

struct CourseFraction {
  std::int32_t number = 0;  // 0: not stated
  Day date;
  std::optional<TimeOfDay> time;
  std::optional<Dose> dose;
  bool delivered = false;
};
Message name_of(const CourseFraction& fraction);  // "fraction 3 (Wed 2026-11-25)"

struct Course {
  std::vector<CourseFraction> fractions;  // by date, then time, then number; all dated
  std::vector<CourseFraction> missed;     // planned for a day before `today`, not given
  std::vector<Message> missing;           // sentences: what is not stated
  std::vector<Message> wrong;             // sentences: what cannot be
};

// `today`: the day of the check; none: nothing is in the future, and nothing missed.
Course course_of(const Record& record, std::optional<Day> today);

// Parts of one fraction on one day are one fraction, as long as their doses, which all state, are together no more than
// its own: one that was broken off and went on.
void join_parts(Course& course, const Fractionation& scheme);
// The same of what was given, whether or not it has a day: as many as were treated, in the order of the record.
std::vector<DeliveredFraction> join_parts(const std::vector<DeliveredFraction>& given,
                                          const std::optional<Fractionation>& scheme);

// The dose of a fraction by its number, counted from 1 through the phases; none beyond the last.
std::optional<Dose> dose_of(const Fractionation& scheme, std::int32_t number);

// Biologically effective dose, Fowler, Br J Radiol 62 (1989) 679: d (1 + d / (alpha/beta)) of each fraction, without
// a term for time. In Gy.
double bed_gy(Dose fraction, double alpha_beta_gy);
// The dose in fractions of 2 Gy with the same effect.
double eqd2_gy(double bed, double alpha_beta_gy);

}  // namespace dosegate
