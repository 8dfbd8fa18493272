// The structure of a DICOM object, checked byte by byte before anything is read from it.
//
// After scan_object every length fits its container, sequences are closed and not nested too deep, and the number of
// attributes is bounded. What follows works on the list of attributes that the scan made, and copies no value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/dicom/wire/encoding.h"
#include "adapters/dicom/wire/fail.h"
#include "adapters/dicom/wire/limits.h"

namespace dosegate::dicom {

struct Extent {
  std::size_t offset = 0, size = 0;
};

// An attribute, or an item of a sequence (tag kItemTag).
struct Element {
  Tag tag = 0;
  Vr vr;  // as written; none in implicit VR and of items
  bool is_sequence = false;
  std::uint32_t length = 0;  // of the value in bytes; of a sequence or item: as written, may be kUndefinedLength
  std::uint32_t end = 0;     // where in the list the first element behind this one and all inside it is
  std::size_t value = 0;     // offset
};

struct Layout {
  // In the order of the file, each sequence before its items, each item before its attributes. The first stands for
  // the data set and is an item.
  std::vector<Element> elements;
  bool has_pixels = false;
  bool encapsulated = false;
  Vr pixel_vr;                    // as written
  Extent pixels;                  // native
  std::vector<Extent> fragments;  // encapsulated; the first is the offset table
};

// Throws ReadError (fail.h) at the first thing that does not hold.
Layout scan_object(Bytes data_set, const Encoding& encoding, const Limits& limits, const std::string& file);

}  // namespace dosegate::dicom
