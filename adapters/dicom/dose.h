// RT Dose -> Dose; several doses of single beams -> the dose of the plan.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/dicom/coverage.h"
#include "adapters/dicom/file.h"

namespace dosegate::dicom {

// The grid as the file states it. Throws ReadError where it cannot be a grid. Signed values are a defect.
Dose read_dose(const Object& object, const Limits& limits);

struct BeamDose {
  Object* object = nullptr;
  std::vector<BeamReference> beams;
};

// PS3.3 C.8.8.3: BEAM is the dose of the named beams over all fractions of their fraction group. The sum is
// the plan's only when every treatment beam is in it exactly once; else, or without a plan, or on different
// grids, the result has a defect that says so. One grid is in memory beside the sum.
Dose sum_beams(const std::vector<BeamDose>& doses, const std::optional<dosegate::v1::Plan>& plan,
               const ReadOptions& options);

}  // namespace dosegate::dicom
