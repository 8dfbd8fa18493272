// How a protocol lays out a course in time: the model behind dosegate.v1.Fractionation, which says what each field
// means.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/quantity/units.h"

namespace dosegate {

// A run of fractions of one dose.
struct Phase {
  std::string name;
  std::int32_t fractions = 0;
  Dose per_fraction;
};

// Any `days` consecutive calendar days hold at most `most_fractions`.
struct FractionWindow {
  std::int32_t days = 0, most_fractions = 0;
};

// Where a fraction may stand, in calendar days after an infusion, whose own day is day 0.
struct FractionTiming {
  std::int32_t infusion = 1;                 // counted from 1
  std::optional<std::int32_t> earliest_day;  // before it: DEVIATION
  std::optional<std::int32_t> due_day;       // on it, or on the next treatment day (WARNING); later: DEVIATION
  std::optional<std::int32_t> warning_from, latest_day;  // from there a WARNING; after it a DEVIATION
};

struct Fractionation {
  std::vector<Phase> phases;                         // in the order of treatment; at least one
  std::vector<std::chrono::weekday> treatment_days;  // Monday first, each once; at least one
  std::int32_t most_per_day = 1;
  std::chrono::minutes least_between{0};  // starts of two fractions of one day; 0 where most_per_day is 1
  std::int32_t days_between = 1;          // from one day of treatment to the next, at least
  std::vector<FractionWindow> windows;
  std::optional<std::int32_t> overall_days;  // first to last day, both counted, when nothing is missed
  std::string infusion_drug;                 // of `start` and `end`; empty where neither is stated
  std::optional<FractionTiming> start, end;  // of the first, of the last fraction

  std::int32_t fractions() const;  // of all phases
  Dose total() const;
};

}  // namespace dosegate
