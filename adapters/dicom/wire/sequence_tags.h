// Which attributes of the standard are sequences. Implicit VR does not say, and reading DCMTK's dictionary for it
// takes longer than reading the object.
#pragma once

#include "adapters/dicom/wire/fail.h"

namespace dosegate::dicom {

// By PS3.6, retired ones included. Private attributes (odd groups) are none here: see dictionary.h.
bool is_standard_sequence(Tag tag);

}  // namespace dosegate::dicom
