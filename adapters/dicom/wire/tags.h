// The attributes that more than one file here reads.
#pragma once

#include "adapters/dicom/wire/fail.h"

namespace dosegate::dicom {

inline constexpr Tag kTransferSyntax = 0x00020010U, kSopClass = 0x00080016U, kSopInstance = 0x00080018U;
inline constexpr Tag kPatientId = 0x00100020U, kFrameOfReference = 0x00200052U, kReferencedStructures = 0x300C0060U;
inline constexpr Tag kReferencedBeams = 0x300C0004U, kReferencedBeamNumber = 0x300C0006U;
inline constexpr Tag kRows = 0x00280010U, kSummation = 0x3004000AU, kPixelData = 0x7FE00010U;

}  // namespace dosegate::dicom
