// RT Structure Set -> structures.
#pragma once

#include <string>
#include <vector>

#include "adapters/dicom/file.h"
#include "dosegate/v1/sentence.pb.h"

namespace dosegate::dicom {

// Every ROI of the Structure Set ROI Sequence, in its order. What is wrong with one ROI's contours is a defect
// of that ROI; its sound contours are kept. Contours without points are left out. ROI numbers that are missing
// or double: all the ROIs concerned get a defect, and each its own number. Throws ReadError where the object
// as a whole cannot be read, or holds more points than the limit. Notes: sentences for the user. The same on any number
// of threads.
std::vector<Structure> read_structures(const Object& object, const Limits& limits, unsigned threads,
                                       std::vector<v1::Sentences>& notes);

}  // namespace dosegate::dicom
