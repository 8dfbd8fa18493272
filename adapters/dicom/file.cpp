#include "adapters/dicom/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "adapters/dicom/foreign.h"
#include "adapters/dicom/images.h"
#include "adapters/dicom/wire/inflate.h"
#include "adapters/dicom/wire/tags.h"
#include "adapters/support/descriptor.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::dicom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPeekBytes = 32 * 1024;

// How many bytes of `size` came; fewer where the file ends before or an error stops it.
std::size_t read_all(int fd, std::byte* to, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(fd, to + done, size - done);
    if (n > 0) done += static_cast<std::size_t>(n);
    if (n == 0 || (n < 0 && errno != EINTR)) break;
  }
  return done;
}

// The file's first `size` bytes, mapped. Empty where that cannot be done, as on some network file systems.
SharedBytes map_bytes(int fd, std::size_t size) {
  if (size == 0) return {};
  void* const first = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (first == MAP_FAILED) return {};
  const auto unmap = [size](const std::byte* bytes) { ::munmap(const_cast<std::byte*>(bytes), size); };
  return {std::shared_ptr<const std::byte>(static_cast<const std::byte*>(first), unmap), size};
}

// At most `most` bytes from the beginning. Throws ReadError.
SharedBytes read_bytes(const Source& source, std::uint64_t most, Files files) {
  if (source.memory != nullptr) {
    NewBytes bytes(std::min<std::uint64_t>(most, source.memory->size()));
    std::copy_n(source.memory->data(), bytes.size(), bytes.data());
    return std::move(bytes).share();
  }
  // Only regular files: a pipe or a device could block or never end, and opening one may do something.
  std::error_code error;
  struct stat info {};
  const bool is_regular = fs::is_regular_file(source.path, error);
  const support::Descriptor file(is_regular ? ::open(source.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1);
  if (is_regular && !file.is_open()) {
    fail(source.name, 0, "cannot be opened", "check that it exists and may be read");
  }
  if (!is_regular || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    fail(source.name, 0, "is not a regular file", "give a DICOM file");
  }
  const std::uint64_t size = std::min(static_cast<std::uint64_t>(info.st_size), most);
  if (files == Files::kMapped) {
    SharedBytes mapped = map_bytes(file.get(), size);
    if (!mapped.empty()) return mapped;
  }
  NewBytes bytes(size);
  if (read_all(file.get(), bytes.data(), bytes.size()) != bytes.size()) {
    fail(source.name, 0, "cannot be read to its end", "check the disk, and whether the file is still being written");
  }
  return std::move(bytes).share();
}

std::uint64_t size_of(const Source& source) {
  if (source.memory != nullptr) return source.memory->size();
  std::error_code error;
  const std::uint64_t size = fs::file_size(source.path, error);
  return error ? 0 : size;
}

constexpr std::string_view kRtClasses = "1.2.840.10008.5.1.4.1.1.481.", kStandard = "1.2.840.10008.";

std::string kind_class_error(const std::string& uid) {
  return "SOP class " + uid + " is not RT Plan, Structure Set or Dose";
}

std::optional<Kind> kind_of(const std::string& sop_class) {
  const std::string rt(kRtClasses);
  if (sop_class == rt + "5" || sop_class == rt + "8") return Kind::kPlan;  // RT Plan, RT Ion Plan
  if (sop_class == rt + "3") return Kind::kStructures;
  if (sop_class == rt + "2") return Kind::kDose;
  return std::nullopt;
}

// Other objects of radiotherapy than images of its beams, and what the standard does not know: a plan, structures or a
// dose in a form that is not read may be among them.
bool is_odd_class(const std::string& sop_class) {
  const bool is_rt_image = sop_class == std::string(kRtClasses) + "1";
  return (sop_class.rfind(kRtClasses, 0) == 0 && !is_rt_image) || sop_class.rfind(kStandard, 0) != 0;
}

// What a DICOM object is, by what it says in its data set, else in its meta group.
void classify(const Start& start, const Peek& peek, Sighting& sighting) {
  const std::optional<Kind> media_kind = kind_of(start.media_class);
  const bool is_found = peek.answer == Peek::Answer::kFound && is_uid(peek.sop_class_uid);
  sighting.answer = Sighting::Answer::kBroken;
  sighting.kind = media_kind;
  if (start.repeated != 0 || peek.is_repeated) {
    sighting.kind.reset();
    sighting.problem = tag_text(start.repeated != 0 ? start.repeated : kSopClass) +
                       " appears twice, so what this file holds is not known";
  } else if (!is_found && (media_kind || !is_uid(start.media_class))) {
    sighting.problem = tag_text(kSopClass) + " cannot be read, so what this file holds is not known";
  } else if (const std::optional<Kind> kind = is_found ? kind_of(peek.sop_class_uid) : std::nullopt; kind) {
    sighting.kind = kind;
    sighting.answer = Sighting::Answer::kRtObject;
  } else if (media_kind) {
    sighting.problem = "its data set says SOP class " + peek.sop_class_uid + " and its meta group " +
                       start.media_class + ", so what this file holds is not known";
  } else {
    const std::string& sop_class = is_found ? peek.sop_class_uid : start.media_class;
    sighting.answer = Sighting::Answer::kOtherObject;
    sighting.is_odd = is_odd_class(sop_class);
    sighting.problem = kind_class_error(sop_class);
  }
}

}  // namespace

Sighting look_at(const Source& source, const Limits& limits) {
  Sighting sighting;
  std::uint64_t most = kPeekBytes;
  for (;;) {
    const SharedBytes bytes = read_bytes(source, most, Files::kCopied);
    const Start start = find_start(bytes.span());
    if (!start.is_dicom) {
      if (is_plainly_foreign(source.name, bytes.span())) sighting.answer = Sighting::Answer::kForeign;
      return sighting;
    }
    bool complete = bytes.size() == size_of(source);
    Bytes data = bytes.span().subspan(std::min(start.data_set, bytes.size()));
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
    classify(start, peek, sighting);
    if (sighting.answer == Sighting::Answer::kOtherObject && is_slice_class(peek.sop_class_uid)) {
      bool needs_more = false;
      sighting.slice = peek_slice(data, start.encoding, complete, needs_more);
      if (needs_more && most < limits.file_bytes) {
        most = limits.file_bytes;
        continue;
      }
    }
    return sighting;
  }
}

Object::Object(const Source& source, Kind kind, const ReadOptions& options) : source_(source), kind_(kind) {
  reload(options);
}

const std::string& Object::sha256(const ReadOptions& options) {
  if (sha256_.empty()) {
    if (!is_loaded()) reload(options);
    sha256_ = detail::sha256_of(raw_.data(), raw_.size());
  }
  return sha256_;
}

void Object::release_bytes() {
  raw_ = {};
  data_set_.release();
}

void Object::reload(const ReadOptions& options) {
  const Limits& limits = options.limits;
  const std::uint64_t size = size_of(source_);
  if (size > limits.file_bytes) {
    fail(source_.name, 0,
         "is " + std::to_string(size) + " bytes long, more than the limit of " + std::to_string(limits.file_bytes),
         "export the dose on a coarser grid, or the structures one by one");
  }
  sha256_.clear();
  raw_ = read_bytes(source_, limits.file_bytes, options.files);
  data_set_ = DataSet(raw_, source_.name, limits);
}

}  // namespace dosegate::dicom
