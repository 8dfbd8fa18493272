// The structure of a DICOM object, checked byte by byte before DCMTK sees it.
//
// DCMTK 3.6.7 recurses without limit, trusts some lengths and accepts some truncated files. After scan_object
// every length fits its container, sequences are closed and not nested too deep, and the number of attributes
// is bounded; DCMTK then gets what comes before the pixel data, and the pixel data stays where it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "adapters/dicom/fail.h"

namespace dosegate::dicom {

using Bytes = std::span<const std::byte>;

struct Encoding {
  std::string transfer_syntax;  // (0002,0010); empty: not stated, recognised from the data
  bool explicit_vr = false;
  bool big_endian = false;
  bool deflated = false;
};

struct Start {
  bool is_dicom = false;  // a preamble, a file meta group or a data set that starts with group 0008
  Encoding encoding;
  std::size_t data_set = 0;  // offset of the first attribute after the meta group
};

// Never fails: what cannot be a DICOM file is not. `bytes` may be only the beginning of a file.
Start find_start(Bytes bytes);

// (0008,0016), walking no further than that. `complete`: `bytes` hold the whole object.
struct Peek {
  enum class Answer { kFound, kAbsent, kNeedMore } answer = Answer::kAbsent;
  std::string sop_class_uid;
};
Peek peek_sop_class(Bytes data_set, const Encoding& encoding, bool complete);

struct Extent {
  std::size_t offset = 0, size = 0;
};

struct Layout {
  std::size_t header_size = 0;  // bytes before the pixel data; all of them when there is none
  bool has_pixels = false;
  bool encapsulated = false;
  std::string pixel_vr;           // as written; empty in implicit VR
  Extent pixels;                  // native
  std::vector<Extent> fragments;  // encapsulated; the first is the offset table
};

// Throws ReadError (fail.h) at the first thing that does not hold.
Layout scan_object(Bytes data_set, const Encoding& encoding, const Limits& limits, const std::string& file);

}  // namespace dosegate::dicom
