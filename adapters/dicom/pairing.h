// Which plan, structure set and dose belong together, by their references and the user's choice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/dose.h"
#include "adapters/dicom/file.h"

namespace dosegate::dicom {

// An RT object and what the pairing needs of it.
struct Candidate {
  Object object;
  std::string uid, patient_id;
  std::string label;                        // of a plan or structure set, UTF-8
  std::string summation;                    // of a dose
  std::vector<std::string> plan_uids;       // that a dose refers to
  std::vector<std::string> structure_uids;  // that a plan or dose refers to
  std::vector<BeamReference> beams;         // of a BEAM dose
};

// Throws ReadError where a reference cannot be read.
Candidate make_candidate(Object object);

struct Pairing {
  Candidate* plan = nullptr;
  Candidate* structures = nullptr;
  std::vector<Candidate*> doses;  // one, or all the BEAM doses of a plan
  std::string dose_defect;        // the dose belongs to another plan than the one given
  std::vector<std::string> notes;
};

// Throws ReadError: nothing of a kind that is needed, several that nothing decides between, a structure set
// that plan or dose was not made on, objects of different patients.
Pairing pair_up(std::vector<Candidate>& candidates, const ReadOptions& options);

}  // namespace dosegate::dicom
