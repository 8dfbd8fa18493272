// The fraction groups of the plan: how many fractions there are, and what the beams give in one.
//
// DICOM does not say which groups are given together and which one after another (PS3.3 C.8.8.13). Where the beam doses
// leave only one reading, that is taken.
#pragma once

#include <optional>
#include <string>

#include "core/plan/plan.h"
#include "core/text/message.h"

namespace dosegate {

struct PlannedFractions {
  std::optional<int> count;  // of the whole course; none where `problem` says why it is not known
  Prose problem, hint;
  Prose doubt;  // a sentence on what was taken for granted; empty where nothing was
};

// `total` is the prescription, where it is known. A single group has the number that it states. Several groups have the
// sum of theirs, where by the beam doses a fraction of each gives the same, within tolerance (tolerances.h), and all
// together the total, and where they do not fit as well if they are given together, fraction by fraction.
PlannedFractions planned_fractions(const Plan& plan, std::optional<Dose> total);

// What the treatment beams of a group give in one fraction together; none when there is no such beam, or one states no
// dose.
std::optional<Dose> beam_dose_sum(const FractionGroup& group);

// Beam doses times fractions over all groups; none when a group does not state one of them.
std::optional<Dose> course_of_beam_doses(const Plan& plan);

// Whether no fraction group refers to a beam, so that it is not known which beams are treated.
bool groups_name_no_beam(const Plan& plan);

}  // namespace dosegate
