// Deflated data sets (PS3.5 A.5), by zlib.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapters/dicom/wire/encoding.h"

namespace dosegate::dicom {

struct Inflated {
  std::vector<std::byte> bytes;
  bool ended = false;  // the compressed stream is complete
  bool intact = true;
  std::size_t behind = 0;  // bytes of the input behind the end of the stream
};

// Raw deflate, at most `most` bytes of output. Memory grows with what comes out, not with what is announced. Throws
// std::bad_alloc.
Inflated inflate_bytes(Bytes in, std::uint64_t most);

}  // namespace dosegate::dicom
