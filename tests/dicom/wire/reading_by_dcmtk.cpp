#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcvrpobw.h>
#include <dcmtk/oflog/oflog.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "tests/dicom/wire/attributes_read.h"
#include "tests/dicom/wire/place.h"
#include "tests/dicom/wire/reading.h"

namespace dicom_test {
namespace {

DcmTagKey key_of(std::uint32_t tag) { return {static_cast<Uint16>(tag >> 16U), static_cast<Uint16>(tag & 0xFFFFU)}; }

// Null: absent.
DcmElement* element_of(DcmItem& item, std::uint32_t tag) {
  DcmElement* element = nullptr;
  return item.findAndGetElement(key_of(tag), element).good() ? element : nullptr;
}

std::string raw_value(DcmElement& element) {
  std::string value(element.getLength(), '\0');
  if (value.empty()) return value;
  const auto size = static_cast<Uint32>(value.size());
  return element.getPartialValue(value.data(), 0, size, nullptr, EBO_LittleEndian).good() ? value : std::string();
}

std::string without_padding(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

bool is_unknown(const DcmElement& element) {
  DcmEVR vr = const_cast<DcmElement&>(element).getVR();
  return vr == EVR_UN || vr == EVR_UNKNOWN || vr == EVR_UNKNOWN2B;
}

class Asker {
 public:
  explicit Asker(Reading& to) : to_(to) {}

  void ask(DcmItem& item, const std::string& where) {
    for (const auto& [tag, how] : attributes_read()) {
      if (DcmElement* element = element_of(item, tag)) ask(*element, how, place_of(where, tag));
    }
  }

 private:
  void ask(DcmElement& element, How how, const std::string& place) {
    Value value;
    value.vr = DcmVR(element.getVR()).getVRName();
    auto* sequence = dynamic_cast<DcmSequenceOfItems*>(&element);
    if (sequence != nullptr && sequence->card() == 0) return;
    if (sequence == nullptr && element.getLength() == 0) return;
    if (how == How::kSequence) {
      value.is_unreadable = sequence == nullptr;
      if (sequence != nullptr) value.text = std::to_string(sequence->card());
      for (unsigned long i = 0; sequence != nullptr && i < sequence->card(); ++i) {
        ask(*sequence->getItem(i), item_of(place, i));
      }
    } else if (sequence != nullptr) {
      value.is_unreadable = true;
    } else if (how == How::kShort) {
      const std::string raw = raw_value(element);
      value.is_unreadable = raw.size() != 2 || (element.getVR() != EVR_US && !is_unknown(element));
      if (raw.size() == 2) {
        value.text = std::to_string(static_cast<unsigned char>(raw[0]) + 256U * static_cast<unsigned char>(raw[1]));
      }
    } else {
      value.is_unreadable = !is_unknown(element) && !DcmVR(element.getVR()).isaString();
      if (!value.is_unreadable) value.text = without_padding(raw_value(element));
      if (!value.is_unreadable && value.text.empty()) return;
      if (!value.is_unreadable && how != How::kText) numbers(element, how, value);
    }
    to_.values.emplace(place, std::move(value));
  }

  // By the VR that the standard gives the attribute; of another one there are none.
  static void numbers(DcmElement& element, How how, Value& value) {
    OFVector<Float64> decimals;
    if (auto* decimal = dynamic_cast<DcmDecimalString*>(&element); decimal != nullptr && how == How::kDecimals) {
      const OFCondition status = decimal->getFloat64Vector(decimals);
      if (status.bad()) value.bad_numbers = status.text();
      value.numbers.assign(decimals.begin(), decimals.end());
    } else if (auto* integer = dynamic_cast<DcmIntegerString*>(&element); integer != nullptr && how == How::kInteger) {
      Sint32 number = 0;
      const OFCondition status = integer->getSint32(number, 0);
      if (status.bad()) value.bad_numbers = status.text();
      if (status.good()) value.numbers = {static_cast<double>(number)};
    } else {
      value.is_numeric = false;
    }
  }

  Reading& to_;
};

std::optional<std::uint64_t> short_at(DcmItem& item, const DcmTagKey& key) {
  Uint16 value = 0;
  return item.findAndGetUint16(key, value).good() ? std::optional<std::uint64_t>(value) : std::nullopt;
}

void read_pixels_of(DcmDataset& data, Reading& to) {
  DcmElement* element = element_of(data, 0x7FE00010U);
  const auto rows = short_at(data, DCM_Rows), columns = short_at(data, DCM_Columns),
             bits = short_at(data, DCM_BitsAllocated);
  if (element == nullptr || !rows || !columns || (bits != 16U && bits != 32U)) return;
  OFString text;
  const bool has_frames = data.findAndGetOFStringArray(DCM_NumberOfFrames, text).good() && !text.empty();
  const long frames = has_frames ? std::strtol(text.c_str(), nullptr, 10) : 1;
  if (frames < 1 || !is_small(*rows, *columns, static_cast<std::uint64_t>(frames))) return;
  const std::uint64_t size = *rows * *columns * static_cast<std::uint64_t>(frames) * (*bits / 8);
  Value value;
  value.vr = DcmVR(element->getVR()).getVRName();
  auto* pixels = dynamic_cast<DcmPixelData*>(element);
  value.is_unreadable = pixels == nullptr || data.chooseRepresentation(EXS_LittleEndianExplicit, nullptr).bad();
  Uint16* words = nullptr;
  Uint8* bytes = nullptr;
  if (!value.is_unreadable && pixels->getUint16Array(words).good() && words != nullptr) {
    value.text.assign(reinterpret_cast<const char*>(words), pixels->getLength(EXS_LittleEndianExplicit));
  } else if (!value.is_unreadable && pixels->getUint8Array(bytes).good() && bytes != nullptr) {
    value.text.assign(reinterpret_cast<const char*>(bytes), pixels->getLength(EXS_LittleEndianExplicit));
  }
  // A byte of padding is none of the values.
  value.is_unreadable = value.is_unreadable || (value.text.size() != size && value.text.size() != size + size % 2);
  value.text.resize(value.is_unreadable ? 0 : size);
  to.values.emplace(kPixels, std::move(value));
}

OFCondition parse(const std::string& bytes, DcmFileFormat& file) {
  DcmInputBufferStream stream;
  stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
  stream.setEos();
  file.transferInit();
  const OFCondition status = file.read(stream, EXS_Unknown, EGL_noChange);
  file.transferEnd();
  return status;
}

}  // namespace

Parsers::Parsers() {
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  DcmRLEDecoderRegistration::registerCodecs();
  // As Dosegate does: an attribute of unknown VR is what the standard says it is.
  dcmEnableUnknownVRConversion.set(OFTrue);
}
Parsers::~Parsers() {
  dcmEnableUnknownVRConversion.set(OFFalse);
  DcmRLEDecoderRegistration::cleanup();
}

double Parsers::contours_by_dcmtk(const std::string& bytes) const {
  DcmFileFormat file;
  double sum = 0.0;
  if (parse(bytes, file).bad()) return sum;
  DcmSequenceOfItems *rois = nullptr, *contours = nullptr;
  if (file.getDataset()->findAndGetSequence(DCM_ROIContourSequence, rois).bad()) return sum;
  for (unsigned long r = 0; r < rois->card(); ++r) {
    if (rois->getItem(r)->findAndGetSequence(DCM_ContourSequence, contours).bad()) continue;
    for (unsigned long c = 0; c < contours->card(); ++c) {
      DcmElement* data = nullptr;
      OFVector<Float64> numbers;
      if (contours->getItem(c)->findAndGetElement(DCM_ContourData, data).bad()) continue;
      if (auto* decimals = dynamic_cast<DcmDecimalString*>(data)) (void)decimals->getFloat64Vector(numbers);
      for (const Float64 number : numbers) sum += number;
    }
  }
  return sum;
}

Reading Parsers::by_dcmtk(const std::string& bytes) const {
  Reading reading;
  DcmFileFormat file;
  const OFCondition status = parse(bytes, file);
  if (status.bad()) {
    reading.refusal = status.text();
    return reading;
  }
  Asker(reading).ask(*file.getDataset(), "");
  read_pixels_of(*file.getDataset(), reading);
  return reading;
}

}  // namespace dicom_test
