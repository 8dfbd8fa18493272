// Feeds what the DICOM reader found into a case of the library.
#pragma once

#include "adapters/dicom/reader.h"
#include "dosegate/dosegate.hpp"

namespace dosegate::dicom {

// Sets plan, structures and dose, and gives the memory of each structure's points and of the dose's values back as soon
// as the library has its copy; the rest of `from` stays. Inputs and notes are not set: they belong into the CaseOptions
// that the caller makes (add_to_options). PluginError where the library refuses something.
void hand_over(RtCase& from, dosegate::Case& to);

// As the library takes it; a view of `from`.
dosegate_dose view_of(const Dose& from);

// Appends inputs and notes, as sentences.
void add_to_options(const RtCase& from, dosegate::v1::CaseOptions& to);

}  // namespace dosegate::dicom
