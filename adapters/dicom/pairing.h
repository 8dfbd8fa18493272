// Which plan, structure set and dose belong together, by their references and the user's choice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/candidate.h"
#include "adapters/dicom/reader.h"

namespace dosegate::dicom {

struct Pairing {
  Candidate* plan = nullptr;
  std::optional<v1::Plan> plan_data;  // what it says; there with `plan`
  bool guessed_charset = false;       // some of its texts are not in the character set that it declares
  Candidate* structures = nullptr;
  std::vector<Candidate*> doses;  // one, or all the BEAM doses of a plan
  std::string dose_defect;        // why the dose is not that of the plan given
  std::vector<v1::Sentences> notes;
};

// Throws ReadError: nothing of a kind that is needed, several that nothing decides between, a structure set
// that plan or dose was not made on, objects of different patients.
Pairing pair_up(std::vector<Candidate>& candidates, const ReadOptions& options);

}  // namespace dosegate::dicom
