#include "adapters/dicom/wire/dictionary.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dctag.h>
#include <dcmtk/dcmdata/dcxfer.h>
#include <dcmtk/oflog/oflog.h>

#include <mutex>

namespace dosegate::dicom {
namespace {

Uint16 group_of(Tag tag) { return static_cast<Uint16>(tag >> 16U); }
Uint16 element_of(Tag tag) { return static_cast<Uint16>(tag & 0xFFFFU); }

}  // namespace

void silence_dcmtk() {
  static std::once_flag once;
  std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

Known known_as(Tag tag, const std::string& creator) {
  if (creator.find('\0') != std::string::npos) return Known::kUnknown;  // DCMTK would take its beginning for it
  silence_dcmtk();
  if (!dcmDataDict.isDictionaryLoaded()) {
    fail("", 0, "DCMTK's data dictionary (dicom.dic) was not found",
         "install the package libdcmtk17, or unset DCMDICTPATH");
  }
  switch (DcmTag(group_of(tag), element_of(tag), creator.empty() ? nullptr : creator.c_str()).getEVR()) {
    case EVR_SQ:
      return Known::kSequence;
    case EVR_UN:
    case EVR_UNKNOWN:
    case EVR_UNKNOWN2B:
      return Known::kUnknown;
    default:
      return Known::kOther;
  }
}

std::string keyword_of(Tag tag) {
  silence_dcmtk();
  DcmTag name(group_of(tag), element_of(tag));
  const std::string keyword = name.getTagName();
  return keyword == DcmTag_ERROR_TagName ? "" : keyword;
}

std::string transfer_syntax_name(const std::string& uid) {
  silence_dcmtk();
  return DcmXfer(uid.c_str()).getXferName();
}

}  // namespace dosegate::dicom
