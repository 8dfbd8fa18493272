// Kinds of rule on the plan's beams and the course in time; dosegate.v1.Rule says what each field means. Of these
// ScheduleRule and FractionationRule need the protocol's Fractionation.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/plan/technique.h"
#include "core/quantity/units.h"

namespace dosegate {

struct BeamsRule {
  enum class Check { kTechnique = 1, kCount, kConsistency };
  Check check = Check::kTechnique;
  std::vector<Technique> techniques;        // kTechnique: that are asked for
  std::optional<std::int32_t> least, most;  // kCount: outside is a WARNING
};

struct ScheduleRule {
  enum class Check { kPattern = 1, kOverallTime, kStart, kEnd };
  Check check = Check::kPattern;
};

// What was given and is planned against the protocol's fractionation.
struct FractionationRule {
  enum class Quantity { kTotalDose = 1, kFractions, kDosePerFraction };
  Quantity quantity = Quantity::kTotalDose;
  double given_tolerance_percent = 0.5;  // of what was due; of what was given
};

// BED and EQD2, reported.
struct BedRule {
  double alpha_beta_gy = 0.0;
  std::optional<Dose> usual_least, usual_most;  // dose a fraction; outside a WARNING
};

}  // namespace dosegate
