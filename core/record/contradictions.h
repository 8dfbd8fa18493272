// Facts of one record that cannot be true together, or hardly. Which of two is wrong nobody can tell from the record:
// a rule that rests on either is not met without a word.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/record/record.h"
#include "core/text/message.h"

namespace dosegate {

// What a rule may rest on.
enum class Topic {
  kEnrolment,      // its day, and what was found on it
  kBaseline,       // the staging at enrolment
  kStaging,        // every staging
  kInvasion,       // the course of the stagings
  kResectability,  // at enrolment
  kChildPugh,      // at enrolment
  kSimulation,     // its day
  kMeasurement,    // gamma
  kFractions,      // as they were given
  kTherapy,        // infusions, and when they ended
  kSurgery,        // whether and when
  kSpecimen,       // what the pathologist found
  kImaging,        // days and purposes
  kAssessment,     // response and resectability when they were due
  kResponse,       // RECIST
  kEvents          // adverse events and complications
};

struct Contradiction {
  std::vector<Topic> topics;
  // Impossible: one of the two facts is wrong, and what rests on it cannot be evaluated. Unlikely: a warning.
  enum class Gravity { kUnlikely, kImpossible } gravity = Gravity::kUnlikely;
  Message text;  // a sentence that names both facts
};

// `drugs`: of the protocol's therapy, in lower case; none: every infusion is of it. `today`: the day of the check; what
// is stated to have taken place after it contradicts it. In a fixed order; empty: nothing contradicts.
std::vector<Contradiction> contradictions_in(const Record& record, const std::set<std::string>& drugs,
                                             std::optional<Day> today);

}  // namespace dosegate
