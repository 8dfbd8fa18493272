#include "adapters/grpc/dose_upload.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "adapters/grpc/status.h"
#include "dosegate/dosegate.hpp"

namespace dosegate::rpc {
namespace {

constexpr std::size_t kMostChunk = std::size_t{4} << 20;
constexpr std::uint64_t kStep = std::uint64_t{1} << 20;       // in which memory is taken of the budget
constexpr std::uint64_t kFirstRoom = std::uint64_t{4} << 20;  // that is allocated at first

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

grpc::Status no_room(std::uint64_t bytes) {
  return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "MEMORY_BUDGET",
                 "This server has no memory left, of all or of what one client may have, for a dose of " +
                     std::to_string(bytes) + " bytes. Delete cases that are not needed, or try again later.");
}

grpc::Status check_shape(const v1::DoseHeader& h, const std::string& field) {
  const std::pair<int, const char*> triples[] = {{h.position_mm_size(), ".position_mm"},
                                                 {h.row_cosines_size(), ".row_cosines"},
                                                 {h.column_cosines_size(), ".column_cosines"}};
  for (const auto& [size, name] : triples) {
    if (size != 3) return bad(field + name, "has " + std::to_string(size) + " values; it takes 3.");
  }
  if (static_cast<std::uint64_t>(h.plane_offsets_mm_size()) != h.planes()) {
    return bad(field + ".plane_offsets_mm", "has " + std::to_string(h.plane_offsets_mm_size()) + " values for " +
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

DoseUpload::DoseUpload(const UploadSurroundings& surroundings, std::shared_ptr<Client> client, Hash hash)
    : around_(surroundings), client_(std::move(client)), hash_policy_(hash) {}
DoseUpload::~DoseUpload() = default;

grpc::Status DoseUpload::open(v1::DoseHeader header, const std::string& field) {
  if (open_) return bad(field, "came twice; a dose has one header.");
  open_ = true;
  field_ = field;
  header_ = std::move(header);
  try {
    c_text(header_.frame_of_reference_uid(), field + ".frame_of_reference_uid");
    c_text(header_.defect(), field + ".defect");
    c_text(header_.name_in_case(), field + ".name_in_case");
    c_text(header_.structure_set(), field + ".structure_set");
    for (int i = 0; i < header_.plans_size(); ++i) {
      const char* const plan = c_text(header_.plans(i), field + ".plans[" + std::to_string(i) + "]");
      plans_.push_back(plan == nullptr ? "" : plan);
    }
  } catch (const PluginError& e) {
    return bad(e.path, e.message);
  }
  if (header_.has_defect() && header_.values().size_bytes() == 0) return grpc::Status::OK;
  if (grpc::Status status = check_shape(header_, field); !status.ok()) return status;
  return open_values(header_.values(), header_.columns(), header_.rows(), header_.planes());
}

grpc::Status DoseUpload::open(v1::PlanningSessionRequest::DosePlanes planes, const GridShape& grid,
                              const std::string& field) {
  open_ = is_planes_ = true;
  field_ = field;
  planes_ = std::move(planes);
  try {
    c_text(planes_.name_in_case(), field + ".name_in_case");
  } catch (const PluginError& e) {
    return bad(e.path, e.message);
  }
  if (grid.planes == 0) {
    return refusal(grpc::StatusCode::FAILED_PRECONDITION, "NO_DOSE",
                   "There is no dose whose planes could change. Send a whole dose first.", field);
  }
  if (planes_.planes() == 0 || planes_.first_plane() >= grid.planes ||
      planes_.planes() > grid.planes - planes_.first_plane()) {
    return bad(field + ".planes", "the dose has planes 0 to " + std::to_string(grid.planes - 1) + "; sent are " +
                                      std::to_string(planes_.planes()) + " from " +
                                      std::to_string(planes_.first_plane()) + " on.");
  }
  if (planes_.values().type() != grid.type) {
    return bad(field + ".values.type", "differs from that of the dose, whose scaling and units stay.");
  }
  return open_values(planes_.values(), grid.columns, grid.rows, planes_.planes());
}

grpc::Status DoseUpload::open_values(const v1::DoseValues& values, std::uint64_t columns, std::uint64_t rows,
                                     std::uint64_t planes) {
  const std::string field = field_ + ".values";
  type_ = values.type();
  const std::uint64_t size = size_of(type_);
  if (size == 0) return bad(field + ".type", "is not stated; it is FLOAT32, FLOAT64, UINT16 or UINT32.");
  // Three factors of 32 bits: the product of two does not overflow, that of all is compared by division.
  const std::uint64_t per_plane = columns * rows, most_values = around_.most_bytes / size;
  if (per_plane == 0 || planes == 0) return bad(field_ + ".columns", "The grid has no voxels.");
  if (per_plane > most_values || planes > most_values / per_plane) {
    return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "DOSE_TOO_LARGE",
                   "The dose grid of " + std::to_string(columns) + " x " + std::to_string(rows) + " x " +
                       std::to_string(planes) + " voxels takes more than the " + std::to_string(around_.most_bytes) +
                       " bytes that this server accepts. Send it with a coarser spacing.",
                   field_ + ".planes");
  }
  size_bytes_ = per_plane * planes * size;
  if (values.size_bytes() != size_bytes_) {
    return bad(field + ".size_bytes", "is " + std::to_string(values.size_bytes()) +
                                          ", but columns x rows x planes x the size of a value is " +
                                          std::to_string(size_bytes_) + ".");
  }
  const bool is_gzip = values.compression() == v1::DoseValues::GZIP;
  if (!is_gzip && values.compression() > v1::DoseValues::NONE) {
    return bad(field + ".compression", "is not known; it is NONE or GZIP.");
  }
  chunk_bytes_ = values.chunk_bytes() == 0 ? size_bytes_ : values.chunk_bytes();
  if (!is_gzip && chunk_bytes_ != size_bytes_) {
    return bad(field + ".chunk_bytes", "differs from size_bytes, but nothing is compressed.");
  }
  sha256_ = lower(values.sha256());
  const bool may_be_absent = hash_policy_ == Hash::kIfGiven && sha256_.empty();
  if (!may_be_absent && !is_sha256(sha256_)) return bad(field + ".sha256", "is not the 64 hex digits of a SHA-256.");
  if (around_.budget.limit() < size_bytes_ || client_->most.bytes < size_bytes_) return no_room(size_bytes_);
  has_values_ = true;
  hasher_ = std::make_unique<support::OpensslSha256>();
  inflater_ = is_gzip ? std::make_unique<Inflater>() : nullptr;
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  if (!hasher_->is_ready() || (is_gzip && inflateInit2(&inflater_->stream, kGzipOnly) != Z_OK)) {
    return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "There is no memory to take a dose with.");
  }
  return grpc::Status::OK;
}

// What came before may be moved: as much again is allocated each time, so that little is moved often.
grpc::Status DoseUpload::make_room(std::uint64_t bytes) {
  bytes = std::min(bytes, size_bytes_);
  if (bytes > share_.bytes()) {
    const std::uint64_t more = std::min(size_bytes_, (bytes + kStep - 1) / kStep * kStep) - share_.bytes();
    if (around_.budget.add(client_, more, share_) != Budget::Answer::kTaken) return no_room(size_bytes_);
  }
  if (bytes <= room_) return grpc::Status::OK;
  const std::uint64_t room = std::min(size_bytes_, std::max({bytes, 2 * room_, kFirstRoom}));
  void* const moved = std::realloc(values_.get(), room);
  if (moved == nullptr) {
    return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "There is no memory to take a dose with.");
  }
  (void)values_.release();
  values_.reset(static_cast<unsigned char*>(moved));
  room_ = room;
  return grpc::Status::OK;
}

grpc::Status DoseUpload::add(const v1::DoseChunk& chunk) {
  if (!open_) return bad("chunk", "came before the header.");
  if (std::chrono::steady_clock::now() - begun_ > around_.patience) {
    return refusal(grpc::StatusCode::DEADLINE_EXCEEDED, "UPLOAD_TOO_SLOW",
                   "A dose has to come within " + std::to_string(around_.patience.count()) +
                       " s (--upload-seconds). Send it again.");
  }
  if (chunk.data().size() > kMostChunk) {
    return bad("chunk.data", "has " + std::to_string(chunk.data().size()) + " bytes; a chunk has 4 MiB at most.");
  }
  if (chunk.offset_bytes() != received_) {
    return bad("chunk.offset_bytes", "is " + std::to_string(chunk.offset_bytes()) + ", but " +
                                         std::to_string(received_) +
                                         " bytes have come: a chunk is missing, repeated or out of order.");
  }
  if (chunk.data().size() > chunk_bytes_ - received_) {
    return bad("chunk.data", "goes beyond the " + std::to_string(chunk_bytes_) + " bytes that the header announced.");
  }
  received_ += chunk.data().size();
  return append(chunk.data());
}

grpc::Status DoseUpload::append(const std::string& data) {
  if (data.empty()) return grpc::Status::OK;
  const std::uint64_t before = filled_;
  if (inflater_) {
    if (grpc::Status status = inflate_all(data); !status.ok()) return status;
  } else {
    if (grpc::Status status = make_room(filled_ + data.size()); !status.ok()) return status;
    std::memcpy(values_.get() + filled_, data.data(), data.size());
    filled_ += data.size();
  }
  if (!sha256_.empty()) hasher_->update(values_.get() + before, filled_ - before);
  return grpc::Status::OK;
}

grpc::Status DoseUpload::inflate_all(const std::string& data) {
  z_stream& z = inflater_->stream;
  std::string input = data;  // zlib's pointer is not const
  z.next_in = reinterpret_cast<Bytef*>(input.data());
  z.avail_in = static_cast<uInt>(input.size());
  // All input may be taken while there is more to come out of it.
  for (bool is_full = false; z.avail_in > 0 || is_full;) {
    if (inflater_->ended) return bad("chunk.data", "goes on after the end of the gzip member.");
    // One byte more than announced would be too many: there is no room for it, and then no progress.
    unsigned char beyond = 0;
    const std::uint64_t room = size_bytes_ - filled_;
    const auto most = static_cast<uInt>(std::min(room, kStep));
    if (grpc::Status status = make_room(filled_ + most); !status.ok()) return status;
    z.next_out = room > 0 ? values_.get() + filled_ : &beyond;
    z.avail_out = room > 0 ? most : 1;
    const uInt offered = z.avail_out;
    const int code = inflate(&z, Z_NO_FLUSH);
    const uInt made = offered - z.avail_out;
    if (room == 0 && made > 0) return bad("chunk.data", "decompresses to more than size_bytes.");
    filled_ += made;
    if (code == Z_BUF_ERROR && z.avail_in == 0) break;  // nothing more
    inflater_->ended = code == Z_STREAM_END;
    if (code != Z_OK && code != Z_STREAM_END) return bad("chunk.data", "is not valid gzip.");
    is_full = z.avail_out == 0 && filled_ < size_bytes_ && !inflater_->ended;
  }
  return grpc::Status::OK;
}

grpc::Status DoseUpload::finish() {
  if (!open_) return bad("header", "is missing.");
  if (!has_values_) return grpc::Status::OK;  // a defect alone
  if (received_ != chunk_bytes_) {
    return bad("chunk", "Only " + std::to_string(received_) + " of the " + std::to_string(chunk_bytes_) +
                            " bytes that the header announced have come. Send the dose again.");
  }
  if (filled_ != size_bytes_ || (inflater_ && !inflater_->ended)) {
    return bad("chunk", "The compressed values end early. Send the dose again.");
  }
  if (sha256_.empty()) return grpc::Status::OK;
  const std::string found = hasher_->hex();
  if (found != sha256_) {
    return refusal(grpc::StatusCode::DATA_LOSS, "SHA256_MISMATCH",
                   "The values that came have SHA-256 " + found + ", not the one announced. Send the dose again.",
                   field_ + ".values.sha256");
  }
  return grpc::Status::OK;
}

dosegate_dose_planes DoseUpload::planes() const {
  dosegate_dose_planes p{};
  p.value_type = static_cast<std::int32_t>(type_);
  p.values = values_.get();
  p.value_count = size_bytes_ / size_of(type_);
  p.first_plane = planes_.first_plane();
  p.plane_count = planes_.planes();
  p.name_in_case = c_text(planes_.name_in_case(), "name_in_case");
  return p;
}

dosegate_dose DoseUpload::dose() const {
  const v1::DoseHeader& h = header_;
  dosegate_dose d{};
  const std::uint64_t size = size_of(type_);
  d.value_type = static_cast<std::int32_t>(type_);
  d.values = values_.get();
  d.value_count = size == 0 ? 0 : size_bytes_ / size;
  d.scaling = h.scaling();
  d.units = static_cast<std::int32_t>(h.units());
  d.dose_type = static_cast<std::int32_t>(h.dose_type());
  d.summation = static_cast<std::int32_t>(h.summation());
  d.columns = h.columns();
  d.rows = h.rows();
  d.planes = h.planes();
  if (has_values_) {
    for (int i = 0; i < 3; ++i) {
      d.position_mm[i] = h.position_mm(i);
      d.row_cosines[i] = h.row_cosines(i);
      d.column_cosines[i] = h.column_cosines(i);
    }
  }
  d.row_spacing_mm = h.row_spacing_mm();
  d.column_spacing_mm = h.column_spacing_mm();
  d.plane_offsets_mm = h.plane_offsets_mm().data();
  d.frame_of_reference_uid = c_text(h.frame_of_reference_uid(), "frame_of_reference_uid");
  const char* const defect = c_text(h.defect(), "defect");
  d.defect = h.has_defect() && defect == nullptr ? "" : defect;
  d.name_in_case = c_text(h.name_in_case(), "name_in_case");
  d.structure_set = c_text(h.structure_set(), "structure_set");
  d.plans = plans_.empty() ? nullptr : plans_.data();
  d.plan_count = plans_.size();
  // A defect alone: the engine reads these all the same.
  if (!has_values_) {
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
