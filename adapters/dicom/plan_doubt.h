// What a plan says of other plans and of treatment beside its beams: whether a dose of it can be all that a patient
// gets.
#pragma once

#include <string>
#include <vector>

#include "adapters/dicom/file.h"
#include "dosegate/v1/plan.pb.h"
#include "dosegate/v1/sentence.pb.h"

namespace dosegate::dicom {

struct PlanDoubt {
  std::string not_for_patient;      // not empty: it verifies another plan; a sentence
  std::string not_whole;            // not empty: why its dose is a part, or may be one; the user may know better
  std::vector<v1::Sentence> notes;  // what else the user should know
};

// By RT Plan Relationship (300A,0055) of each Referenced RT Plan Sequence (300C,0002) item (PS3.3 C.8.8.9), and the
// brachytherapy of the fraction groups (PS3.3 C.8.8.13). PREDECESSOR and ALTERNATIVE say nothing of the dose. A
// relationship that is not stated, or that the standard does not know, may be any. Throws ReadError where a sequence
// cannot be read.
// Notes tell what the plan says against itself or against what is usual: a target's minimum above or maximum below its
// prescription, a pattern of more than a fraction a day or five a week, a plan made without structures.
PlanDoubt doubt_of(const Object& object, const v1::Plan& plan);

}  // namespace dosegate::dicom
