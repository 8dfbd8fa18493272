// Which files of a folder are plainly no DICOM objects, and which may be one that was damaged on its way.
#pragma once

#include <string_view>

#include "adapters/dicom/wire/encoding.h"

namespace dosegate::dicom {

// By its name alone: "RD.dcm", "RD.dcm.part", "1.2.840.113619", "RD" may be a DICOM object; "notes.txt", ".DS_Store"
// are none. For what cannot be looked into.
bool may_be_dicom_by_name(std::string_view name);

// Of a file that does not begin as a DICOM object does. `beginning`: its first bytes. True: it is left out without
// harm, as it is text, a PDF, an image, or is named like none. False: an empty file, zeros or anything unknown under
// a name as DICOM objects have, and whatever calls itself *.dcm.
bool is_plainly_foreign(std::string_view name, Bytes beginning);

}  // namespace dosegate::dicom
