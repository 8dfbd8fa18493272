// Whether doses are of the whole plan, by the fraction groups and beams that they name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dosegate/v1/plan.pb.h"

namespace dosegate::dicom {

// A beam in a fraction group, as a dose refers to it. No group: the file does not say.
struct BeamReference {
  std::optional<std::int32_t> fraction_group;
  std::int32_t beam = 0;
};

// What a dose says of the parts of the plan that it is of (300C,0020); nothing: it names none.
struct PartsNamed {
  std::vector<BeamReference> beams;
  std::vector<std::int32_t> groups;  // fraction groups that it names without a beam of theirs
};

// Of the dose in `file` that is of single beams.
struct BeamsOfDose {
  std::string file;
  std::vector<BeamReference> beams;
};

// Empty when the doses cover every treatment beam of the plan exactly once; else a sentence.
std::string coverage_defect(const std::vector<BeamsOfDose>& doses, const std::optional<v1::Plan>& plan);

// Of a dose that is said to be of all beams. Empty: nothing that it names speaks against that; else a sentence on the
// treatment beams that are not in it. `summation`: its DoseSummationType.
std::string partial_defect(const std::string& file, const std::string& summation, const PartsNamed& parts,
                           const v1::Plan& plan);

}  // namespace dosegate::dicom
