// Stored values of an RT Dose, out of its pixel data.
#pragma once

#include <cstdint>

#include "adapters/dicom/wire/data_set.h"

namespace dosegate::dicom {

struct PixelShape {
  std::uint32_t rows = 0, columns = 0, frames = 0;
  std::uint32_t bits = 0;  // allocated: 16 or 32
  std::uint64_t count() const { return std::uint64_t{rows} * columns * frames; }
  std::uint64_t size() const { return count() * (bits / 8); }
};

// count() unsigned integers in the machine's byte order, not aligned. Native (either byte order) and RLE (PS3.5
// annex G). Throws ReadError when the data is not exactly as long as the shape says (one padding byte aside); nothing
// is allocated before that is known, and where the file has them as they are wanted, nothing at all: the data
// set's memory is shared. The caller bounds shape.count().
SharedBytes read_pixels(const DataSet& data, const PixelShape& shape);

}  // namespace dosegate::dicom
