#include "adapters/grpc/dose_upload.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "adapters/grpc/status.h"

namespace dosegate::rpc {
namespace {

constexpr std::size_t kMostChunk = std::size_t{4} << 20;

grpc::Status bad(const std::string& field, const std::string& message) {
  return refusal(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_DOSE", message, field);
}

std::uint64_t size_of(v1::DoseValues::Type type) {
  switch (type) {
    case v1::DoseValues::FLOAT32:
    case v1::DoseValues::UINT32:
      return 4;
    case v1::DoseValues::FLOAT64:
      return 8;
    case v1::DoseValues::UINT16:
      return 2;
    default:
      return 0;
  }
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

grpc::Status check_shape(const v1::DoseHeader& h) {
  const std::pair<int, const char*> triples[] = {{h.position_mm_size(), "header.position_mm"},
                                                 {h.row_cosines_size(), "header.row_cosines"},
                                                 {h.column_cosines_size(), "header.column_cosines"}};
  for (const auto& [size, field] : triples) {
    if (size != 3) return bad(field, "has " + std::to_string(size) + " values; it takes 3.");
  }
  if (static_cast<std::uint64_t>(h.plane_offsets_mm_size()) != h.planes()) {
    return bad("header.plane_offsets_mm", "has " + std::to_string(h.plane_offsets_mm_size()) + " values for " +
                                              std::to_string(h.planes()) + " planes.");
  }
  return grpc::Status::OK;
}

}  // namespace

// The one gzip member that all chunks are.
struct DoseUpload::Inflater {
  z_stream stream{};
  bool ended = false;

  Inflater() = default;
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

DoseUpload::DoseUpload(Budget& budget, std::uint64_t most_bytes) : budget_(budget), most_bytes_(most_bytes) {}
DoseUpload::~DoseUpload() = default;

grpc::Status DoseUpload::open(v1::DoseHeader header) {
  if (open_) return bad("header", "came twice; a dose has one header.");
  open_ = true;
  header_ = std::move(header);
  auto& values = *header_.mutable_values();
  if (header_.has_defect() && values.size_bytes() == 0) return grpc::Status::OK;
  const std::uint64_t size = size_of(values.type());
  if (size == 0) return bad("header.values.type", "is not stated; it is FLOAT32, FLOAT64, UINT16 or UINT32.");
  if (grpc::Status status = check_shape(header_); !status.ok()) return status;
  // Three factors of 32 bits: the product of two does not overflow, that of all is compared by division.
  const std::uint64_t per_plane = std::uint64_t{header_.columns()} * header_.rows();
  const std::uint64_t most_values = most_bytes_ / size;
  if (per_plane == 0 || header_.planes() == 0) return bad("header.columns", "The grid has no voxels.");
  if (per_plane > most_values || header_.planes() > most_values / per_plane) {
    return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "DOSE_TOO_LARGE",
                   "The dose grid of " + std::to_string(header_.columns()) + " x " + std::to_string(header_.rows()) +
                       " x " + std::to_string(header_.planes()) + " voxels takes more than the " +
                       std::to_string(most_bytes_) + " bytes that this server accepts. Send it with a coarser spacing.",
                   "header.planes");
  }
  const std::uint64_t bytes = per_plane * header_.planes() * size;
  if (values.size_bytes() != bytes) {
    return bad("header.values.size_bytes", "is " + std::to_string(values.size_bytes()) +
                                               ", but columns x rows x planes x the size of a value is " +
                                               std::to_string(bytes) + ".");
  }
  const bool is_gzip = values.compression() == v1::DoseValues::GZIP;
  if (!is_gzip && values.compression() > v1::DoseValues::NONE) {
    return bad("header.values.compression", "is not known; it is NONE or GZIP.");
  }
  if (values.chunk_bytes() == 0) values.set_chunk_bytes(bytes);
  if (!is_gzip && values.chunk_bytes() != bytes) {
    return bad("header.values.chunk_bytes", "differs from size_bytes, but nothing is compressed.");
  }
  if (!is_sha256(values.sha256())) return bad("header.values.sha256", "is not the 64 hex digits of a SHA-256.");
  if (!budget_.take(bytes, share_)) {
    return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "MEMORY_BUDGET",
                   "This server has no memory left for a dose of " + std::to_string(bytes) +
                       " bytes. Delete cases that are not needed, or try again later.");
  }
  values_ = std::make_unique_for_overwrite<unsigned char[]>(bytes);
  if (is_gzip) {
    inflater_ = std::make_unique<Inflater>();
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&inflater_->stream, kGzipOnly) != Z_OK) {
      return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "There is no memory to decompress with.");
    }
  }
  return grpc::Status::OK;
}

grpc::Status DoseUpload::add(const v1::DoseChunk& chunk) {
  if (!open_) return bad("chunk", "came before the header.");
  const std::uint64_t all = header_.values().chunk_bytes();
  if (chunk.data().size() > kMostChunk) {
    return bad("chunk.data", "has " + std::to_string(chunk.data().size()) + " bytes; a chunk has 4 MiB at most.");
  }
  if (chunk.offset_bytes() != received_) {
    return bad("chunk.offset_bytes", "is " + std::to_string(chunk.offset_bytes()) + ", but " +
                                         std::to_string(received_) +
                                         " bytes have come: a chunk is missing, repeated or out of order.");
  }
  if (chunk.data().size() > all - received_) {
    return bad("chunk.data", "goes beyond the " + std::to_string(all) + " bytes that the header announced.");
  }
  received_ += chunk.data().size();
  return append(chunk.data());
}

grpc::Status DoseUpload::append(const std::string& data) {
  const std::uint64_t before = filled_, size = header_.values().size_bytes();
  if (!inflater_) {
    std::memcpy(values_.get() + filled_, data.data(), data.size());
    filled_ += data.size();
    hash_.update(values_.get() + before, filled_ - before);
    return grpc::Status::OK;
  }
  z_stream& z = inflater_->stream;
  std::string input = data;  // zlib's pointer is not const
  z.next_in = reinterpret_cast<Bytef*>(input.data());
  z.avail_in = static_cast<uInt>(input.size());
  while (z.avail_in > 0) {
    if (inflater_->ended) return bad("chunk.data", "goes on after the end of the gzip member.");
    // One byte more than announced would be too many: there is no room for it, and then no progress.
    unsigned char beyond = 0;
    const std::uint64_t room = size - filled_;
    const auto most = static_cast<uInt>(std::min<std::uint64_t>(room, 1U << 30U));
    z.next_out = room > 0 ? values_.get() + filled_ : &beyond;
    z.avail_out = room > 0 ? most : 1;
    const uInt offered = z.avail_out;
    const int code = inflate(&z, Z_NO_FLUSH);
    const uInt made = offered - z.avail_out;
    if (room == 0 && made > 0) return bad("chunk.data", "decompresses to more than header.values.size_bytes.");
    filled_ += made;
    inflater_->ended = code == Z_STREAM_END;
    if (code != Z_OK && code != Z_STREAM_END) return bad("chunk.data", "is not valid gzip.");
  }
  hash_.update(values_.get() + before, filled_ - before);
  return grpc::Status::OK;
}

grpc::Status DoseUpload::finish() {
  if (!open_) return bad("header", "is missing.");
  if (!values_) return grpc::Status::OK;  // a defect alone
  const auto& values = header_.values();
  if (received_ != values.chunk_bytes()) {
    return bad("chunk", "Only " + std::to_string(received_) + " of the " + std::to_string(values.chunk_bytes()) +
                            " bytes that the header announced have come. Send the dose again.");
  }
  if (filled_ != values.size_bytes() || (inflater_ && !inflater_->ended)) {
    return bad("chunk", "The compressed values end early. Send the dose again.");
  }
  const std::string found = hash_.hex();
  if (found != lower(values.sha256())) {
    return refusal(grpc::StatusCode::DATA_LOSS, "SHA256_MISMATCH",
                   "The values that came have SHA-256 " + found + ", not the one announced. Send the dose again.",
                   "header.values.sha256");
  }
  return grpc::Status::OK;
}

dosegate_dose DoseUpload::dose() const {
  const v1::DoseHeader& h = header_;
  dosegate_dose d{};
  const std::uint64_t size = size_of(h.values().type());
  d.value_type = static_cast<std::int32_t>(h.values().type());
  d.values = values_.get();
  d.value_count = size == 0 ? 0 : h.values().size_bytes() / size;
  d.scaling = h.scaling();
  d.units = static_cast<std::int32_t>(h.units());
  d.dose_type = static_cast<std::int32_t>(h.dose_type());
  d.summation = static_cast<std::int32_t>(h.summation());
  d.columns = h.columns();
  d.rows = h.rows();
  d.planes = h.planes();
  if (values_) {
    for (int i = 0; i < 3; ++i) {
      d.position_mm[i] = h.position_mm(i);
      d.row_cosines[i] = h.row_cosines(i);
      d.column_cosines[i] = h.column_cosines(i);
    }
  }
  d.row_spacing_mm = h.row_spacing_mm();
  d.column_spacing_mm = h.column_spacing_mm();
  d.plane_offsets_mm = h.plane_offsets_mm().data();
  d.frame_of_reference_uid = h.frame_of_reference_uid().empty() ? nullptr : h.frame_of_reference_uid().c_str();
  d.defect = h.has_defect() ? h.defect().c_str() : nullptr;
  // A defect alone: the engine reads these all the same.
  if (!values_) {
    d.value_type = d.value_type == 0 ? DOSEGATE_VALUES_FLOAT32 : d.value_type;
    d.units = d.units == 0 ? DOSEGATE_UNITS_GY : d.units;
    d.dose_type = d.dose_type == 0 ? DOSEGATE_DOSE_PHYSICAL : d.dose_type;
    d.summation = d.summation == 0 ? DOSEGATE_SUMMATION_PLAN : d.summation;
  }
  return d;
}

static_assert(static_cast<int>(v1::DoseValues::UINT32) == DOSEGATE_VALUES_UINT32 &&
              static_cast<int>(v1::DoseHeader::RELATIVE) == DOSEGATE_UNITS_RELATIVE &&
              static_cast<int>(v1::DoseHeader::ERROR) == DOSEGATE_DOSE_ERROR &&
              static_cast<int>(v1::DoseHeader::OTHER) == DOSEGATE_SUMMATION_OTHER);
static_assert(std::endian::native == std::endian::little, "values are sent little-endian");

}  // namespace dosegate::rpc
