#include "adapters/dicom_gate/receive.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcostrma.h>
#include <dcmtk/dcmnet/dimse.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "adapters/dicom_gate/disk.h"
#include "adapters/dicom_gate/settings.h"
#include "adapters/support/descriptor.h"
#include "adapters/support/error.h"

namespace dosegate::dicom_gate {
namespace {

// The beginning of a DICOM file (PS3.10 7.1): the same for the same object, whoever sends it when.
std::string beginning_of_file(const std::string& sop_class, const std::string& instance, const std::string& syntax) {
  std::string group;
  const auto put = [](std::string& to, std::uint16_t element, const char* vr, std::string value, char pad) {
    if (value.size() % 2 != 0) value += pad;
    const auto byte = [&](std::size_t number) { to += static_cast<char>(number & 0xFFU); };
    byte(2), byte(0), byte(element), byte(element >> 8U);
    to += vr;
    if (std::strcmp(vr, "OB") == 0) {
      byte(0), byte(0);
      byte(value.size()), byte(value.size() >> 8U), byte(0), byte(0);
    } else {
      byte(value.size()), byte(value.size() >> 8U);
    }
    to += value;
  };
  put(group, 0x0001, "OB", std::string("\0\1", 2), '\0');
  put(group, 0x0002, "UI", sop_class, '\0');
  put(group, 0x0003, "UI", instance, '\0');
  put(group, 0x0010, "UI", syntax, '\0');
  put(group, 0x0012, "UI", "2.25.266303441302293372637155894389110834178", '\0');
  put(group, 0x0013, "SH", "DOSEGATE", ' ');
  std::string length(4, '\0');
  for (std::size_t i = 0; i < length.size(); ++i) length[i] = static_cast<char>((group.size() >> (8 * i)) & 0xFFU);
  std::string text(128, '\0');
  text += "DICM";
  put(text, 0x0000, "UL", length, '\0');
  return text + group;
}

// A file that is written until it is too large or the disk is full; what comes then is thrown away, so that the
// association goes on.
class Part : public DcmConsumer {
 public:
  Part(std::filesystem::path path, std::uint64_t most)
      : path_(std::move(path)),
        most_(most),
        file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (!file_.is_open()) error_ = errno;
  }
  ~Part() override {
    if (!is_taken_) ::unlink(path_.c_str());
  }

  OFBool good() const override { return OFTrue; }
  OFCondition status() const override { return EC_Normal; }
  OFBool isFlushed() const override { return OFTrue; }
  offile_off_t avail() const override { return offile_off_t{1} << 30; }
  void flush() override {}
  offile_off_t write(const void* data, offile_off_t size) override {
    if (error_ == 0 && bytes_ + static_cast<std::uint64_t>(size) > most_) error_ = EFBIG;
    const auto* bytes = static_cast<const char*>(data);
    for (offile_off_t done = 0; error_ == 0 && done < size;) {
      const ssize_t n = ::write(file_.get(), bytes + done, static_cast<std::size_t>(size - done));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) error_ = n < 0 ? errno : ENOSPC;
      done += n > 0 ? n : 0;
    }
    bytes_ += static_cast<std::uint64_t>(size);
    return size;
  }

  // 0, or errno; EFBIG: it is larger than it may be.
  int finish() {
    if (error_ == 0 && ::fsync(file_.get()) != 0) error_ = errno;
    if (file_.is_open()) {
      if (const int error = file_.close(); error_ == 0) error_ = error;
    }
    return error_;
  }
  void is_taken() { is_taken_ = true; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::uint64_t most_, bytes_ = 0;
  support::Descriptor file_;
  int error_ = 0;
  bool is_taken_ = false;
};

class PartStream : public DcmOutputStream {
 public:
  explicit PartStream(Part& part) : DcmOutputStream(&part) {}
};

std::string shortened(const std::string& text) {
  constexpr std::size_t kMost = 64;  // an LO
  std::string plain;
  for (const char c : text) plain += c >= 0x20 && c < 0x7F && c != '\\' ? c : '?';
  return plain.size() <= kMost ? plain : plain.substr(0, kMost - 3) + "...";
}

// The file is whole and durable: what it is.
Answer take(Queue& queue, const Bounds& bounds, Part& part, const T_DIMSE_C_StoreRQ& request) {
  static std::mutex one_at_a_time;  // of many large objects at once, one is in memory
  const std::lock_guard lock(one_at_a_time);
  try {
    const Facts facts = facts_of(part.path(), bounds.object_bytes * 2);
    if (facts.uid != request.AffectedSOPInstanceUID) {
      return {kBroken, "Its SOP Instance UID is not that of the request"};
    }
    if (facts.sop_class != request.AffectedSOPClassUID) {
      return {kWrongClass, "Its SOP Class UID is not that of the request"};
    }
    Answer answer = queue.offer(part.path(), facts);
    if (answer.is_new) part.is_taken();
    if (answer.status == kSuccess) {
      say((answer.is_new ? "received " : "received again ") + std::string(name_of(facts.role)) + " " + facts.uid);
    }
    return answer;
  } catch (const support::Error& e) {
    say("refused " + std::string(request.AffectedSOPInstanceUID) + ": " + e.what());
    return {kBroken, shortened(e.message())};
  } catch (const disk::Failed& e) {
    say(e.what());
    return {kNoResources, "The gate's disk fails or is full"};
  }
}

}  // namespace

Received receive_object(Queue& queue, const Bounds& bounds, T_ASC_Association& association, unsigned char presentation,
                        const T_DIMSE_C_StoreRQ& request, std::chrono::seconds patience) {
  T_ASC_PresentationContext context{};
  const bool is_known = ASC_findAcceptedPresentationContext(association.params, presentation, &context).good();
  const std::optional<Answer> full = queue.full();
  // A full queue throws away what comes, as a file that may have no bytes does.
  Part part(queue.new_part(), full || !is_known ? 0 : bounds.object_bytes);
  const std::string beginning = beginning_of_file(request.AffectedSOPClassUID, request.AffectedSOPInstanceUID,
                                                  is_known ? context.acceptedTransferSyntax : "");
  part.write(beginning.data(), static_cast<offile_off_t>(beginning.size()));
  PartStream stream(part);
  T_ASC_PresentationContextID of_data = 0;
  const OFCondition came = DIMSE_receiveDataSetInFile(
      &association, DIMSE_NONBLOCKING, static_cast<int>(patience.count()), &of_data, &stream, nullptr, nullptr);
  if (came.bad()) {
    say("an object broke off: " + std::string(request.AffectedSOPInstanceUID));
    return {{}, false};
  }
  if (full) return {*full, true};
  if (!is_known || of_data != presentation) return {{kWrongClass, "No such presentation context"}, true};
  const int error = part.finish();
  if (error == EFBIG) return {{kNoResources, "It is larger than an object may be"}, true};
  if (error != 0) {
    say(part.path().string() + ": " + std::strerror(error));
    return {{kNoResources, "The gate's disk fails or is full"}, true};
  }
  return {take(queue, bounds, part, request), true};
}

}  // namespace dosegate::dicom_gate
