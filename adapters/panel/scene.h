// What followers are sent of a patient, as the reader of DICOM files would have it: for pictures.
#pragma once

#include <optional>

#include "adapters/dicom/reader.h"
#include "dosegate/v1/follow.pb.h"

namespace dosegate::panel {

std::vector<dicom::Structure> structures_of(const v1::FollowSessionsResponse::Contours& contours);

// None: there are no values, or the header does not fit them.
std::optional<dicom::Dose> dose_of(const v1::FollowSessionsResponse::KeptDose& dose);

}  // namespace dosegate::panel
