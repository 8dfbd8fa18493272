// The fraction groups of the plan: how many fractions there are, and what the beams give in one.
//
// DICOM does not say which groups are given together and which one after another (PS3.3 C.8.8.13). It is told where the
// beam doses leave only one reading.
#pragma once

#include <optional>
#include <string>

#include "core/plan/plan.h"
#include "core/text/message.h"

namespace dosegate {

struct PlannedFractions {
  std::optional<int> count;  // of the whole course
  Prose problem, hint;       // why it is not known
  Prose doubt;               // a sentence: what was taken for granted
};

// `total`: the prescription, where it is known. One group: its number. Several: their sum, where by the beam doses a
// fraction of each gives the same, within tolerance, and all together the total; and where they do not fit as well if
// given together, fraction by fraction.
PlannedFractions planned_fractions(const Plan& plan, std::optional<Dose> total);

// What the beams of a group that treat give in one fraction; none when there is no such beam or one states no dose.
std::optional<Dose> beam_dose_sum(const Plan& plan, const FractionGroup& group);

// Beam doses times fractions over all groups; none when a group does not state one of them.
std::optional<Dose> course_of_beam_doses(const Plan& plan);

// No fraction group refers to a beam: which beams are treated is not known.
bool groups_name_no_beam(const Plan& plan);

}  // namespace dosegate
