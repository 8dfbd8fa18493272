// Sends what was checked, byte for byte as it was checked.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/orthanc/orthanc.h"

namespace dosegate::orthanc {

// To a DICOM modality of Orthanc's, one object after the other. "sent" (kept.h), or why it is not whole, and where it
// stopped.
std::string forward(const Orthanc& orthanc, const std::string& modality, const std::vector<std::string>& files,
                    const std::function<bool()>& is_stopping);

}  // namespace dosegate::orthanc
