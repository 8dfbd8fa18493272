// The attributes that more than one file here reads.
#pragma once

#include "adapters/dicom/wire/fail.h"

namespace dosegate::dicom {

inline constexpr Tag kTransferSyntax = 0x00020010U, kSopClass = 0x00080016U, kSopInstance = 0x00080018U;
inline constexpr Tag kPatientId = 0x00100020U, kFrameOfReference = 0x00200052U, kReferencedStructures = 0x300C0060U;
inline constexpr Tag kCharacterSet = 0x00080005U, kReferencedInstance = 0x00081155U;
inline constexpr Tag kImagePosition = 0x00200032U, kImageOrientation = 0x00200037U;
inline constexpr Tag kDoseUnits = 0x30040002U, kDoseType = 0x30040004U;
inline constexpr Tag kRois = 0x30060020U, kRoiFrame = 0x30060024U, kRoiContours = 0x30060039U;
inline constexpr Tag kContourImages = 0x30060016U, kContours = 0x30060040U, kContourData = 0x30060050U,
                     kReferencedRoiNumber = 0x30060084U;
inline constexpr Tag kPlanLabel = 0x300A0002U, kReferencedPlans = 0x300C0002U, kApproval = 0x300E0002U;
inline constexpr Tag kDoseReferences = 0x300A0010U, kDoseReferenceNumber = 0x300A0012U, kReferenceType = 0x300A0020U;
inline constexpr Tag kTargetPrescription = 0x300A0026U, kFractionGroups = 0x300A0070U,
                     kFractionGroupNumber = 0x300A0071U;
inline constexpr Tag kReferencedBeams = 0x300C0004U, kReferencedBeamNumber = 0x300C0006U;
inline constexpr Tag kRows = 0x00280010U, kSummation = 0x3004000AU, kPixelData = 0x7FE00010U;

}  // namespace dosegate::dicom
