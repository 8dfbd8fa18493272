#include "adapters/dicom/file.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcxfer.h>
#include <dcmtk/oflog/oflog.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <mutex>

#include "dosegate/detail/sha256.hpp"

namespace dosegate::dicom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPeekBytes = 32 * 1024;
constexpr std::size_t kInflateStep = 1 << 20;
constexpr Tag kTransferSyntax = 0x00020010U, kSopClass = 0x00080016U;

// At most `most` bytes from the beginning. Throws ReadError.
std::vector<std::byte> read_bytes(const Source& source, std::uint64_t most) {
  if (source.memory != nullptr) {
    const auto size = std::min<std::uint64_t>(most, source.memory->size());
    return {source.memory->begin(), source.memory->begin() + static_cast<std::ptrdiff_t>(size)};
  }
  // Only regular files: a pipe or a device could block or never end.
  std::error_code error;
  if (!fs::is_regular_file(source.path, error)) fail(source.name, 0, "is not a regular file", "give a DICOM file");
  const std::uint64_t size = fs::file_size(source.path, error);
  if (error) fail(source.name, 0, "its size cannot be read: " + error.message(), "check the file's permissions");
  std::ifstream in(source.path, std::ios::binary);
  if (!in) fail(source.name, 0, "cannot be opened", "check that it exists and may be read");
  std::vector<std::byte> bytes(std::min(size, most));
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (static_cast<std::size_t>(in.gcount()) != bytes.size()) {
    fail(source.name, 0, "cannot be read to its end", "check the disk, and whether the file is still being written");
  }
  return bytes;
}

std::uint64_t size_of(const Source& source) {
  if (source.memory != nullptr) return source.memory->size();
  std::error_code error;
  const std::uint64_t size = fs::file_size(source.path, error);
  return error ? 0 : size;
}

struct Inflated {
  std::vector<std::byte> bytes;
  bool ended = false;  // the compressed stream is complete
  bool intact = true;
};

// Raw deflate (PS3.5 A.5), at most `most` bytes of output.
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
  out.intact = status == Z_OK || status == Z_STREAM_END;
  return out;
}

std::string kind_class_error(const std::string& uid) {
  return "SOP class " + uid + " is not RT Plan, Structure Set or Dose";
}

bool kind_of(const std::string& sop_class, Kind& kind) {
  const std::string rt = "1.2.840.10008.5.1.4.1.1.481.";
  if (sop_class == rt + "5" || sop_class == rt + "8") {  // RT Plan, RT Ion Plan
    kind = Kind::kPlan;
  } else if (sop_class == rt + "3") {
    kind = Kind::kStructures;
  } else if (sop_class == rt + "2") {
    kind = Kind::kDose;
  } else {
    return false;
  }
  return true;
}

}  // namespace

void prepare_dcmtk() {
  static std::once_flag once;
  std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
  if (!dcmDataDict.isDictionaryLoaded()) {
    fail("", 0, "DCMTK's data dictionary (dicom.dic) was not found",
         "install the package libdcmtk17, or unset DCMDICTPATH");
  }
}

Sighting look_at(const Source& source, const Limits& limits) {
  Sighting sighting;
  std::uint64_t most = kPeekBytes;
  for (;;) {
    const std::vector<std::byte> bytes = read_bytes(source, most);
    const Start start = find_start(bytes);
    if (!start.is_dicom) return sighting;
    bool complete = bytes.size() == size_of(source);
    Bytes data = Bytes(bytes).subspan(std::min(start.data_set, bytes.size()));
    Inflated inflated;
    if (start.encoding.deflated) {
      inflated = inflate_bytes(data, std::min<std::uint64_t>(most, limits.inflated_bytes));
      data = inflated.bytes;
      complete = complete && inflated.bytes.size() < most;
    }
    const Peek peek = peek_sop_class(data, start.encoding, complete);
    if (peek.answer == Peek::Answer::kNeedMore && !complete && most < limits.file_bytes) {
      most = limits.file_bytes;
      continue;
    }
    if (peek.answer != Peek::Answer::kFound) {
      sighting.answer = Sighting::Answer::kBroken;
      sighting.problem = tag_text(kSopClass) + " cannot be read, so what this file holds is not known";
    } else if (kind_of(peek.sop_class_uid, sighting.kind)) {
      sighting.answer = Sighting::Answer::kRtObject;
    } else {
      sighting.answer = Sighting::Answer::kOtherObject;
      sighting.problem = kind_class_error(peek.sop_class_uid);
    }
    return sighting;
  }
}

Object::Object(const Source& source, Kind kind, const Limits& limits) : source_(source), kind_(kind) { reload(limits); }
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(Object&&) noexcept = default;
Object::~Object() = default;

Bytes Object::data_set_bytes() const {
  if (start_.encoding.deflated) return inflated_;
  return Bytes(raw_).subspan(start_.data_set);
}

const std::string& Object::sha256() {
  if (sha256_.empty()) {
    dosegate::detail::Sha256 sha;
    sha.update(raw_.data(), raw_.size());
    sha256_ = sha.hex();
  }
  return sha256_;
}

void Object::release_bytes() {
  raw_ = {};
  inflated_ = {};
}

void Object::reload(const Limits& limits) {
  const std::uint64_t size = size_of(source_);
  if (size > limits.file_bytes) {
    fail(source_.name, 0,
         "is " + std::to_string(size) + " bytes long, more than the limit of " + std::to_string(limits.file_bytes),
         "export the dose on a coarser grid, or the structures one by one");
  }
  sha256_.clear();
  raw_ = read_bytes(source_, limits.file_bytes);
  start_ = find_start(raw_);
  if (!start_.is_dicom) fail(source_.name, 0, "is not a DICOM file", "give DICOM files or folders");
  if (start_.encoding.deflated) {
    Inflated inflated = inflate_bytes(Bytes(raw_).subspan(start_.data_set), limits.inflated_bytes);
    if (!inflated.ended) {
      const bool too_long = inflated.intact && inflated.bytes.size() >= limits.inflated_bytes;
      fail(source_.name, kTransferSyntax,
           too_long
               ? "the deflated data is longer than the limit of " + std::to_string(limits.inflated_bytes) + " bytes"
               : "the deflated data is damaged or cut off",
           "export the object again, uncompressed");
    }
    inflated_ = std::move(inflated.bytes);
  }
  layout_ = scan_object(data_set_bytes(), start_.encoding, limits, source_.name);

  E_TransferSyntax syntax = EXS_LittleEndianImplicit;
  if (start_.encoding.big_endian) {
    syntax = EXS_BigEndianExplicit;
  } else if (start_.encoding.explicit_vr) {
    syntax = EXS_LittleEndianExplicit;
  }
  DcmInputBufferStream stream;
  stream.setBuffer(data_set_bytes().data(), static_cast<offile_off_t>(layout_.header_size));
  stream.setEos();
  auto data = std::make_unique<DcmDataset>();
  data->transferInit();
  const OFCondition status = data->read(stream, syntax, EGL_noChange);
  data->transferEnd();
  if (status.bad() || stream.avail() != 0) {
    fail(source_.name, 0, std::string("DCMTK cannot read it: ") + status.text(), "export the object again");
  }
  data_ = std::move(data);
}

}  // namespace dosegate::dicom
