// The objects of builder.h. No test framework in here: the fuzzer's corpus is made with it too.
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcrleerg.h>

#include <cstring>
#include <stdexcept>

#include "tests/dicom/builder.h"

namespace dicom_test {
namespace {

void check(const OFCondition& status, const char* what) {
  if (status.bad()) throw std::runtime_error(std::string(what) + ": " + status.text());
}

void put_common(DcmItem& data, const std::string& sop_class, const std::string& uid, const std::string& modality) {
  put(data, DCM_SOPClassUID, sop_class);
  put(data, DCM_SOPInstanceUID, uid);
  put(data, DCM_Modality, modality);
  put(data, DCM_PatientID, "P1");
  put(data, DCM_StudyInstanceUID, "1.2.3.8");
}

void add_beam(DcmItem& plan, const std::string& number, const std::string& name, const std::string& delivery) {
  DcmItem& beam = add_item(plan, DCM_BeamSequence);
  put(beam, DCM_BeamNumber, number);
  put(beam, DCM_BeamName, name);
  put(beam, DCM_BeamType, "DYNAMIC");
  put(beam, DCM_RadiationType, "PHOTON");
  put(beam, DCM_TreatmentDeliveryType, delivery);
  put(beam, DCM_NumberOfControlPoints, "2");
  add_item(beam, DCM_ControlPointSequence);
  add_item(beam, DCM_ControlPointSequence);
}

void add_roi(DcmItem& data, const std::string& number, const std::string& name, const std::string& type) {
  DcmItem& roi = add_item(data, DCM_StructureSetROISequence);
  put(roi, DCM_ROINumber, number);
  put(roi, DCM_ReferencedFrameOfReferenceUID, kFrame);
  put(roi, DCM_ROIName, name);
  DcmItem& observation = add_item(data, DCM_RTROIObservationsSequence);
  put(observation, DCM_ObservationNumber, number);
  put(observation, DCM_ReferencedROINumber, number);
  put(observation, DCM_RTROIInterpretedType, type);
  put(add_item(data, DCM_ROIContourSequence), DCM_ReferencedROINumber, number);
}

}  // namespace

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
  check(item.putAndInsertOFStringArray(tag, OFString(value.data(), value.size())), "put");
}

void put_us(DcmItem& item, const DcmTagKey& tag, std::uint16_t value) {
  check(item.putAndInsertUint16(tag, value), "put_us");
}

DcmItem& add_item(DcmItem& parent, const DcmTagKey& sequence) {
  DcmItem* added = nullptr;
  check(parent.findOrCreateSequenceItem(sequence, added, -2), "add_item");
  return *added;
}

DcmItem& item(DcmItem& parent, const DcmTagKey& sequence, signed long index) {
  DcmItem* found = nullptr;
  check(parent.findAndGetSequenceItem(sequence, found, index), "item");
  return *found;
}

Data make_plan(const std::string& uid, const std::string& structures_uid) {
  auto data = std::make_unique<DcmDataset>();
  put_common(*data, UID_RTPlanStorage, uid, "RTPLAN");
  put(*data, DCM_RTPlanLabel, "Liver45");
  put(*data, DCM_ApprovalStatus, "APPROVED");
  DcmItem& reference = add_item(*data, DCM_DoseReferenceSequence);
  put(reference, DCM_DoseReferenceNumber, "1");
  put(reference, DCM_DoseReferenceType, "TARGET");
  put(reference, DCM_TargetPrescriptionDose, "45.0");
  put(reference, DCM_ReferencedROINumber, "1");
  DcmItem& group = add_item(*data, DCM_FractionGroupSequence);
  put(group, DCM_FractionGroupNumber, "1");
  put(group, DCM_NumberOfFractionsPlanned, "15");
  for (const char* number : {"1", "2", "3"}) {
    DcmItem& beam = add_item(group, DCM_ReferencedBeamSequence);
    put(beam, DCM_ReferencedBeamNumber, number);
    put(beam, DCM_BeamMeterset, "100.5");
  }
  add_beam(*data, "1", "AP", "TREATMENT");
  add_beam(*data, "2", "PA", "");  // empty means TREATMENT
  add_beam(*data, "3", "CBCT", "SETUP");
  if (!structures_uid.empty()) {
    put(add_item(*data, DCM_ReferencedStructureSetSequence), DCM_ReferencedSOPInstanceUID, structures_uid);
  }
  return data;
}

Data make_structures(const std::string& uid) {
  auto data = std::make_unique<DcmDataset>();
  put_common(*data, UID_RTStructureSetStorage, uid, "RTSTRUCT");
  put(*data, DCM_StructureSetLabel, "Contours");
  add_roi(*data, "1", "PTV", "PTV");
  add_roi(*data, "2", "Liver", "ORGAN");
  DcmItem& ptv = item(*data, DCM_ROIContourSequence, 0);
  add_contour(ptv, "CLOSED_PLANAR", "0\\0\\0\\10\\0\\0\\10\\10.5\\0\\0\\10\\0", "4");
  add_contour(ptv, "CLOSED_PLANAR", "0\\0\\3\\10\\0\\3\\10\\10\\3\\0\\10\\3", "4");
  add_contour(item(*data, DCM_ROIContourSequence, 1), "CLOSED_PLANAR", "-5\\-5\\0\\20\\-5\\0\\20\\20\\0", "3");
  return data;
}

void add_contour(DcmItem& roi_contour, const std::string& type, const std::string& points, const std::string& count) {
  DcmItem& contour = add_item(roi_contour, DCM_ContourSequence);
  put(contour, DCM_ContourGeometricType, type);
  put(contour, DCM_NumberOfContourPoints, count);
  put(contour, DCM_ContourData, points);
}

Data make_image(const ImageSpec& spec) {
  auto data = std::make_unique<DcmDataset>();
  put(*data, DCM_SOPClassUID, spec.sop_class);
  put(*data, DCM_SOPInstanceUID, spec.uid);
  put(*data, DCM_SeriesInstanceUID, spec.series);
  // A sequence before what is looked for.
  put(add_item(*data, DCM_ReferencedImageSequence), DCM_ReferencedSOPInstanceUID, "9.9.9");
  if (!spec.z.empty()) put(*data, DCM_ImagePositionPatient, spec.x + "\\" + spec.y + "\\" + spec.z);
  put(*data, DCM_ImageOrientationPatient, spec.orientation);
  put(*data, DCM_FrameOfReferenceUID, spec.frame);
  put_us(*data, DCM_Rows, 2);
  return data;
}

std::string numbered(int n) { return "1.2.3.60." + std::to_string(n); }

void refer(DcmDataset& structures, signed long roi, signed long contour, const std::string& uid) {
  DcmItem& drawn = item(item(structures, DCM_ROIContourSequence, roi), DCM_ContourSequence, contour);
  put(add_item(drawn, DCM_ContourImageSequence), DCM_ReferencedSOPInstanceUID, uid);
}

Data make_dose(const DoseSpec& spec) {
  auto data = std::make_unique<DcmDataset>();
  put_common(*data, UID_RTDoseStorage, spec.uid, "RTDOSE");
  put(*data, DCM_FrameOfReferenceUID, kFrame);
  put(*data, DCM_ImagePositionPatient, "-10\\-20\\-30");
  put(*data, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
  put(*data, DCM_PixelSpacing, "2.5\\2");
  put_us(*data, DCM_SamplesPerPixel, 1);
  put(*data, DCM_PhotometricInterpretation, "MONOCHROME2");
  put(*data, DCM_NumberOfFrames, std::to_string(spec.frames));
  put_us(*data, DCM_Rows, spec.rows);
  put_us(*data, DCM_Columns, spec.columns);
  put_us(*data, DCM_BitsAllocated, spec.bits);
  put_us(*data, DCM_BitsStored, spec.bits);
  put_us(*data, DCM_HighBit, static_cast<std::uint16_t>(spec.bits - 1));
  put_us(*data, DCM_PixelRepresentation, 0);
  put(*data, DCM_DoseUnits, "GY");
  put(*data, DCM_DoseType, "PHYSICAL");
  put(*data, DCM_DoseSummationType, spec.summation);
  std::string offsets;
  for (int f = 0; f < spec.frames; ++f) {
    if (f > 0) offsets += '\\';
    offsets += std::to_string(3 * f);
  }
  put(*data, DCM_GridFrameOffsetVector, offsets);
  put(*data, DCM_DoseGridScaling, "0.001");
  if (!spec.plan_uid.empty()) {
    DcmItem& plan = add_item(*data, DCM_ReferencedRTPlanSequence);
    put(plan, DCM_ReferencedSOPInstanceUID, spec.plan_uid);
    if (spec.beam) {
      DcmItem& group = add_item(plan, DCM_ReferencedFractionGroupSequence);
      put(group, DCM_ReferencedFractionGroupNumber, "1");
      put(add_item(group, DCM_ReferencedBeamSequence), DCM_ReferencedBeamNumber, std::to_string(*spec.beam));
    }
  }
  const std::size_t count = std::size_t{spec.rows} * spec.columns * static_cast<std::size_t>(spec.frames);
  std::vector<Uint16> words;  // the low word of a 32-bit value comes first
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t value = spec.first + static_cast<std::uint32_t>(i) * spec.step;
    words.push_back(static_cast<Uint16>(value & 0xFFFFU));
    if (spec.bits == 32) words.push_back(static_cast<Uint16>(value >> 16U));
  }
  check(data->putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()), "pixels");
  return data;
}

Bytes encode(DcmDataset& data, E_TransferSyntax syntax, Meta meta) {
  DcmFileFormat file(&data);  // a copy
  if (syntax == EXS_RLELossless) {
    DcmRLEEncoderRegistration::registerCodecs();
    check(file.getDataset()->chooseRepresentation(syntax, nullptr), "RLE");
  }
  std::vector<Uint8> buffer(std::size_t{8} << 20U);
  DcmOutputBufferStream stream(buffer.data(), static_cast<offile_off_t>(buffer.size()));
  file.transferInit();
  check(file.write(stream, syntax, EET_ExplicitLength, nullptr, EGL_recalcGL, EPD_noChange, 0, 0, 0,
                   meta == Meta::kWith ? EWM_fileformat : EWM_dataset),
        "write");
  file.transferEnd();
  stream.flush();
  void* out = nullptr;
  offile_off_t size = 0;
  stream.flushBuffer(out, size);
  const auto* begin = static_cast<const std::byte*>(out);
  if (meta == Meta::kWith) return {begin, begin + size};
  // DCMTK has written a meta group all the same: 128 bytes, "DICM", and (0002,0000) with its length.
  std::uint32_t length = 0;
  std::memcpy(&length, begin + 140, sizeof length);
  return {begin + 144 + length, begin + size};
}

}  // namespace dicom_test
