#include "adapters/dicom/wire/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace dosegate::dicom {
namespace {

constexpr std::size_t kInflateStep = 1 << 20;

}  // namespace

Inflated inflate_bytes(Bytes in, std::uint64_t most) {
  Inflated out;
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  struct End {
    z_stream& stream;
    ~End() { inflateEnd(&stream); }
  } end{stream};
  std::size_t taken = 0;
  int status = Z_OK;
  while (status == Z_OK && out.bytes.size() < most) {
    if (stream.avail_in == 0) {
      const std::size_t step = std::min<std::size_t>(in.size() - taken, kInflateStep);
      if (step == 0) break;
      // zlib does not write to its input.
      stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data() + taken));
      stream.avail_in = static_cast<uInt>(step);
      taken += step;
    }
    const std::size_t before = out.bytes.size();
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(most - before, kInflateStep));
    out.bytes.resize(before + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.bytes.data() + before);
    stream.avail_out = static_cast<uInt>(room);
    status = inflate(&stream, Z_NO_FLUSH);
    out.bytes.resize(before + room - stream.avail_out);
    if (status == Z_BUF_ERROR) status = Z_OK;  // wants more input
  }
  out.ended = status == Z_STREAM_END;
  out.behind = in.size() - taken + stream.avail_in;
  out.intact = status == Z_OK || status == Z_STREAM_END;
  return out;
}

}  // namespace dosegate::dicom
