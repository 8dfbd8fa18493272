// A case as the DICOM reader found it, as messages of dosegate.v1.
#pragma once

#include "adapters/dicom/reader.h"
#include "dosegate/v1/dose.pb.h"
#include "dosegate/v1/structures.pb.h"

namespace dosegate::remote {

v1::Structure message_of(const dicom::Structure& structure);
// With size and SHA-256 of the values.
v1::Slices message_of(const dicom::Slices& slices);
v1::DoseHeader header_of(const dicom::Dose& dose);

}  // namespace dosegate::remote
