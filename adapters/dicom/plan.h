// RT Plan and RT Ion Plan -> dosegate.v1.Plan.
#pragma once

#include "adapters/dicom/file.h"
#include "dosegate/v1/plan.pb.h"

namespace dosegate::dicom {

// What the plan does not state stays absent. Throws ReadError where it states something that cannot be read,
// or a fraction group, beam or dose reference has no number. `guessed_charset`: see charset.h.
dosegate::v1::Plan read_plan(const Object& object, bool& guessed_charset);

}  // namespace dosegate::dicom
