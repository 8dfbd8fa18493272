// What only DCMTK's data dictionary and tables know. Loading the dictionary takes longer than reading an object, so
// nothing here is called for an object that is in order, unless it has private attributes in implicit VR.
#pragma once

#include <string>

#include "adapters/dicom/wire/fail.h"

namespace dosegate::dicom {

// Switches DCMTK's log off, once a process; to be called before any use of DCMTK.
void silence_dcmtk();

// Whether an attribute is a sequence. `creator`: of a private attribute (odd group), else empty. Throws ReadError
// without a dictionary.
enum class Known { kSequence, kOther, kUnknown };
Known known_as(Tag tag, const std::string& creator);

// "ROINumber"; "" for a tag outside the dictionary, or without a dictionary.
std::string keyword_of(Tag tag);

// "RLE Lossless" for its UID.
std::string transfer_syntax_name(const std::string& uid);

}  // namespace dosegate::dicom
