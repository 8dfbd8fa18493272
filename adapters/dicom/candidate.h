// An RT object and what it says of the objects that belong to it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/dicom/coverage.h"
#include "adapters/dicom/file.h"

namespace dosegate::dicom {

struct Candidate {
  Object object;
  std::string uid, patient_id, study_uid;
  std::string label;                        // of a plan or structure set, UTF-8
  std::string summation;                    // of a dose
  bool never_evaluated = false;             // of a dose: no physical dose in Gy of a plan, or no voxels
  std::string approval;                     // (300E,0002)
  std::vector<std::string> plan_uids;       // that a dose refers to, each once
  std::vector<std::string> structure_uids;  // that a plan or dose refers to, each once
  PartsNamed parts;                         // of the plan, by a dose
  std::set<std::string> frames;  // frames of reference: of a plan or dose its own, of a structure set its ROIs'
};

// Throws ReadError where a reference cannot be read.
Candidate make_candidate(Object object);

}  // namespace dosegate::dicom
