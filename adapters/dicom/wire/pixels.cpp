#include "adapters/dicom/wire/pixels.h"

#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "adapters/dicom/wire/dictionary.h"
#include "adapters/dicom/wire/fail.h"
#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {
namespace {

constexpr const char* kRle = "1.2.840.10008.1.2.5";
constexpr std::size_t kRleHeader = 64;
constexpr std::uint64_t kRleBestRatio = 64;  // two bytes make at most 128

constexpr const char* kExportAgain = "the file is damaged or was cut off; export the dose again";

void put(NewBytes& out, std::uint64_t index, std::uint32_t value, std::uint32_t bits) {
  if (bits == 16) {
    const auto narrow = static_cast<std::uint16_t>(value);
    std::memcpy(out.data() + index * 2, &narrow, 2);
  } else {
    std::memcpy(out.data() + index * 4, &value, 4);
  }
}

SharedBytes read_native(const DataSet& data, const PixelShape& shape) {
  const Extent extent = data.layout().pixels;
  const std::uint64_t expected = shape.size();
  if (extent.size != expected && extent.size != expected + expected % 2) {
    fail(data.name(), kPixelData,
         "holds " + std::to_string(extent.size) + " bytes; " + std::to_string(shape.columns) + " columns x " +
             std::to_string(shape.rows) + " rows x " + std::to_string(shape.frames) + " frames of " +
             std::to_string(shape.bits) + " bits need " + std::to_string(expected),
         kExportAgain);
  }
  const SharedBytes stored = data.bytes().part(extent.offset, expected);
  const std::uint32_t width = shape.bits / 8;
  const bool big = data.encoding().big_endian;
  // Bytes and values of unknown VR are not turned round in big endian, so what order these are in is not known.
  const Vr vr = data.layout().pixel_vr;
  const bool is_in_order = !vr.is_written() || vr == kWordsVr || (!big && (vr == kBytesVr || vr == kUnknownVr));
  if (!is_in_order) {
    fail(data.name(), kPixelData,
         "is stored as VR " + std::string(vr.letters.begin(), vr.letters.end()) + ", in which values of " +
             std::to_string(shape.bits) + " bits are not read",
         "export the dose again, as OW");
  }
  if (big == (std::endian::native == std::endian::big)) return stored;
  NewBytes values(expected);
  for (std::uint64_t i = 0; i < shape.count(); ++i) {
    std::uint32_t value = 0;
    for (std::uint32_t k = 0; k < width; ++k) {
      const std::uint32_t place = big ? width - 1 - k : k;
      value |= std::to_integer<std::uint32_t>(stored[i * width + k]) << (8U * place);
    }
    put(values, i, value, shape.bits);
  }
  return std::move(values).share();
}

// One segment: a byte of every value of a frame. Exactly `count` bytes come out, or it is no good.
bool unpack(Bytes in, std::uint64_t count, std::vector<std::uint8_t>& out) {
  out.clear();
  std::size_t at = 0;
  while (out.size() < count) {
    if (at >= in.size()) return false;
    const auto control = std::to_integer<std::uint32_t>(in[at++]);
    if (control == 128) continue;  // no operation
    const std::uint64_t length = control < 128 ? control + 1 : 257 - control;
    const std::uint64_t needed = control < 128 ? length : 1;
    if (length > count - out.size() || needed > in.size() - at) return false;
    for (std::uint64_t k = 0; k < length; ++k) {
      out.push_back(std::to_integer<std::uint8_t>(in[at + (control < 128 ? k : 0)]));
    }
    at += needed;
  }
  return true;
}

SharedBytes read_rle(const DataSet& data, const PixelShape& shape) {
  const std::vector<Extent>& fragments = data.layout().fragments;
  if (fragments.size() != std::size_t{shape.frames} + 1) {
    fail(data.name(), kPixelData,
         "holds " + std::to_string(fragments.empty() ? 0 : fragments.size() - 1) + " compressed frames; " +
             std::to_string(shape.frames) + " are announced",
         kExportAgain);
  }
  const std::uint64_t in_frame = std::uint64_t{shape.rows} * shape.columns;
  const std::uint32_t width = shape.bits / 8;
  const Bytes bytes = data.bytes().span();
  const auto bad_frame = [&](std::uint32_t frame) {
    fail(data.name(), kPixelData, "RLE frame " + std::to_string(frame + 1) + " does not unpack to the announced size",
         kExportAgain);
  };
  for (std::uint32_t f = 0; f < shape.frames; ++f) {
    if (in_frame * width > fragments[f + 1].size * kRleBestRatio) bad_frame(f);
  }

  NewBytes values(shape.size());
  std::vector<std::uint32_t> frame(in_frame);
  std::vector<std::uint8_t> segment;
  segment.reserve(in_frame);
  for (std::uint32_t f = 0; f < shape.frames; ++f) {
    const Bytes fragment = bytes.subspan(fragments[f + 1].offset, fragments[f + 1].size);
    const auto header = [&](std::size_t word) {
      std::uint32_t value = 0;
      for (std::size_t k = 0; k < 4; ++k) {
        value |= std::to_integer<std::uint32_t>(fragment[word * 4 + k]) << (8U * k);
      }
      return std::size_t{value};
    };
    if (fragment.size() < kRleHeader || header(0) != width) bad_frame(f);
    std::fill(frame.begin(), frame.end(), 0U);
    for (std::uint32_t s = 0; s < width; ++s) {  // the most significant byte comes first
      const std::size_t begin = header(1 + s);
      const std::size_t end = s + 1 < width ? header(2 + s) : fragment.size();
      if (begin < kRleHeader || begin > end || end > fragment.size()) bad_frame(f);
      if (!unpack(fragment.subspan(begin, end - begin), in_frame, segment)) bad_frame(f);
      for (std::uint64_t i = 0; i < in_frame; ++i) frame[i] = frame[i] << 8U | segment[i];
    }
    for (std::uint64_t i = 0; i < in_frame; ++i) put(values, f * in_frame + i, frame[i], shape.bits);
  }
  return std::move(values).share();
}

bool is_uncompressed(const std::string& transfer_syntax) {
  static const std::array<std::string, 5> kNative = {"", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1",
                                                     "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"};
  for (const std::string& known : kNative) {
    if (known == transfer_syntax) return true;
  }
  return false;
}

}  // namespace

SharedBytes read_pixels(const DataSet& data, const PixelShape& shape) {
  const std::string& syntax = data.encoding().transfer_syntax;
  if (!data.layout().has_pixels) {
    fail(data.name(), kPixelData, "is missing: the file holds no dose grid", "export the dose as a grid");
  }
  if (syntax == kRle && data.layout().encapsulated) return read_rle(data, shape);
  if (!is_uncompressed(syntax) || data.layout().encapsulated) {
    fail(data.name(), kTransferSyntax,
         "the dose is stored as '" + transfer_syntax_name(syntax) + "', which is not read",
         "export it uncompressed (Explicit VR Little Endian)");
  }
  return read_native(data, shape);
}

}  // namespace dosegate::dicom
